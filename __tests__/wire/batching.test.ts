import { BatchSizes, LearnedSizes, retryableAtSize } from '../../src/wire/api/batching.js';
import { WireFailure } from '../../src/wire/wire-failure.js';
import { fakeClock } from './helpers/wire.js';

const failing = (status: number) => new WireFailure('EIO', null, null, 'status', { status });
const tooMuch = new WireFailure('EIO', null, 'too many', 'graphql');
const items = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

let clock: ReturnType<typeof fakeClock>;
let sizes: BatchSizes;
beforeEach(() => {
  clock = fakeClock();
  sizes = new BatchSizes(clock, 30_000, new LearnedSizes(clock));
});

/** A server that takes at most so many items, and notes how many came. */
const limited = (most: number, failure: WireFailure = tooMuch) => {
  const asked: number[] = [];
  const request = async (batch: readonly number[]): Promise<readonly number[]> => {
    asked.push(batch.length);
    if (batch.length > most) throw failure;
    return batch;
  };
  return { asked, request };
};

test('as much as the default goes in one request', async () => {
  const { asked, request } = limited(5000);
  expect((await sizes.all('names', items(1000), request)).flat()).toEqual(items(1000));
  expect(asked).toEqual([1000]);
});

test.each([
  ['a timeout', new WireFailure('ETIMEDOUT', null, null, 'timeout')],
  ['413', failing(413)],
  ['500', failing(500)],
  ['a GraphQL error', tooMuch],
])('%s halves the batch until it goes through, and that is remembered', async (_, failure) => {
  const { asked, request } = limited(300, failure);
  expect((await sizes.all('names', items(1000), request)).flat()).toEqual(items(1000));
  expect(asked).toEqual([1000, 500, 250, 250, 250, 250]);
  asked.length = 0;
  await sizes.all('names', items(500), request);
  expect(asked).toEqual([250, 250]);
});

test('what was learned of one kind says nothing of another, and is forgotten after a while', async () => {
  await sizes.all('names', items(1000), limited(300).request);
  expect([sizes.get('names'), sizes.get('ids')]).toEqual([250, 1000]);
  await clock.sleep(10 * 60_000, undefined);
  expect(sizes.get('names')).toBe(1000);
});

test.each([
  ['403', failing(403)],
  ['what is denied', new WireFailure('EACCES', null, 'denied', 'graphql')],
  [
    'a field that the server does not have',
    new WireFailure('EIO', null, 'Cannot query field "x"', 'graphql', { reason: 'schema' }),
  ],
])('%s is no matter of size', async (_, failure) => {
  const { asked, request } = limited(0, failure);
  await expect(sizes.all('names', items(100), request)).rejects.toBe(failure);
  expect(asked).toEqual([100]);
});

test('a failure that lasts down to one item is the failure of all, and nothing is learned', async () => {
  const { asked, request } = limited(0);
  await expect(sizes.all('names', items(100), request)).rejects.toBe(tooMuch);
  expect(asked).toEqual([100, 50, 25, 13, 7, 4, 2, 1]);
  expect(sizes.get('names')).toBe(1000);
});

test('one item that is refused keeps no other back', async () => {
  const refused: number[] = [];
  const asked: number[] = [];
  const request = async (batch: readonly number[]): Promise<readonly number[]> => {
    asked.push(batch.length);
    if (batch.includes(70)) throw failing(400);
    return batch;
  };
  const values = await sizes.all('files', items(100), request, (item) => refused.push(item));
  expect(values.flat()).toEqual(items(100).filter((item) => item !== 70));
  expect(refused).toEqual([70]);
  expect(asked.length).toBeLessThan(20);
  expect(sizes.get('files')).toBe(1000);
});

/** A request for all, one for each halving, and one for what lies behind the item. */
const fewest = (count: number): number => 2 + Math.ceil(Math.log2(count));

test.each([2, 3, 10, 50, 100, 1000])(
  'one item of %i costs a request for each halving, wherever it is, and its failure is its own',
  async (count) => {
    for (const [failure, most] of [
      [failing(400), fewest(count)],
      // What may be too much as well is asked for once more.
      [new WireFailure('EIO', null, 'broken name', 'graphql'), fewest(count) + (count > 3 ? 1 : 0)],
    ] as const) {
      for (const bad of items(count)) {
        let asked = 0;
        const request = async (batch: readonly number[]): Promise<readonly string[]> => {
          asked++;
          if (batch.includes(bad)) throw failure;
          return batch.map(String);
        };
        const answers = await sizes.each('names', items(count), request);
        expect(
          answers.map((answer, item) => (item === bad ? answer === failure : answer === String(item))),
        ).not.toContain(false);
        expect([bad, asked <= most || asked]).toEqual([bad, true]);
      }
      expect(sizes.get('names')).toBe(1000);
    }
  },
);

test('who only takes one at a time refuses none of them', async () => {
  const { asked, request } = limited(1);
  const answers = await sizes.each('names', items(20), request);
  expect(answers).toEqual(items(20));
  expect(asked.length).toBeLessThan(50);
});

test("a failure that passes is nobody's", async () => {
  for (const [failures, failure] of [
    [1, tooMuch],
    [2, tooMuch],
    [1, failing(400)],
  ] as const) {
    sizes = new BatchSizes(clock, 30_000, new LearnedSizes(clock));
    let asked = 0;
    const request = async (batch: readonly number[]): Promise<readonly number[]> => {
      if (++asked <= failures) throw failure;
      return batch;
    };
    expect(await sizes.each('names', items(900), request)).toEqual(items(900));
    expect([asked <= 12 || asked, sizes.get('names') >= 225]).toEqual([true, true]);
  }
});

test('several bad items are each refused, and the others answered', async () => {
  const bad = new Set([3, 4, 50, 99]);
  const request = async (batch: readonly number[]): Promise<readonly number[]> => {
    if (batch.some((item) => bad.has(item))) throw tooMuch;
    return batch;
  };
  const answers = await sizes.each('names', items(100), request);
  expect(answers).toEqual(items(100).map((item) => (bad.has(item) ? tooMuch : item)));
});

test('where everything is refused it is not the items', async () => {
  const { asked, request } = limited(0, failing(400));
  const refused: number[] = [];
  await expect(sizes.all('files', items(1000), request, (item) => refused.push(item))).rejects.toMatchObject({
    status: 400,
  });
  expect(asked.length).toBeLessThan(30);
});

test('a page is halved until the server can make it', async () => {
  const asked: number[] = [];
  const page = (first: number): Promise<number> => {
    asked.push(first);
    return first > 200 ? Promise.reject(failing(504)) : Promise.resolve(first);
  };
  expect(await sizes.adapt('page', sizes.get('page'), page)).toBe(125);
  expect(await sizes.adapt('page', sizes.get('page'), page)).toBe(125);
  expect(asked).toEqual([1000, 500, 250, 125, 125]);
});

test('a busy server is asked again for the same before it is asked for less', () => {
  const isRetryable = retryableAtSize(1000);
  expect([0, 1, 2].map((retries) => isRetryable(failing(503), retries))).toEqual([true, true, false]);
  expect([0, 1, 2, 9].map((retries) => retryableAtSize(1)(failing(503), retries))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(isRetryable(new WireFailure('ETIMEDOUT', null, null, 'timeout'), 0)).toBe(false);
  expect(
    isRetryable(new WireFailure('EIO', null, null, 'status', { status: 503, retryAfterMs: 2000 }), 5),
  ).toBe(true);
  expect(isRetryable(new WireFailure('EIO', null, null, 'status', { status: 429 }), 5)).toBe(true);
});

describe('what may come along with what is asked for', () => {
  const asking = (most: number, failure: WireFailure = tooMuch) => {
    const asked: (readonly [number, number])[] = [];
    const request = async (
      batch: readonly number[],
      along: readonly number[],
    ): Promise<readonly number[]> => {
      asked.push([batch.length, along.length]);
      if (batch.length + along.length > most) throw failure;
      return batch;
    };
    return { asked, request };
  };

  test('as much of it as there is room for', async () => {
    const { asked, request } = asking(5000);
    expect(await sizes.eachWith('names', items(3), items(99), request)).toEqual(items(3));
    expect(await sizes.eachWith('names', items(990), items(99), request)).toEqual(items(990));
    expect(await sizes.eachWith('names', items(1200), items(99), request)).toEqual(items(1200));
    expect(asked).toEqual([
      [3, 99],
      [990, 10],
      [1000, 0],
      [200, 0],
    ]);
  });

  test.each([
    ['too much', tooMuch],
    ['refused', failing(400)],
    ['not to be answered in time', new WireFailure('ETIMEDOUT', null, null, 'timeout')],
  ])('is left out where it is %s, once, and less is tried for a while', async (_, failure) => {
    const { asked, request } = asking(60, failure);
    expect(await sizes.eachWith('names', items(1), items(99), request)).toEqual(items(1));
    expect(await sizes.eachWith('names', items(1), items(99), request)).toEqual(items(1));
    expect(asked).toEqual([
      [1, 99],
      [1, 0],
      [1, 48],
    ]);
    expect(sizes.get('names')).toBe(1000);
    await clock.sleep(10 * 60_000, undefined);
    await sizes.eachWith('names', items(1), items(99), request);
    expect(asked.slice(3)).toEqual([
      [1, 99],
      [1, 0],
    ]);
  });

  test('a failure that is none of its size is that of who asks', async () => {
    const denied = failing(403);
    const { asked, request } = asking(1, denied);
    await expect(sizes.eachWith('names', items(1), items(9), request)).rejects.toBe(denied);
    expect(asked).toHaveLength(1);
  });
});

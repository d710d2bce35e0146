import { setImmediate as nextTurn } from 'node:timers/promises';
import { TurnBatch } from '../../src/store/common/turn-batch.js';

interface Asked {
  readonly group: string;
  readonly items: readonly string[];
  readonly signal: AbortSignal;
  answer(): void;
  fail(reason: unknown): void;
}

/** A batch whose requests are answered by hand. */
function batchOf(canJoinLate: boolean) {
  const asked: Asked[] = [];
  const batch = new TurnBatch<string, string>({
    ask: (group, items, signal) =>
      new Promise((resolve, reject) => {
        const answer = (): void => resolve(items.map((item) => `${group}:${item}`));
        asked.push({ group, items, signal, answer, fail: reject });
      }),
    keyOf: (item) => item,
    canJoinLate,
  });
  return { batch, asked };
}

test('what is asked for in one turn is one request a group; equal items are asked for once', async () => {
  const { batch, asked } = batchOf(false);
  const answers = Promise.all([
    batch.add('g', 'a', undefined),
    batch.add('g', 'b', undefined),
    batch.add('h', 'a', undefined),
    batch.add('g', 'a', undefined),
  ]);
  await nextTurn();
  expect(asked.map(({ group, items }) => [group, items])).toEqual([
    ['g', ['a', 'b']],
    ['h', ['a']],
  ]);
  for (const { answer } of asked) answer();
  expect(await answers).toEqual(['g:a', 'g:b', 'h:a', 'g:a']);
});

test.each([
  [true, 1],
  [false, 2],
])('who comes after the request was sent shares its answer: %s', async (canJoinLate, requests) => {
  const { batch, asked } = batchOf(canJoinLate);
  const first = batch.add('g', 'a', undefined);
  await nextTurn();
  const second = batch.add('g', 'a', undefined);
  await nextTurn();
  expect(asked).toHaveLength(requests);
  for (const { answer } of asked) answer();
  expect(await Promise.all([first, second])).toEqual(['g:a', 'g:a']);
});

test('a caller that leaves gets ECANCELED; the request ends with the last one', async () => {
  const { batch, asked } = batchOf(true);
  const [one, two] = [new AbortController(), new AbortController()];
  const left = [batch.add('g', 'a', one.signal), batch.add('g', 'b', two.signal)].map((call) =>
    call.catch((failure) => failure.code),
  );
  await nextTurn();
  one.abort();
  expect(await left[0]).toBe('ECANCELED');
  expect(asked[0]?.signal.aborted).toBe(false);
  two.abort();
  expect(await left[1]).toBe('ECANCELED');
  expect(asked[0]?.signal.aborted).toBe(true);
});

test('what nobody wants any more when the turn ends is not asked for', async () => {
  const { batch, asked } = batchOf(true);
  const controller = new AbortController();
  const left = batch.add('g', 'a', controller.signal).catch((failure) => failure.code);
  controller.abort();
  const stayed = batch.add('g', 'b', undefined);
  await nextTurn();
  expect(asked.map(({ items, signal }) => [items, signal.aborted])).toEqual([[['b'], false]]);
  const late = batch.add('g', 'a', undefined);
  await nextTurn();
  for (const { answer } of asked) answer();
  expect(await Promise.all([left, stayed, late])).toEqual(['ECANCELED', 'g:b', 'g:a']);
});

test('a failure is that of all who wait for it', async () => {
  const { batch, asked } = batchOf(true);
  const calls = Promise.allSettled([batch.add('g', 'a', undefined), batch.add('g', 'b', undefined)]);
  await nextTurn();
  asked[0]?.fail('broken');
  expect(await calls).toEqual([
    { status: 'rejected', reason: 'broken' },
    { status: 'rejected', reason: 'broken' },
  ]);
});

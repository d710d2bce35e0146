import { ViewerDocument } from '../../src/wire/generated.js';
import { type Clock, withRetries } from '../../src/wire/retry.js';
import { WireFailure } from '../../src/wire/wire-failure.js';
import { json, serve } from './helpers/http-server.js';
import { connect, failureOf, fakeClock } from './helpers/wire.js';

const success = { data: { viewer: null } };

/** What many processes leave to chance: each has another part of it. */
const CHANCES = [0, 0.25, 0.5, 0.75];

const clockWith = (chance: number): Clock & { readonly slept: readonly number[] } =>
  Object.assign(fakeClock(), { random: () => chance });

/** How long each of them waits before its second attempt, in milliseconds. */
const waits = (retryAfterMs: number | null, leftMs = 30_000): Promise<number[]> =>
  Promise.all(
    CHANCES.map(async (chance) => {
      const clock = clockWith(chance);
      let attempts = 0;
      await withRetries(clock, { leftMs: () => leftMs }, async () => {
        if (attempts++ === 0)
          throw new WireFailure('EIO', null, null, 'status', { status: 503, retryAfterMs });
      });
      return clock.slept[0] ?? 0;
    }),
  );

test('what failed for many at once is tried again by each at another time, and by none later than was said', async () => {
  await expect(waits(null)).resolves.toEqual([250, 219, 188, 156]);
});

test('nobody comes again before the server has asked to, and each at another time', async () => {
  await expect(waits(4000)).resolves.toEqual([4000, 5000, 6000, 7000]);
});

test('who has little time comes as late as leaves half of it for the answer', async () => {
  await expect(waits(4000, 5000)).resolves.toEqual([4000, 4125, 4250, 4375]);
});

test('a server that went away for all at once is looked for by each at another time', async () => {
  const rests = async (chance: number): Promise<number> => {
    const clock = clockWith(chance);
    let asked = 0;
    const fetch = async (): Promise<Response> => {
      asked += 1;
      throw new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) });
    };
    const client = connect('http://wandb.test', { clock, fetch });
    // It takes a moment of vain calls until nobody waits for it any more.
    while ((await failureOf(client.run(ViewerDocument, {}))).fault !== 'down') {}
    const [before, since] = [asked, clock.now()];
    while (asked === before) {
      await clock.sleep(10, undefined);
      await failureOf(client.run(ViewerDocument, {}));
    }
    return clock.now() - since;
  };
  await expect(Promise.all(CHANCES.map(rests))).resolves.toEqual([1000, 880, 750, 630]);
});

describe('behind a pause that a server has asked for', () => {
  /** A server that takes ten requests in ten seconds; its clock is the client's. */
  async function limited(chance: number) {
    const clock = clockWith(chance);
    const at: number[] = [];
    const start = clock.now();
    const server = await serve((_, response) => {
      at.push(clock.now() - start);
      const remaining = 10 - (at.length % 10);
      if (at.length === 10) response.setHeader('ratelimit-remaining', '0').setHeader('ratelimit-reset', '10');
      else response.setHeader('ratelimit-remaining', String(remaining));
      json(response, success);
    });
    return { client: connect(server.url, { clock }), at };
  }

  test('calls go as far apart as the server took them before, then closer', async () => {
    const { client, at } = await limited(0.5);
    for (let call = 0; call < 30; call++) await client.run(ViewerDocument, {});
    const [first = 0, ...gaps] = at.slice(10).map((ms, index, all) => ms - (all[index - 1] ?? 0));
    // Within the first second, by chance.
    expect(first).toBeCloseTo(10_500);
    expect(gaps[0]).toBeLessThanOrEqual(1000);
    expect(gaps[0]).toBeGreaterThan(900);
    expect(gaps).toEqual([...gaps].sort((one, other) => other - one));
    expect(gaps.at(-1)).toBeLessThan(800);
  });
});

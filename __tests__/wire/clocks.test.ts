import { AddressBook } from '../../src/store/common/content.js';
import { BatchSizes, LearnedSizes } from '../../src/wire/api/batching.js';
import { ViewerDocument } from '../../src/wire/generated.js';
import { systemClock } from '../../src/wire/retry.js';
import { json, serve } from './helpers/http-server.js';
import { connect, failureOf, fakeClock } from './helpers/wire.js';

const HOUR = 3_600_000;
const success = { data: { viewer: null } };

/** The machine's clock is set while the first answer is on its way. */
const steps: readonly (readonly [string, number])[] = [
  ['an hour back', -HOUR],
  ['an hour forward', HOUR],
];

describe.each(steps)('when the clock of the machine is set %s', (_, step) => {
  test('retries go on as long as they may, and no longer', async () => {
    const clock = fakeClock();
    const server = await serve((_request, response) => {
      if (server.received.length === 1) clock.set(step);
      response.writeHead(500).end();
    });
    await failureOf(connect(server.url, { clock }).run(ViewerDocument, {}));
    expect(clock.slept).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000]);
  });

  test('a pause that the server asked for is as long as it said', async () => {
    const clock = fakeClock();
    const server = await serve((_request, response) => {
      if (server.received.length > 1) return json(response, success);
      return json(response.setHeader('retry-after', '5'), { errors: [{ message: 'busy' }] }, 429);
    });
    const client = connect(server.url, { clock });
    await failureOf(client.run(ViewerDocument, {}, { isRetryable: () => false }));
    clock.set(step);
    await client.run(ViewerDocument, {});
    expect(clock.slept).toEqual([5000]);
  });

  test("a date to wait for is told by the server's clock", async () => {
    const clock = fakeClock();
    clock.set(step);
    const server = await serve((_request, response) => {
      if (server.received.length > 1) return json(response, success);
      response.setHeader('date', 'Thu, 01 Jan 2026 00:00:00 GMT');
      response.setHeader('retry-after', 'Thu, 01 Jan 2026 00:00:03 GMT');
      return json(response, { errors: [{ message: 'busy' }] }, 503);
    });
    await connect(server.url, { clock }).run(ViewerDocument, {});
    expect(clock.slept).toEqual([3000]);
  });

  test('what is kept for a while is kept for that while', async () => {
    const clock = fakeClock();
    const book = new AddressBook(clock);
    const sizes = new BatchSizes(clock, 30_000, new LearnedSizes(clock));
    book.remember('key', { direct: 'https://storage', api: null });
    const failure = Object.assign(new Error('too much'));
    await expect(sizes.adapt('page', 1000, () => Promise.reject(failure))).rejects.toBe(failure);
    clock.set(step);
    expect(book.peek('key')).not.toBeNull();
    await clock.sleep(50 * 60_000, undefined);
    expect(book.peek('key')).toBeNull();
  });
});

test('the clock that counts is not the one of dates', () => {
  expect(Math.abs(systemClock.now() - performance.now())).toBeLessThan(1000);
  expect(Math.abs(systemClock.date() - Date.now())).toBeLessThan(1000);
});

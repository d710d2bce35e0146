import { ViewerDocument } from '../../src/wire/generated.js';
import { isRetryable, systemClock } from '../../src/wire/retry.js';
import { WireFailure } from '../../src/wire/wire-failure.js';
import { json, serve, servingTens } from './helpers/http-server.js';
import { connect, failureOf, fakeClock, KEY } from './helpers/wire.js';

const success = { data: { viewer: null } };

/** Answers once as told, and well from then on. */
const failingOnce = (status: number, headers: Record<string, string> = {}) => {
  let count = 0;
  return serve((_, response) => {
    if (count++ > 0) return json(response, success);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end('{"errors":[{"message":"not now"}]}');
  });
};

test.each([408, 418, 425, 429, 500, 502, 503, 504])('status %i is tried again', async (status) => {
  const server = await failingOnce(status);
  const clock = fakeClock();
  await connect(server.url, { clock }).run(ViewerDocument, {});
  expect(server.received).toHaveLength(2);
  expect(clock.slept).toEqual([250]);
});

test.each([400, 401, 403, 404, 409, 410, 413, 422, 501])('status %i is not', async (status) => {
  const server = await failingOnce(status);
  expect((await failureOf(connect(server.url, { clock: fakeClock() }).run(ViewerDocument, {}))).status).toBe(
    status,
  );
  expect(server.received).toHaveLength(1);
});

describe('what `fetch` rejects with', () => {
  const asked = async (error: Error) => {
    let requests = 0;
    const fetch = async (): Promise<Response> => {
      requests++;
      throw error;
    };
    const client = connect('http://wandb.test', { fetch, clock: fakeClock() });
    const { code, fault, cause } = await failureOf(client.run(ViewerDocument, {}));
    return { code, fault, cause, isAgain: requests > 1 };
  };

  test.each([
    new TypeError('fetch failed', { cause: new Error('other side closed') }),
    new TypeError('fetch failed', { cause: undefined }),
    new TypeError('Failed to fetch'),
    new TypeError('NetworkError when attempting to fetch resource.'),
    Object.assign(new TypeError('read failed'), { code: 'ECONNRESET' }),
    new Error('socket hang up'),
  ])('is tried again where the network failed: %p', async (error) => {
    expect(await asked(error)).toMatchObject({ code: 'EIO', fault: 'broken', isAgain: true });
  });

  test.each([
    new TypeError('agent.request is not a function'),
    new ReferenceError('require is not defined'),
    Object.assign(new RangeError('out of range'), { code: 'ERR_OUT_OF_RANGE' }),
  ])('is told at once where a program is wrong: %p', async (error) => {
    const cause = 'code' in error ? error.code : String(error);
    expect(await asked(error)).toEqual({ code: 'EIO', fault: 'final', cause, isAgain: false });
  });
});

test('Retry-After overrides the wait: seconds', async () => {
  const server = await failingOnce(429, { 'retry-after': '7.5' });
  const clock = fakeClock();
  await connect(server.url, { clock }).run(ViewerDocument, {});
  expect(clock.slept).toEqual([7500]);
});

test("Retry-After overrides the wait: a date, by the server's own clock", async () => {
  const server = await failingOnce(503, {
    date: 'Thu, 01 Jan 2026 00:00:00 GMT',
    'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT',
  });
  const clock = fakeClock();
  await connect(server.url, { clock }).run(ViewerDocument, {});
  expect(clock.slept).toEqual([9000]);
});

test('Retry-After holds the other requests back too', async () => {
  const server = await failingOnce(429, { 'retry-after': '5' });
  const clock = fakeClock();
  const client = connect(server.url, { clock });
  await failureOf(client.run(ViewerDocument, {}, { isRetryable: () => false }));
  expect(clock.slept).toEqual([]);
  await client.run(ViewerDocument, {});
  expect(clock.slept).toEqual([5000]);
});

test('no requests remaining: the next one waits for the reset', async () => {
  const server = await serve((_, response) => {
    response.setHeader('ratelimit-remaining', '0');
    response.setHeader('ratelimit-reset', '3');
    json(response, success);
  });
  const clock = fakeClock();
  const client = connect(server.url, { clock });
  await client.run(ViewerDocument, {});
  await client.run(ViewerDocument, {});
  expect(clock.slept).toEqual([3000]);
});

test('a reset that is a date is one: seconds since the epoch', async () => {
  const server = await serve((_, response) => {
    response.setHeader('date', 'Thu, 01 Jan 2026 00:00:00 GMT');
    response.setHeader('ratelimit-remaining', '0');
    response.setHeader('ratelimit-reset', String(Date.parse('2026-01-01T00:00:07Z') / 1000));
    json(response, success);
  });
  const clock = fakeClock();
  const client = connect(server.url, { clock });
  await client.run(ViewerDocument, {});
  await client.run(ViewerDocument, {});
  expect(clock.slept).toEqual([7000]);
});

test('no pause that a server asks for holds others back for more than a minute', async () => {
  const server = await failingOnce(429, { 'retry-after': '86400' });
  const clock = fakeClock();
  const client = connect(server.url, { clock });
  await failureOf(client.run(ViewerDocument, {}));
  expect(await failureOf(client.run(ViewerDocument, {}))).toMatchObject({ cause: 'rate limit' });
  await clock.sleep(31_000, undefined);
  await client.run(ViewerDocument, {});
  expect(clock.slept).toEqual([31_000, 29_000]);
});

test('a pause that is longer than a call may take fails at once', async () => {
  const server = await failingOnce(429, { 'retry-after': '3600' });
  const clock = fakeClock();
  const client = connect(server.url, { clock });
  expect((await failureOf(client.run(ViewerDocument, {}))).status).toBe(429);
  expect(await failureOf(client.run(ViewerDocument, {}))).toMatchObject({
    code: 'ETIMEDOUT',
    cause: 'rate limit',
  });
  expect(clock.slept).toEqual([]);
});

test('waits grow, and the time of all attempts is bounded', async () => {
  const server = await serve((_, response) => response.writeHead(500).end());
  const clock = fakeClock();
  await failureOf(connect(server.url, { clock }).run(ViewerDocument, {}));
  expect(clock.slept).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000]);
  expect(clock.slept.reduce((sum, ms) => sum + ms)).toBeLessThanOrEqual(30_000);
});

test('an attempt that the end of the time cuts short tells nothing: what the server said before does', async () => {
  let count = 0;
  const server = await serve((_, response) => {
    if (count === 0) json(response, success);
    if (count++ === 1) response.writeHead(503, { 'retry-after': '0.6' }).end();
  });
  const clock = { ...systemClock, random: () => 0 };
  const client = connect(server.url, { clock }, { apiKey: KEY, timeout: 1000 });
  // What makes requests is loaded with the first.
  await client.run(ViewerDocument, {});
  expect(await failureOf(client.run(ViewerDocument, {}))).toMatchObject({ fault: 'status', status: 503 });
  expect(count).toBe(3);
});

test('who gives up while waiting is told ECANCELED', async () => {
  const server = await serve((_, response) => response.writeHead(500).end());
  const controller = new AbortController();
  const call = connect(server.url).run(ViewerDocument, {}, { signal: controller.signal });
  setTimeout(() => controller.abort(), 50);
  expect(await failureOf(call)).toMatchObject({ code: 'ECANCELED' });
});

test('an abort reaches the socket', async () => {
  let closed: () => void = () => {};
  const isClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const controller = new AbortController();
  const server = await serve((_, response) => {
    response.once('close', () => closed());
    controller.abort();
  });
  const call = connect(server.url).run(ViewerDocument, {}, { signal: controller.signal });
  expect(await failureOf(call)).toMatchObject({ code: 'ECANCELED' });
  await isClosed;
});

test('at most ten requests are under way', async () => {
  const server = await servingTens(success);
  const client = connect(server.url);
  await Promise.all(Array.from({ length: 40 }, () => client.run(ViewerDocument, {})));
  expect(server.most()).toBe(10);
});

test('what is no matter of the network is never retried', () => {
  for (const fault of ['graphql', 'protocol', 'final'] as const) {
    expect(isRetryable(new WireFailure('EIO', null, null, fault))).toBe(false);
  }
});

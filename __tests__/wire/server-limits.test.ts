import { BatchSizes } from '../../src/wire/api/batching.js';
import type { WireClient } from '../../src/wire/api/client.js';
import { ViewerDocument } from '../../src/wire/generated.js';
import { WireFailure } from '../../src/wire/wire-failure.js';
import { json, serve, servingTens } from './helpers/http-server.js';
import { connect, failureOf, fakeClock, KEY } from './helpers/wire.js';

const success = { data: { viewer: null } };
const view = (client: WireClient) => client.run(ViewerDocument, {}, { isRetryable: () => false });
/** A server that limits the rate of its first request, and takes all others. */
const limiting = () => {
  let count = 0;
  return serve((_, response) => {
    if (count++ > 0) return json(response, success);
    response.writeHead(429, { 'retry-after': '3600' }).end();
  });
};
test('a pause that one is asked for is a pause of all that speak to the server in this thread', async () => {
  const server = await limiting();
  const [one, other] = [connect(server.url), connect(server.url)];
  expect((await failureOf(view(one))).status).toBe(429);
  expect(await failureOf(view(other))).toMatchObject({ code: 'ETIMEDOUT', cause: 'rate limit' });
});

test("a way or a time of one's own has limits of its own: it may be another server", async () => {
  const server = await limiting();
  expect((await failureOf(view(connect(server.url)))).status).toBe(429);
  await view(connect(server.url, { fetch: globalThis.fetch }));
  const clock = fakeClock();
  await view(connect(server.url, { clock }));
  expect(clock.slept).toEqual([]);
});

test('with the last one that leaves they are forgotten', async () => {
  const server = await limiting();
  const [one, other] = [connect(server.url), connect(server.url)];
  expect((await failureOf(view(one))).status).toBe(429);
  await one.close();
  // Twice is once.
  await one.close();
  const { limits } = other.api;
  expect(connect(server.url).api.limits).toBe(limits);
  const another = await serve((_, response) => json(response, success));
  const [first, next] = [connect(another.url), () => connect(another.url)];
  await first.close();
  expect(next().api.limits).not.toBe(first.api.limits);
});

test('ten requests at a time are under way of them all', async () => {
  const server = await servingTens(success);
  const clients = [connect(server.url), connect(server.url)];
  await Promise.all(Array.from({ length: 40 }, (_, index) => view(clients[index % 2] as WireClient)));
  expect(server.most()).toBe(10);
});

test('what one has learned that the server takes, the others ask for', async () => {
  const server = await serve((_, response) => json(response, success));
  const [one, other] = [connect(server.url), connect(server.url)];
  const sizesOf = ({ api }: WireClient) => new BatchSizes(api.clock, 30_000, api.limits.sizes);
  await sizesOf(one).adapt('names', 1000, async (size) => {
    if (size > 100) throw new WireFailure('EIO', null, null, 'status', { status: 413 });
  });
  expect(sizesOf(other).get('names')).toBe(63);
});

test('who goes through a proxy has limits of its own: one that does not answer keeps no turns of others', async () => {
  const server = await serve((_, response) => json(response, success));
  const proxied = () => connect(server.url, {}, { apiKey: KEY }, { HTTP_PROXY: 'http://127.0.0.1:9' });
  const { limits } = connect(server.url).api;
  const first = proxied().api.limits;
  expect(first).not.toBe(limits);
  expect(proxied().api.limits).toBe(first);
});

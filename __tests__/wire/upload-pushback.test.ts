import { setMaxListeners } from 'node:events';
import { Transfers } from '../../src/wire/transfer/transfer.js';
import { serve } from './helpers/http-server.js';
import { connect, failureOf, fakeClock, KEY } from './helpers/wire.js';

const body = { kind: 'bytes', bytes: Buffer.from('content') } as const;

/** How often an upload hears that the storage can't keep up, which answers so before it takes it. */
async function pushbacks(...statuses: readonly number[]): Promise<number> {
  const left = [...statuses];
  const server = await serve((_, response) => response.writeHead(left.shift() ?? 200).end());
  const transfers = new Transfers(connect(server.url, { clock: fakeClock() }).api);
  let count = 0;
  const onPushback = (): void => void count++;
  await transfers.upload(`${server.url}/a`, {}, body, { signal: undefined, onPushback });
  return count;
}

test('an upload tells of each answer that says that the storage cannot keep up, though it is sent again', async () => {
  expect(await pushbacks(429, 503)).toBe(2);
});

test('it tells of nothing where the storage takes it, or fails for another reason', async () => {
  expect(await pushbacks()).toBe(0);
  expect(await pushbacks(500)).toBe(0);
});

test('it tells of a storage that says nothing', async () => {
  const server = await serve(() => {});
  const transfers = new Transfers(connect(server.url, {}, { apiKey: KEY, timeout: 100 }).api);
  let count = 0;
  const upload = transfers.upload(`${server.url}/a`, {}, body, {
    signal: undefined,
    onPushback: () => void count++,
  });
  expect((await failureOf(upload)).code).toBe('ETIMEDOUT');
  expect(count).toBe(1);
});

test('however many uploads a storage lets wait, who reads has a turn', async () => {
  let waiting = 0;
  let isFull = (): void => {};
  const full = new Promise<void>((resolve) => {
    isFull = resolve;
  });
  const server = await serve(({ method }, response) => {
    if (method === 'GET') response.end('content');
    else if (++waiting === 64) isFull();
  });
  const transfers = new Transfers(connect(server.url).api);
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const uploads = Array.from({ length: 100 }, () =>
    failureOf(transfers.upload(`${server.url}/a`, {}, body, { signal: controller.signal })),
  );
  await full;
  const read = await transfers.download(`${server.url}/b`, {
    ...{ signal: undefined, isApiAddress: false, etag: null },
    ...{ start: 0, end: null, limit: 100 },
  });
  expect(Buffer.from(read.bytes).toString()).toBe('content');
  controller.abort();
  for (const { code } of await Promise.all(uploads)) expect(code).toBe('ECANCELED');
});

import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import type { WandbFsOptions } from '../../src/config/options.js';
import { ViewerDocument } from '../../src/wire/generated.js';
import { Transfers } from '../../src/wire/transfer/transfer.js';
import { serve } from './helpers/http-server.js';
import { REQUEST_MAKERS } from './helpers/request-makers.js';
import { connect, failureOf, KEY } from './helpers/wire.js';

const WHOLE = { start: 0, end: null, limit: 1024, etag: null, signal: undefined, isApiAddress: false };

const listening: { close(): void }[] = [];
afterEach(() => {
  for (const server of listening.splice(0)) server.close();
});

/** Takes connections, and what comes in them, and never says a word. */
async function silent(): Promise<{ url: string; readonly connections: number }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  listening.push({
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
  };
}

/** Held against what the flaw would take (another attempt's whole time, the backoff of retries), for machines are slow at times. */
const elapsed = async (task: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await task();
  return performance.now() - began;
};

describe.each(REQUEST_MAKERS)('by %s', (_, dependencies) => {
  const apiOf = (url: string, options: WandbFsOptions) =>
    connect(url, dependencies(), { apiKey: KEY, ...options }).api;

  test('a storage that takes the request and never answers ends a download at `timeout`, whatever is tried', async () => {
    const server = await silent();
    const transfers = new Transfers(apiOf(server.url, { timeout: 2500, headersTimeout: 300 }));
    const took = await elapsed(async () => {
      expect(await failureOf(transfers.download(`${server.url}/a`, WHOLE))).toMatchObject({
        code: 'ETIMEDOUT',
      });
    });
    expect(took).toBeLessThan(6000);
    expect(server.connections).toBeGreaterThan(1);
  });

  test('a storage that answers 503 for ever ends it at `timeout`, with that', async () => {
    const server = await serve((_request, response) => response.writeHead(503).end());
    const transfers = new Transfers(apiOf(server.url, { timeout: 1000 }));
    const took = await elapsed(async () => {
      expect(await failureOf(transfers.download(`${server.url}/a`, WHOLE))).toMatchObject({ status: 503 });
    });
    expect(took).toBeLessThan(4000);
  });

  test('a body that stands still is given up after `idleTimeout`, and tried again', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 10 });
      if (server.received.length === 1) response.write('01234');
      else response.end('0123456789');
    });
    const transfers = new Transfers(apiOf(server.url, { idleTimeout: 200 }));
    const { bytes } = await transfers.download(`${server.url}/a`, WHOLE);
    expect(Buffer.from(bytes).toString()).toBe('0123456789');
    expect(server.received).toHaveLength(2);
  });

  test('a download that moves, however slowly, outlasts every timeout', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 10 });
      let sent = 0;
      const timer = setInterval(() => {
        response.write('x');
        if (++sent === 10) clearInterval(timer);
      }, 100);
    });
    const transfers = new Transfers(
      apiOf(server.url, { timeout: 400, headersTimeout: 400, idleTimeout: 400 }),
    );
    const { bytes } = await transfers.download(`${server.url}/a`, WHOLE);
    expect(bytes.byteLength).toBe(10);
    expect(server.received).toHaveLength(1);
  });

  test('an upload that nobody takes ends when nothing has moved for `timeout`', async () => {
    const server = await silent();
    const transfers = new Transfers(apiOf(server.url, { timeout: 500 }));
    const body = { kind: 'bytes', bytes: Buffer.from('content') } as const;
    const took = await elapsed(async () => {
      const failure = await failureOf(transfers.upload(`${server.url}/a`, {}, body, { signal: undefined }));
      expect(failure).toMatchObject({ code: 'ETIMEDOUT', detail: expect.stringContaining('moved') });
    });
    expect(took).toBeLessThan(3000);
  });

  test('an API that never answers ends a call at `timeout`', async () => {
    const server = await silent();
    const client = connect(server.url, dependencies(), { apiKey: KEY, timeout: 600 });
    const took = await elapsed(async () => {
      expect(await failureOf(client.run(ViewerDocument, {}))).toMatchObject({ code: 'ETIMEDOUT' });
    });
    expect(took).toBeLessThan(3000);
  });

  test('however many calls wait for it, none waits much longer', async () => {
    const server = await silent();
    const client = connect(server.url, dependencies(), { apiKey: KEY, timeout: 600 });
    const took = await elapsed(async () => {
      const calls = Array.from({ length: 60 }, () => failureOf(client.run(ViewerDocument, {})));
      for (const { code } of await Promise.all(calls)) expect(code).toBe('ETIMEDOUT');
    });
    expect(took).toBeLessThan(2500);
  });
});

describe('a `fetch` that heeds no signal and never settles', () => {
  const fetch = (): Promise<Response> => new Promise(() => {});

  test('ends a call at `timeout`, and at an abort', async () => {
    const client = connect('http://wandb.test', { fetch }, { apiKey: KEY, timeout: 300 });
    expect(await failureOf(client.run(ViewerDocument, {}))).toMatchObject({ code: 'ETIMEDOUT' });
    const controller = new AbortController();
    const call = client.run(ViewerDocument, {}, { signal: controller.signal });
    controller.abort();
    expect(await failureOf(call)).toMatchObject({ code: 'ECANCELED' });
  });

  test('ends an upload and a download at `timeout`', async () => {
    const transfers = new Transfers(
      connect('http://wandb.test', { fetch }, { apiKey: KEY, timeout: 300 }).api,
    );
    const body = { kind: 'bytes', bytes: Buffer.from('x') } as const;
    const upload = transfers.upload('http://storage.test/a', {}, body, { signal: undefined });
    const download = transfers.download('http://storage.test/a', WHOLE);
    for (const { code } of await Promise.all([upload, download].map(failureOf)))
      expect(code).toBe('ETIMEDOUT');
  });
});

// What a socket's buffers hold has been sent, to who sends it, and is taken in silence: for less than the time that is given.
test('an upload that is taken slowly, but is taken, outlasts every timeout', async () => {
  const SIZE = 32 * 1024 * 1024;
  let taken = 0;
  const server = createServer((socket) => {
    socket.on('data', (part) => {
      taken += part.byteLength;
      socket.pause();
      setTimeout(() => socket.resume(), 5);
      if (taken > SIZE) socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
    });
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  listening.push(server);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const transfers = new Transfers(connect(url, {}, { apiKey: KEY, timeout: 1500, headersTimeout: 1600 }).api);
  const body = { kind: 'bytes', bytes: Buffer.alloc(SIZE) } as const;
  const took = await elapsed(() => transfers.upload(`${url}/a`, {}, body, { signal: undefined }));
  expect(took).toBeGreaterThan(1500);
});

test('a bulk of transfers that all move waits for its turns, longer than `timeout`', async () => {
  const server = await serve((_request, response) => {
    setTimeout(() => response.end('x'), 800);
  });
  const transfers = new Transfers(connect(server.url, {}, { apiKey: KEY, timeout: 2000 }).api);
  const took = await elapsed(() =>
    Promise.all(Array.from({ length: 320 }, () => transfers.download(`${server.url}/a`, WHOLE))),
  );
  expect(took).toBeGreaterThan(2000);
});

test('who gives up while waiting for a turn is told before the others are done', async () => {
  const server = await silent();
  const client = connect(server.url, {}, { apiKey: KEY, timeout: 2000 });
  let done = 0;
  const others = Array.from({ length: 10 }, () =>
    failureOf(client.run(ViewerDocument, {})).finally(() => {
      done++;
    }),
  );
  const controller = new AbortController();
  const waiting = failureOf(client.run(ViewerDocument, {}, { signal: controller.signal }));
  controller.abort();
  expect(await waiting).toMatchObject({ code: 'ECANCELED' });
  expect(done).toBe(0);
  await client.close();
  for (const { code } of await Promise.all(others)) expect(code).toBe('EIO');
});

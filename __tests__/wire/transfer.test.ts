import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Transfers } from '../../src/wire/transfer/transfer.js';
import type { Body } from '../../src/wire/transport/transport.js';
import { makeDirectory } from '../helpers/directories.js';
import { fileSource } from '../helpers/file-source.js';
import { type Received, serve } from './helpers/http-server.js';
import { REQUEST_MAKERS } from './helpers/request-makers.js';
import { connect, failureOf, fakeClock, KEY } from './helpers/wire.js';

const BIG = Buffer.alloc(700_000, 'wandb');
const UNBOUND = { signal: undefined, isApiAddress: false, etag: null };
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

let directory: string;
beforeAll(async () => {
  directory = await makeDirectory();
});

describe.each(REQUEST_MAKERS)('an upload by %s', (_, dependencies) => {
  const upload = async (body: Body, headers = {}, onProgress?: (sent: number) => void): Promise<Received> => {
    const server = await serve((_request, response) => response.end());
    const transfers = new Transfers(connect(server.url, dependencies()).api);
    await transfers.upload(`${server.url}/a`, headers, body, { signal: undefined, onProgress });
    expect(server.received).toHaveLength(1);
    return server.received[0] as Received;
  };
  const fileOf = async (bytes: Uint8Array): Promise<Body> => {
    const file = join(directory, `${bytes.byteLength}`);
    await writeFile(file, bytes);
    return fileSource(file, bytes.byteLength);
  };

  test.each<[string, () => Body | Promise<Body>, Buffer]>([
    ['small bytes', () => ({ kind: 'bytes', bytes: Buffer.from('content') }), Buffer.from('content')],
    ['large bytes', () => ({ kind: 'bytes', bytes: BIG }), BIG],
    ['no bytes', () => ({ kind: 'bytes', bytes: Buffer.alloc(0) }), Buffer.alloc(0)],
    ['a file', () => fileOf(BIG), BIG],
    [
      'a part of a file',
      async () => ({ ...(await fileOf(BIG)), start: 300_001, size: 300_000 }) as Body,
      BIG.subarray(300_001, 600_001),
    ],
    ['an empty file', () => fileOf(Buffer.alloc(0)), Buffer.alloc(0)],
  ])('of %s has its length and is never sent in chunks', async (_name, bodyOf, expected) => {
    const progress: number[] = [];
    const { method, headers, body } = await upload(await bodyOf(), {}, (sent) => progress.push(sent));
    expect(method).toBe('PUT');
    expect(body.equals(expected)).toBe(true);
    expect(headers['content-length']).toBe(String(expected.byteLength));
    expect(headers['transfer-encoding']).toBeUndefined();
    expect(headers.authorization).toBeUndefined();
    if (expected.byteLength > 0) expect(progress.at(-1)).toBe(expected.byteLength);
  });

  test('carries the headers that the server gave', async () => {
    const given = { 'x-goog-meta-origin': 'run', 'content-md5': 'm' };
    const { headers } = await upload({ kind: 'bytes', bytes: Buffer.from('x') }, given);
    expect(headers).toMatchObject(given);
    expect(headers['content-type']).toBeUndefined();
  });

  test('of a file that has grown sends what was announced', async () => {
    const file = join(directory, 'grown');
    await writeFile(file, 'announced, and more');
    const { body } = await upload(fileSource(file, 9));
    expect(text(body)).toBe('announced');
  });
});

test('an upload by the own agent carries nothing but the given headers, its length and who sends it', async () => {
  const server = await serve((_request, response) => response.end());
  const transfers = new Transfers(connect(server.url).api);
  const body = { kind: 'bytes', bytes: Buffer.from('x') } as const;
  await transfers.upload(`${server.url}/a`, { 'x-upload': 'run' }, body, { signal: undefined });
  expect(Object.keys(server.received[0]?.headers ?? {}).sort()).toEqual([
    'connection',
    'content-length',
    'host',
    'user-agent',
    'x-upload',
  ]);
});

test("an upload tells the storage's tag, and the MD5 of what was sent", async () => {
  const server = await serve((_request, response) => response.setHeader('ETag', '"a1"').end());
  const transfers = new Transfers(connect(server.url).api);
  const body = { kind: 'bytes', bytes: Buffer.from('x') } as const;
  expect(await transfers.upload(`${server.url}/a`, {}, body, { signal: undefined })).toEqual({
    etag: '"a1"',
    md5: 'ndTkYSaMgDT1yFZOFVxnpg==',
  });
});

test('an upload whose content is gone is EIO, and not tried again', async () => {
  const server = await serve((_request, response) => response.end());
  const transfers = new Transfers(connect(server.url).api);
  const file = join(directory, 'gone');
  await writeFile(file, 'gone');
  const body = fileSource(file, 7);
  const failure = await failureOf(transfers.upload(`${server.url}/a`, {}, body, { signal: undefined }));
  expect(failure).toMatchObject({ code: 'EIO', fault: 'final', detail: expect.stringContaining('gone') });
});

test('an upload is tried again for 503, whole', async () => {
  let count = 0;
  const server = await serve((_request, response) => response.writeHead(count++ === 0 ? 503 : 200).end());
  const transfers = new Transfers(connect(server.url, { clock: fakeClock() }).api);
  await transfers.upload(`${server.url}/a`, {}, { kind: 'bytes', bytes: BIG }, { signal: undefined });
  expect(server.received.map(({ body }) => body.byteLength)).toEqual([BIG.byteLength, BIG.byteLength]);
});

test.each([400, 403, 411, 412, 501])('an upload that is refused with %i fails at once', async (status) => {
  const server = await serve((_request, response) =>
    response.writeHead(status).end('<Error><Code>ExpiredToken</Code><Key>secret</Key></Error>'),
  );
  const transfers = new Transfers(connect(server.url).api);
  const body = { kind: 'bytes', bytes: Buffer.from('x') } as const;
  const failure = await failureOf(
    transfers.upload(`${server.url}/a?X-Goog-Signature=abc`, {}, body, { signal: undefined }),
  );
  expect(failure).toMatchObject({ status, cause: `HTTP ${status} ExpiredToken` });
  expect(JSON.stringify(failure)).not.toMatch(/secret|abc/);
  expect(server.received).toHaveLength(1);
});

describe.each(REQUEST_MAKERS)('a download by %s', (_, dependencies) => {
  const content = Buffer.from('0123456789');

  /** A storage that knows ranges. */
  const storage = () =>
    serve(({ headers }, response) => {
      const asked = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
      if (!asked)
        return response.writeHead(200, { etag: '"e"', 'content-length': content.length }).end(content);
      const start = Number(asked[1]);
      const end = Math.min(asked[2] ? Number(asked[2]) + 1 : content.length, content.length);
      if (start >= content.length) {
        return response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
      }
      const range = `bytes ${start}-${end - 1}/${content.length}`;
      return response
        .writeHead(206, { etag: '"e"', 'content-range': range })
        .end(content.subarray(start, end));
    });
  const download = async (server: { url: string }, start: number, end: number | null, limit = 100) => {
    const transfers = new Transfers(connect(server.url, dependencies()).api);
    const { bytes, ...rest } = await transfers.download(`${server.url}/a`, { ...UNBOUND, start, end, limit });
    return { ...rest, text: text(bytes) };
  };

  test('brings the whole, or a range with the size of the whole', async () => {
    const server = await storage();
    const about = { codedSize: null, etag: '"e"', tag: '"e"', size: 10, isOverlong: false };
    expect(await download(server, 0, null)).toEqual({ ...about, text: '0123456789' });
    expect(await download(server, 2, 5)).toEqual({ ...about, text: '234' });
    expect(await download(server, 8, 20)).toEqual({ ...about, text: '89' });
    expect(await download(server, 4, null)).toEqual({ ...about, text: '456789' });
  });

  test('brings nothing from behind the end, but the size', async () => {
    expect(await download(await storage(), 10, 20)).toMatchObject({ text: '', size: 10 });
  });

  test('copes with a storage that ignores ranges', async () => {
    const server = await serve((_request, response) =>
      response.writeHead(200, { 'content-length': 10 }).end(content),
    );
    expect(await download(server, 2, 5)).toMatchObject({ text: '234', size: 10 });
    expect(await download(server, 0, 5)).toMatchObject({ text: '01234', size: 10 });
  });

  test('takes no more than was asked for', async () => {
    expect(await download(await storage(), 0, null, 9)).toMatchObject({ text: '', isOverlong: true });
    const endless = await serve((_request, response) => {
      response.writeHead(200);
      response.on('error', () => response.destroy());
      const more = (): void => {
        while (!response.destroyed && response.write(BIG));
      };
      response.on('drain', more);
      more();
    });
    expect(await download(endless, 0, null, 1000)).toMatchObject({ text: '', isOverlong: true });
  });
});

test('a download that is cut short is tried again', async () => {
  let count = 0;
  const server = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': 10 });
    if (count++ > 0) response.end('0123456789');
    else response.write('01234', () => response.destroy());
  });
  const transfers = new Transfers(connect(server.url, { clock: fakeClock() }).api);
  const { bytes } = await transfers.download(`${server.url}/a`, {
    ...UNBOUND,
    start: 0,
    end: null,
    limit: 10,
  });
  expect(text(bytes)).toBe('0123456789');
  expect(server.received).toHaveLength(2);
});

test('a storage that refuses for now, and then says nothing, is quoted', async () => {
  let count = 0;
  const server = await serve((_request, response) => {
    if (count++ === 0) response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
  });
  const transfers = new Transfers(connect(server.url, {}, { apiKey: KEY, timeout: 600 }).api);
  const call = transfers.download(`${server.url}/a`, { ...UNBOUND, start: 0, end: null, limit: 10 });
  expect(await failureOf(call)).toMatchObject({ status: 503, cause: 'HTTP 503 SlowDown' });
  expect(count).toBe(2);
});

test('a pinned version is asked for by If-Match; a weak tag can not be', async () => {
  const server = await serve((_request, response) => response.end('x'));
  const transfers = new Transfers(connect(server.url).api);
  for (const etag of ['"strong"', 'W/"weak"']) {
    await transfers.download(`${server.url}/a`, { ...UNBOUND, start: 0, end: null, limit: 10, etag });
  }
  expect(server.received.map(({ headers }) => headers['if-match'])).toEqual(['"strong"', undefined]);
});

test('an abort ends a download and an upload at the socket', async () => {
  for (const act of [
    (transfers: Transfers, url: string, signal: AbortSignal) =>
      transfers.download(url, { ...UNBOUND, start: 0, end: null, limit: 10, signal }),
    (transfers: Transfers, url: string, signal: AbortSignal) =>
      transfers.upload(url, {}, { kind: 'bytes', bytes: Buffer.from('x') }, { signal }),
  ]) {
    const controller = new AbortController();
    let closed: () => void = () => {};
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const server = await serve((_request, response) => {
      response.once('close', () => closed());
      controller.abort();
    });
    const transfers = new Transfers(connect(server.url).api);
    expect(await failureOf(act(transfers, `${server.url}/a`, controller.signal))).toMatchObject({
      code: 'ECANCELED',
    });
    await isClosed;
  }
});

import zlib from 'node:zlib';
import { ViewerDocument } from '../../src/wire/generated.js';
import { Transfers } from '../../src/wire/transfer/transfer.js';
import { serve } from './helpers/http-server.js';
import { connect, failureOf, fakeClock } from './helpers/wire.js';

const TEXT = JSON.stringify({ data: { viewer: { entity: 'team', username: 'me', teams: { edges: [] } } } });
const WHOLE = { start: 0, end: null, limit: 1000, etag: null, signal: undefined, isApiAddress: false };
const { zstdCompressSync } = zlib as { zstdCompressSync?: (text: string) => Buffer };

const CODINGS: readonly (readonly [string, Buffer])[] = [
  ['gzip', zlib.gzipSync(TEXT)],
  ['GZIP', zlib.gzipSync(TEXT)],
  ['x-gzip', zlib.gzipSync(TEXT)],
  ['deflate', zlib.deflateSync(TEXT)],
  ['deflate', zlib.deflateRawSync(TEXT)],
  ['br', zlib.brotliCompressSync(TEXT)],
  ['identity', Buffer.from(TEXT)],
  ['gzip, identity', zlib.gzipSync(TEXT)],
  ['deflate, gzip', zlib.gzipSync(zlib.deflateSync(TEXT))],
  ...(zstdCompressSync ? [['zstd', zstdCompressSync(TEXT)] as const] : []),
];
const serving = (coding: string, body: Uint8Array) =>
  serve((_, response) =>
    response.writeHead(200, { 'content-encoding': coding, 'content-length': body.byteLength }).end(body),
  );

describe.each(CODINGS)('an answer that is coded as %s', (coding, coded) => {
  test('of the API is read', async () => {
    const { url } = await serving(coding, coded);
    expect(await connect(url).run(ViewerDocument, {})).toMatchObject({ viewer: { entity: 'team' } });
  });

  test('of the storage is read', async () => {
    const { url } = await serving(coding, coded);
    const got = await new Transfers(connect(url).api).download(`${url}/a`, WHOLE);
    expect(Buffer.from(got.bytes).toString()).toBe(TEXT);
    expect(got.size).toBe(TEXT.length);
  });
});

test('a file that was stored coded, and is listed with that size, is what was stored', async () => {
  const coded = zlib.gzipSync(TEXT);
  const { url } = await serving('gzip', coded);
  const { length: size } = coded;
  const got = await new Transfers(connect(url).api).download(`${url}/a`, { ...WHOLE, size });
  expect(coded.equals(got.bytes)).toBe(true);
});

test("what a user's fetch has decoded isn't measured by the coded length", async () => {
  const { url } = await serving('gzip', zlib.gzipSync('x'));
  const got = await new Transfers(connect(url, { fetch }).api).download(`${url}/a`, WHOLE);
  expect(Buffer.from(got.bytes).toString()).toBe('x');
});

test.each(['compress', 'gzip, gzip, gzip, gzip, gzip, gzip', 'sdch'])(
  'what can not be decoded (%s) is EPROTO that names it',
  async (coding) => {
    const { url, received } = await serving(coding, Buffer.from('x'));
    const failure = await failureOf(new Transfers(connect(url).api).download(`${url}/a`, WHOLE));
    expect(failure).toMatchObject({
      code: 'EPROTO',
      detail: expect.stringContaining(`'${coding.slice(0, 30)}`),
    });
    expect(received).toHaveLength(1);
  },
);

test('a coded body that is cut short is an error, never a short file', async () => {
  const { url } = await serving('gzip', zlib.gzipSync(TEXT).subarray(0, 40));
  const { api } = connect(url, { clock: fakeClock() });
  expect(await failureOf(new Transfers(api).download(`${url}/a`, WHOLE))).toMatchObject({ code: 'EIO' });
});

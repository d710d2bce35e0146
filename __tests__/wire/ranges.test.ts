import { gzipSync } from 'node:zlib';
import type { DownloadOptions } from '../../src/wire/transfer/ranges.js';
import { Transfers } from '../../src/wire/transfer/transfer.js';
import { type Received, serve } from './helpers/http-server.js';
import { connect, failureOf } from './helpers/wire.js';

const TEXT = 'abcdefghij';
type Headers = Readonly<Record<string, string>>;
type Answer = readonly [status: number, headers: Headers, body: string];

/** What a storage answers to `range`, null where none was asked for; and what the download made of it. */
async function download(answer: (range: string | null) => Answer, options: Partial<DownloadOptions>) {
  const server = await serve((request: Received, response) => {
    const [status, headers, body] = answer(request.headers.range ?? null);
    response.writeHead(status, headers);
    // In chunks, without a length, where the headers don't give one.
    response.flushHeaders();
    response.end(body);
  });
  const all = { start: 0, end: null, limit: 1000, etag: null, signal: undefined, isApiAddress: false };
  const transfers = new Transfers(connect(server.url).api);
  const got = transfers.download(`${server.url}/a`, { ...all, ...options });
  return {
    failure: () => failureOf(got),
    text: async () => {
      const { bytes, size, isOverlong } = await got;
      return { text: Buffer.from(bytes).toString(), size, isOverlong };
    },
    ranges: () => server.received.map(({ headers }) => headers.range ?? null),
  };
}
const ranges = (headers: Headers = {}) =>
  ((range) => {
    const [, from = '', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
    if (range === null) return [200, {}, TEXT];
    const last = to === '' ? TEXT.length - 1 : Math.min(Number(to), TEXT.length - 1);
    const named = { 'content-range': `bytes ${from}-${last}/${TEXT.length}`, ...headers };
    return [206, named, TEXT.slice(Number(from), last + 1)];
  }) satisfies (range: string | null) => Answer;

const MIDDLE = { start: 2, end: 5, limit: 3 };
const CDE = { text: 'cde', size: 10, isOverlong: false };

test.each<[string, (range: string | null) => Answer, number | null]>([
  ['a range', ranges(), null],
  ['in other letters', ranges({ 'content-range': 'Bytes 2-4/10' }), null],
  ['of a total that is not told but listed', ranges({ 'content-range': 'bytes 2-4/*' }), 10],
  ['of a total that nobody knows: all is read', ranges({ 'content-range': 'bytes 2-4/*' }), null],
  ['that begins before and ends behind', () => [206, { 'content-range': 'bytes 0-7/10' }, 'abcdefgh'], null],
  ['all, by a storage without ranges', () => [200, { 'content-length': '10' }, TEXT], null],
  ['all, in chunks', () => [200, {}, TEXT], null],
  ['416 where there is something: all is read', (range) => (range ? [416, {}, ''] : [200, {}, TEXT]), 10],
])('an answer with %s', async (_, answer, size) => {
  const got = await download(answer, { ...MIDDLE, size });
  expect(await got.text()).toEqual(CDE);
});

test('what is shorter than asked for is gone on from where it ends', async () => {
  const got = await download(
    (range) => {
      const from = Number(/\d+/.exec(range ?? '')?.[0]);
      return [206, { 'content-range': `bytes ${from}-${from}/10` }, TEXT.charAt(from)];
    },
    { ...MIDDLE },
  );
  expect(await got.text()).toEqual(CDE);
  expect(got.ranges()).toEqual(['bytes=2-4', 'bytes=3-4', 'bytes=4-4']);
});

test('the rest must be of the same version', async () => {
  let version = 0;
  const got = await download(
    (range) => {
      const from = Number(/\d+/.exec(range ?? '')?.[0]);
      const headers = { 'content-range': `bytes ${from}-${from}/10`, etag: `"${version++}"` };
      return [206, headers, TEXT.charAt(from)];
    },
    { ...MIDDLE },
  );
  expect(await got.failure()).toMatchObject({ status: 412 });
});

test.each<[string, Answer, string | null]>([
  ['an empty file', [416, { 'content-range': 'bytes */0' }, ''], ''],
  ['an empty file, of which nothing is told', [416, {}, ''], ''],
])('416 of %s is its end', async (_, answer, text) => {
  const got = await download(() => answer, { start: 0, end: 5, limit: 5 });
  expect(await got.text()).toEqual({ text, size: 0, isOverlong: false });
});

test('416 at the end tells the size', async () => {
  const got = await download(() => [416, { 'content-range': 'bytes */10' }, ''], {
    start: 10,
    end: 12,
    limit: 2,
  });
  expect(await got.text()).toEqual({ text: '', size: 10, isOverlong: false });
});

test('a whole of an unknown length, in chunks', async () => {
  const got = await download(() => [200, {}, TEXT], {});
  expect(await got.text()).toEqual({ text: TEXT, size: 10, isOverlong: false });
});

test('more than was to be taken is told, and not taken', async () => {
  for (const headers of [{}, { 'content-length': '10' }]) {
    const got = await download(() => [200, headers, TEXT], { limit: 5 });
    expect(await got.text()).toMatchObject({ text: '', isOverlong: true });
  }
});

test('several ranges in place of one are refused by name', async () => {
  const headers = { 'content-type': 'multipart/byteranges; boundary=x' };
  const got = await download(() => [206, headers, '--x'], MIDDLE);
  expect(await got.failure()).toMatchObject({
    code: 'EPROTO',
    detail: expect.stringContaining('several ranges'),
  });
});

test('a range of what is coded is no part of the content: all is read', async () => {
  const coded = gzipSync(TEXT);
  const got = await download(
    (range) =>
      range === null
        ? [200, {}, TEXT]
        : [
            206,
            { 'content-encoding': 'gzip', 'content-range': `bytes 2-4/${coded.length}` },
            '\u0001\u0002\u0003',
          ],
    { ...MIDDLE, size: 10 },
  );
  expect(await got.text()).toEqual(CDE);
});

test('a range of a file that was stored coded, and is listed so, is what it is', async () => {
  const got = await download(ranges({ 'content-encoding': 'gzip' }), { ...MIDDLE, size: 10 });
  expect(await got.text()).toEqual(CDE);
});

import { Transfers } from '../../src/wire/transfer/transfer.js';
import { serve } from './helpers/http-server.js';
import { connect, failureOf } from './helpers/wire.js';

type Headers = Readonly<Record<string, string>>;
const part = { start: 0, end: 2, limit: 2, signal: undefined, isApiAddress: false };

/** Reads one range, and another one of the same version; the storage says something else by then. */
async function twoRanges(before: Headers, after: Headers) {
  const answers = [before, after];
  const server = await serve((_, response) => {
    response.writeHead(206, { 'content-range': 'bytes 0-1/9', ...answers.shift() }).end('ab');
  });
  const transfers = new Transfers(connect(server.url).api);
  const { tag } = await transfers.download(`${server.url}/a`, { ...part, etag: null });
  const second = transfers.download(`${server.url}/a`, { ...part, etag: tag });
  return { second, ifMatch: () => second.then(() => server.received[1]?.headers['if-match']) };
}

describe('a version is told by what the storage says of it', () => {
  test.each<[string, Headers, Headers]>([
    ['a strong ETag', { etag: '"1"' }, { etag: '"2"' }],
    ['a weak ETag', { etag: 'W/"1"' }, { etag: 'W/"2"' }],
    ['a weak ETag that becomes another strong one', { etag: 'W/"1"' }, { etag: '"2"' }],
    [
      'Last-Modified',
      { 'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT' },
      { 'last-modified': 'Mon, 01 Jan 2024 00:00:01 GMT' },
    ],
    ["GCS's generation", { 'x-goog-generation': '1' }, { 'x-goog-generation': '2' }],
    ["S3's version", { 'x-amz-version-id': 'a=' }, { 'x-amz-version-id': 'b=' }],
    ["Azure's MD5", { 'x-ms-blob-content-md5': 'a' }, { 'x-ms-blob-content-md5': 'b' }],
  ])('%s', async (_, before, after) => {
    expect(await failureOf((await twoRanges(before, after)).second)).toMatchObject({ status: 412 });
    await expect((await twoRanges(before, before)).second).resolves.toMatchObject({ size: 9 });
  });

  test('what only one of two answers says tells nothing', async () => {
    const date = { 'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT' };
    for (const [before, after] of [
      [{ etag: '"1"' }, {}],
      [{}, { etag: '"1"' }],
      [{ etag: '"1"' }, date],
    ] as const)
      await expect((await twoRanges(before, after)).second).resolves.toMatchObject({ size: 9 });
  });
});

test('only a strong ETag is asked for: a weak one matches nothing', async () => {
  expect(await (await twoRanges({ etag: '"1"' }, { etag: '"1"' })).ifMatch()).toBe('"1"');
  for (const headers of [{ etag: 'W/"1"' }, { 'x-goog-generation': '1' }])
    expect(await (await twoRanges(headers, headers)).ifMatch()).toBeUndefined();
});

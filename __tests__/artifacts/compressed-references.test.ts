import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { SeedReference } from 'wandb-fs/testing';
import { STANDARD } from '../helpers/server.js';
import { errorOf, mount, newCollection, useLab } from './helpers/mounts.js';

const MEBIBYTE = 1 << 20;
const CONTENT = 'a page that is sent compressed to those who take it\n'.repeat(50_000);
const CODED = gzipSync(CONTENT);
const asked: (string | undefined)[] = [];

/** As Apache: another ETag for what is compressed; `/same` has one for both. `/always` compresses, whatever is asked for. */
const answer: RequestListener = ({ url = '', headers }, response) => {
  asked.push(headers['user-agent']);
  const isCoded = url.startsWith('/always') || /gzip/.test(headers['accept-encoding'] ?? '');
  const etag = isCoded && url !== '/same' ? '"tag-gzip"' : '"tag"';
  const isMatch = headers['if-match'] === undefined || headers['if-match'] === etag;
  const body = isCoded ? CODED : CONTENT;
  if (!isMatch) response.writeHead(412).end();
  else
    response
      .writeHead(200, {
        etag,
        ...(url !== '/always-in-chunks' && { 'content-length': body.length }),
        ...(isCoded && { 'content-encoding': 'gzip' }),
      })
      .end(body);
};

const web = createServer(answer);
const server = useLab(STANDARD);
let host: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(web.address() as AddressInfo).port}`;
});
afterAll(() => {
  web.closeAllConnections();
  web.close();
});

/** A version with one reference, as the SDK notes it: ETag and Content-Length are those of the compressed answer. */
async function reference(path: string, more: Partial<Exclude<SeedReference, string>> = {}): Promise<string> {
  const collection = newCollection();
  const etag = path === '/same' ? '"tag"' : '"tag-gzip"';
  const page = {
    ref: `http://${host}${path}`,
    digest: etag.replaceAll('"', ''),
    size: CODED.length,
    extra: { etag },
  };
  await server.seedArtifacts({
    [collection]: { versions: [{ references: { page: { ...page, ...more } } }] },
  });
  return `/${collection}/v0/page`;
}
const open = (cacheBytes?: number) => mount(server, { references: { http: [host] }, cacheBytes });

describe.each(['/other-tag', '/same', '/always', '/always-in-chunks'])(
  'a reference to what a web server compresses (%s)',
  (path) => {
    test('is read as it is uncompressed, by all ways', async () => {
      const name = await reference(path);
      expect(await open().promises.readFile(name, 'utf8')).toBe(CONTENT);
      expect(await text(open().createReadStream(name))).toBe(CONTENT);
      expect(await text(open().createReadStream(name, { start: 10, end: 19 }))).toBe(CONTENT.slice(10, 20));
    });

    test('that the cache holds only a part of is read whole', async () => {
      expect(await text(open(MEBIBYTE).createReadStream(await reference(path)))).toBe(CONTENT);
    });
  },
);

test('`stat` tells the recorded size until it was read, then that of the content', async () => {
  const fs = open();
  const name = await reference('/other-tag');
  expect((await fs.promises.stat(name)).size).toBe(CODED.length);
  await fs.promises.readFile(name);
  expect((await fs.promises.stat(name)).size).toBe(CONTENT.length);
  await fs.wandb.refresh(name.replace(/\/page$/, ''));
  expect(await fs.promises.readFile(name, 'utf8')).toBe(CONTENT);
});

test('says who asks: some servers turn away who does not', async () => {
  asked.length = 0;
  await open().promises.readFile(await reference('/other-tag'));
  expect(asked.length).toBeGreaterThan(0);
  for (const agent of asked) expect(agent).toMatch(/wandb-fs/);
});

test.each([
  ['another ETag', { digest: 'x', extra: { etag: '"x"' } }],
  ['another size', { size: 9 }],
])('what has %s than was recorded is EIO', async (_, more) => {
  const name = await reference('/other-tag', more);
  const error = await errorOf(open().promises.readFile(name));
  expect(error).toMatchObject({ code: 'EIO' });
  expect(error.message).toMatch(/recorded/);
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { following } from '../../src/wire/transfer/redirects.js';
import { Transfers } from '../../src/wire/transfer/transfer.js';
import type { Body } from '../../src/wire/transport/transport.js';
import { fileSource } from '../helpers/file-source.js';
import { serve, type TestServer } from './helpers/http-server.js';
import { connect, failureOf } from './helpers/wire.js';

const WHOLE = { start: 0, end: null, limit: 1000, etag: null, signal: undefined, isApiAddress: false };
const large = Buffer.alloc(3_000_000, 'content');

/** `/to/<status>/<location>` redirects; everything else is there, and takes what is sent. */
const storage = (): Promise<TestServer> =>
  serve(({ url }, response) => {
    const [, status, location] = /^\/to\/(\d+)\/(.*)$/.exec(url) ?? [];
    if (status === undefined) response.end('content');
    else response.writeHead(Number(status), location ? { location: decodeURIComponent(location) } : {}).end();
  });
const to = (status: number, location: string): string => `/to/${status}/${encodeURIComponent(location)}`;
const transfersOf = ({ url }: TestServer): Transfers => new Transfers(connect(url).api);

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wandb-fs-redirects-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('a storage that redirects a download', () => {
  test.each([301, 302, 303, 307, 308])(
    'with %i is followed, by absolute and relative addresses',
    async (status) => {
      const server = await storage();
      for (const location of [`${server.url}/there`, '/there', '../../there']) {
        const got = await transfersOf(server).download(server.url + to(status, location), WHOLE);
        expect(Buffer.from(got.bytes).toString()).toBe('content');
      }
    },
  );

  test('to another host gets there what was asked for, and no credentials', async () => {
    const other = await storage();
    const server = await storage();
    const url = server.url + to(302, `${other.url}/there`);
    await transfersOf(server).download(url, { ...WHOLE, start: 2, end: 4, isApiAddress: true });
    expect(server.received[0]?.headers.authorization).toMatch(/^Basic /);
    expect(other.received[0]?.headers).toMatchObject({ range: 'bytes=2-3' });
    expect(other.received[0]?.headers.authorization).toBeUndefined();
  });
});

describe('a storage that redirects an upload', () => {
  const bodies: readonly (readonly [string, () => Promise<Body>])[] = [
    ['bytes', async () => ({ kind: 'bytes', bytes: large })],
    [
      'a file',
      async () => {
        const file = join(directory, 'large');
        await writeFile(file, large);
        return fileSource(file, large.byteLength);
      },
    ],
  ];
  describe.each(bodies)('of %s', (_, body) => {
    test.each([301, 302, 307, 308])('with %i gets all of it again, with its headers', async (status) => {
      const other = await storage();
      const server = await storage();
      const headers = {
        'content-type': 'text/x',
        'x-goog-meta': '1',
        authorization: 'Bearer t',
        cookie: 'c',
      };
      await transfersOf(server).upload(server.url + to(status, `${other.url}/there`), headers, await body(), {
        signal: undefined,
      });
      const [received] = other.received;
      expect(received).toMatchObject({ method: 'PUT', url: '/there' });
      expect(received?.body.equals(large)).toBe(true);
      expect(received?.headers).toMatchObject({ 'content-type': 'text/x', 'x-goog-meta': '1' });
      expect(received?.headers).not.toHaveProperty('authorization');
      expect(received?.headers).not.toHaveProperty('cookie');
    });
  });

  test('with 303 leads to a page, which takes nothing: EPROTO', async () => {
    const server = await storage();
    const url = server.url + to(303, '/there');
    const body = { kind: 'bytes', bytes: large } as const;
    const failure = await failureOf(transfersOf(server).upload(url, {}, body, { signal: undefined }));
    expect(failure).toMatchObject({ code: 'EPROTO', detail: expect.stringContaining('to a page') });
    expect(server.received).toHaveLength(1);
  });
});

describe('what leads nowhere is EPROTO, and says so', () => {
  test.each([
    ['no address', '', 'without saying where to'],
    ['what is none', 'http://[', "isn't an address"],
    ['another scheme', 'ftp://host/there', 'ftp:'],
    ['a file of this machine', 'file:///etc/passwd', 'file:'],
    ['an address with a password', 'http://user:password@127.0.0.1/', "isn't followed"],
  ])('%s', async (_, location, said) => {
    const server = await storage();
    const failure = await failureOf(transfersOf(server).download(server.url + to(307, location), WHOLE));
    expect(failure).toMatchObject({ code: 'EPROTO', detail: expect.stringContaining(said) });
    expect(failure.detail).not.toContain('password@');
    expect(server.received).toHaveLength(1);
  });

  test('itself, and a chain without an end', async () => {
    const server = await serve(({ url }, response) =>
      response.writeHead(302, { location: url === '/same' ? '/same' : `${url}x` }).end(),
    );
    const same = await failureOf(transfersOf(server).download(`${server.url}/same`, WHOLE));
    expect(same).toMatchObject({ code: 'EPROTO', detail: expect.stringContaining('in a circle') });
    const endless = await failureOf(transfersOf(server).download(`${server.url}/x`, WHOLE));
    expect(endless).toMatchObject({ code: 'EPROTO', detail: expect.stringContaining('more than 5 times') });
    expect(server.received).toHaveLength(1 + 6);
  });

  test('from https to http', async () => {
    const asked: string[] = [];
    const send = async (address: string) => {
      asked.push(address);
      const headers = { location: 'http://storage.test/there' };
      return { status: 307, headers, body: (async function* () {})(), discard: async () => {} };
    };
    const url = 'https://storage.test/a';
    const failure = await failureOf(following(await send(url), url, send, { isUpload: false }));
    expect(failure).toMatchObject({ code: 'EPROTO', detail: expect.stringContaining('without encryption') });
    expect(asked).toEqual(['https://storage.test/a']);
  });
});

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { treePath } from '../../src/contract/tree-path.js';
import type { SeedReference } from '../../src/testing/index.js';
import type { Setup } from './helpers/artifact-store.js';
import { failureOf, WHOLE } from './helpers/asked.js';
import { openReferences, V0 } from './helpers/references.js';

describe('the web', () => {
  let web: Server;
  let origin: string;
  let seen: IncomingMessage[] = [];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  beforeEach(async () => {
    seen = [];
    answer = serve('"tag"');
    web = createServer((request, response) => {
      seen.push(request);
      answer(request, response);
    }).listen(0, '127.0.0.1');
    await once(web, 'listening');
    origin = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    web.closeAllConnections();
    web.close();
  });

  const serve =
    (etag: string, content = '0123456789') =>
    (request: IncomingMessage, response: ServerResponse): void => {
      const [, start, end] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
      if (request.headers['if-match'] !== undefined && request.headers['if-match'] !== etag) {
        response.writeHead(412).end();
      } else if (start === undefined) {
        response.writeHead(200, { etag, 'content-length': content.length }).end(content);
      } else {
        const last = Math.min(content.length, end ? Number(end) + 1 : content.length);
        const range = `bytes ${start}-${last - 1}/${content.length}`;
        response.writeHead(206, { etag, 'content-range': range }).end(content.slice(Number(start), last));
      }
    };
  const at = (path: string, more: object = {}): SeedReference => ({
    ref: `${origin}${path}`,
    digest: 'tag',
    size: 10,
    extra: { etag: '"tag"' },
    ...more,
  });
  const using = (references: Record<string, SeedReference>): Promise<Setup> =>
    openReferences(references, { references: { http: ['127.0.0.1'] } });

  test('is read in ranges, without any credentials', async () => {
    const { found, read, text } = await using({ r: at('/x?query=1') });
    const entry = await found(treePath(`${V0}/r`));
    expect(await read(entry, { start: 2, end: 5 })).toBe('234');
    expect(await text(treePath(`${V0}/r`))).toBe('0123456789');
    expect(seen.map(({ url, headers }) => [url, headers.range, headers['if-match']])).toEqual([
      ['/x?query=1', 'bytes=2-4', '"tag"'],
      ['/x?query=1', undefined, '"tag"'],
    ]);
    for (const { headers } of seen) {
      expect(headers).not.toHaveProperty('authorization');
      expect(headers).not.toHaveProperty('cookie');
    }
  });

  test('is told to have changed by its tag or its size', async () => {
    const { found, store } = await using({ r: at('/x'), short: at('/x', { size: 9 }) });
    for (const name of ['r', 'short']) {
      if (name === 'r') answer = serve('"other"');
      else answer = serve('"tag"');
      const failure = await failureOf(
        store.read(await found(treePath(`${V0}/${name}`)), WHOLE, { etag: null }),
      );
      expect([name, failure.code]).toEqual([name, 'EBADMSG']);
    }
    // A server that doesn't know If-Match.
    answer = (request, response) => {
      delete request.headers['if-match'];
      serve('"other"')(request, response);
    };
    expect((await failureOf(store.read(await found(treePath(`${V0}/r`)), WHOLE, { etag: null }))).code).toBe(
      'EBADMSG',
    );
  });

  test('tells the size that nobody noted', async () => {
    const { found, store } = await using({ r: { ref: `${origin}/x`, digest: `${origin}/x` } });
    const entry = await found(treePath(`${V0}/r`));
    expect(entry.size).toBeNull();
    expect(await store.read(entry, { start: 0, end: 4 }, { etag: null })).toMatchObject({
      size: 10,
      etag: '"tag"',
    });
  });

  test('may redirect within what is allowed, still without credentials', async () => {
    const { wandb, found, text, store } = await using({ r: at('/from'), out: at('/out'), api: at('/api') });
    const direct = answer;
    answer = (request, response) => {
      if (request.url === '/from') response.writeHead(302, { location: '/to' }).end();
      else if (request.url === '/out') response.writeHead(302, { location: 'https://host.invalid/x' }).end();
      else if (request.url === '/api')
        response.writeHead(302, { location: `${wandb.url}/files/a/b/c/d` }).end();
      else direct(request, response);
    };
    expect(await text(treePath(`${V0}/r`))).toBe('0123456789');
    const outside = await failureOf(store.read(await found(treePath(`${V0}/out`)), WHOLE, { etag: null }));
    expect([outside.code, outside.detail]).toEqual(['EACCES', expect.stringContaining('https:')]);
    await wandb.requests({ clear: true });
    // The API would answer with what only its user may see.
    expect(
      (await failureOf(store.read(await found(treePath(`${V0}/api`)), WHOLE, { etag: null }))).code,
    ).toBe('EACCES');
    const asked = (await wandb.requests()).filter(({ path }) => path.startsWith('/files/'));
    expect(asked.map(({ status }) => status)).toEqual([401]);
  });

  test('says what is not there any more, without the query, which may be a signature', async () => {
    const { found, store } = await using({
      r: { ref: `${origin.replace('//', '//user:pass@')}/x?sig=secret`, digest: 'x' },
    });
    answer = (_, response) => void response.writeHead(404).end();
    const failure = await failureOf(store.read(await found(treePath(`${V0}/r`)), WHOLE, { etag: null }));
    expect(failure.code).toBe('EIO');
    expect(JSON.stringify(failure)).not.toMatch(/secret|pass/);
  });
});

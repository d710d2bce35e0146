import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ReferenceReader, WandbArtifactFsOptions } from '../../src/config/options.js';
import { treePath } from '../../src/contract/tree-path.js';
import type { SeedReference } from '../../src/testing/index.js';
import { makeDirectory } from '../helpers/directories.js';
import { failureOf, openArtifacts, type Setup, WHOLE } from './helpers/artifact-store.js';

const FLOWERS = 'lab/project/dataset/flowers';
const V0 = `${FLOWERS}/v0`;
const md5 = (text: string): string => createHash('md5').update(text).digest('base64');

const open = (
  references: Record<string, SeedReference>,
  options: WandbArtifactFsOptions = {},
  files = {},
): Promise<Setup> => openArtifacts({ [FLOWERS]: { versions: [{ files, references }] } }, {}, options);

describe('references that no option allows', () => {
  test.each([
    ['s3://bucket/key', '`s3:` references needs the option `references: { s3: async (uri, range) => … }`'],
    ['file:///etc/passwd', "`references: { file: '/directory' }`"],
    ['https://web.example/x', '`references: { https: true }`'],
    ['HTTP://web.example/x', '`references: { http: true }`'],
    ['web+odd://x', "`references: { 'web+odd': async (uri, range) => … }`"],
    ['no uri', "isn't a URI"],
    ['constructor:x', '`references: { constructor: async (uri, range) => … }`'],
    ['wandb-artifact://xyz', "doesn't name a file"],
    ['wandb-client-artifact://id/x', "'wandb-client-artifact'"],
  ])('are links that say which one would: %s', async (ref, hint) => {
    const { found, list, store } = await open({ 'dir/r': { ref, digest: 'etag', size: 7 } });
    const entry = await found(treePath(`${V0}/dir/r`));
    expect(entry).toMatchObject({
      kind: 'symlink',
      target: ref,
      size: 7,
      refusal: expect.stringContaining(hint),
    });
    expect(await list(treePath(V0))).toEqual([entry]);
    expect(await failureOf(store.read(entry, WHOLE, { etag: null }))).toMatchObject({
      code: 'EACCES',
      detail: entry.refusal,
    });
  });

  test.each<SeedReference>([
    's3://bucket/prefix',
    // As the SDK notes it.
    { ref: 's3://bucket/prefix', digest: 's3://bucket/prefix', size: 0 },
  ])('have no size where nobody noted one', async (r) => {
    const { found } = await open({ r });
    expect(await found(treePath(`${V0}/r`))).toMatchObject({ size: null, md5: null });
  });
});

describe('a reference to another artifact', () => {
  const hexOf = (id: string): string => Buffer.from(id, 'base64').toString('hex');
  const SOURCE = 'lab/other/dataset/source';

  test('is a file as its target is, and reads its content', async () => {
    const { wandb, found, list, text, read, store, again, counted } = await openArtifacts({
      [SOURCE]: { versions: [{ files: { 'deep/a.txt': 'hello', 'b c.txt': 'bee' } }] },
    });
    const id = (await wandb.seedArtifacts({ [SOURCE]: { versions: [{ files: { z: 'z' } }] } }))[SOURCE]
      ?.versions[0]?.id;
    expect(id).toBeDefined();
    const first = (await found(treePath(`${SOURCE}/v0`))).id ?? '';
    const references = Object.fromEntries(
      ['deep/a.txt', 'b c.txt'].map((path) => [
        `linked/${path}`,
        { ref: `wandb-artifact://${hexOf(first)}/${path}`, digest: md5('x'), size: 0 },
      ]),
    );
    await wandb.seedArtifacts({ [FLOWERS]: { versions: [{ references, files: { own: 'own' } }] } });
    const path = `${V0}/linked/deep/a.txt`;
    expect(await found(treePath(path))).toMatchObject({ path, kind: 'file', size: 5, md5: md5('hello') });
    expect(await text(treePath(path))).toBe('hello');
    const fresh = again();
    const { value, requests } = await counted(() => fresh.list(treePath(V0)));
    expect(value.map(({ kind, size }) => [kind, size]).sort()).toEqual([
      ['file', 3],
      ['file', 3],
      ['file', 5],
    ]);
    expect(requests).toEqual(['LookUpVersion', 'GET storage', 'FindReferenced', 'GET storage']);
    expect(await Promise.all(value.map((entry) => fresh.read(entry)))).toEqual(
      expect.arrayContaining(['hello', 'bee', 'own']),
    );
    const entry = await found(treePath(path));
    expect(await read(entry, { start: 1, end: 3 })).toBe('el');
    expect((await store.lookup(treePath(`${V0}/linked`), { listing: true })).listing?.entries).toHaveLength(
      3,
    );
    expect(await list(treePath(V0))).toContainEqual(entry);
  });

  test('is followed over several artifacts, but not in a circle, nor for ever', async () => {
    const { wandb, found, text, store } = await openArtifacts({
      [SOURCE]: { versions: [{ files: { a: 'end' } }] },
    });
    let id = (await found(treePath(`${SOURCE}/v0`))).id ?? '';
    const chain = (length: number): Promise<void> =>
      Array.from({ length }).reduce<Promise<void>>(async (before, _, index) => {
        await before;
        const path = `lab/other/dataset/hop-${id.length}-${index}-${length}`;
        const made = await wandb.seedArtifacts({
          [path]: { versions: [{ references: { a: `wandb-artifact://${hexOf(id)}/a` } }] },
        });
        id = made[path]?.versions[0]?.id ?? '';
      }, Promise.resolve());
    await chain(5);
    await wandb.seedArtifacts({
      [FLOWERS]: { versions: [{ references: { a: `wandb-artifact://${hexOf(id)}/a` } }] },
    });
    expect(await text(treePath(`${V0}/a`))).toBe('end');
    await chain(20);
    await wandb.seedArtifacts({
      [FLOWERS]: { versions: [{ references: { a: `wandb-artifact://${hexOf(id)}/a` } }] },
    });
    const entry = await found(treePath(`${FLOWERS}/v1/a`));
    expect(entry).toMatchObject({ kind: 'symlink', refusal: expect.stringContaining('too many') });
    expect((await failureOf(store.read(entry, WHOLE, { etag: null }))).code).toBe('ELOOP');
  });

  test('that leads in a circle, or nowhere, says so', async () => {
    const { wandb, found, list, store } = await openArtifacts({
      [SOURCE]: { versions: [{ files: { a: 'a' } }] },
    });
    const source = (await found(treePath(`${SOURCE}/v0`))).id ?? '';
    const number = Number(Buffer.from(source, 'base64').toString().split(':')[1]);
    // Nobody can make a circle but by guessing the id of what comes next.
    const guesses = Array.from({ length: 20 }, (_, index) =>
      Buffer.from(`Artifact:${number + index}`).toString('hex'),
    );
    const references = Object.fromEntries(
      guesses.map((hex, index) => [`circle-${index}`, `wandb-artifact://${hex}/circle-${index}`]),
    );
    const made = await wandb.seedArtifacts({
      [FLOWERS]: {
        versions: [
          {
            references: {
              ...references,
              gone: `wandb-artifact://${Buffer.from('Artifact:999999').toString('hex')}/a`,
              missing: `wandb-artifact://${hexOf(source)}/nothing`,
            },
          },
        ],
      },
    });
    const own = Number(
      Buffer.from(made[FLOWERS]?.versions[0]?.id ?? '', 'base64')
        .toString()
        .split(':')[1],
    );
    const circle = await found(treePath(`${V0}/circle-${own - number}`));
    expect(circle).toMatchObject({ kind: 'symlink', refusal: expect.stringContaining('circle') });
    expect((await failureOf(store.read(circle, WHOLE, { etag: null }))).code).toBe('ELOOP');
    for (const name of ['gone', 'missing']) {
      const entry = await found(treePath(`${V0}/${name}`));
      expect(entry).toMatchObject({
        kind: 'symlink',
        size: null,
        refusal: expect.stringContaining('nothing'),
      });
      expect((await failureOf(store.read(entry, WHOLE, { etag: null }))).code).toBe('EIO');
    }
    expect(await list(treePath(V0))).toHaveLength(22);
  });

  test('to a version whose manifest is broken says so, and lists the others', async () => {
    const { wandb, found, list } = await openArtifacts({
      [SOURCE]: { versions: [{ manifest: { version: 1, contents: { '../evil': { digest: 'x' } } } }] },
    });
    const hex = hexOf((await found(treePath(`${SOURCE}/v0`))).id ?? '');
    const references = { a: `wandb-artifact://${hex}/a` };
    await wandb.seedArtifacts({ [FLOWERS]: { versions: [{ references, files: { b: 'b' } }] } });
    expect(await list(treePath(V0))).toMatchObject([
      { path: `${V0}/a`, kind: 'symlink', refusal: expect.stringContaining("can't be read") },
      { path: `${V0}/b`, kind: 'file' },
    ]);
  });

  test('to a reference elsewhere is that one', async () => {
    const { wandb, found } = await openArtifacts({
      [SOURCE]: { versions: [{ references: { r: { ref: 's3://bucket/key', digest: 'etag', size: 9 } } }] },
    });
    const hex = hexOf((await found(treePath(`${SOURCE}/v0`))).id ?? '');
    await wandb.seedArtifacts({
      [FLOWERS]: { versions: [{ references: { r: `wandb-artifact://${hex}/r` } }] },
    });
    expect(await found(treePath(`${V0}/r`))).toMatchObject({
      kind: 'symlink',
      target: 's3://bucket/key',
      size: 9,
    });
  });
});

describe('a user’s function', () => {
  const CONTENT = '0123456789';
  const reader: ReferenceReader = async (uri, { start, end }) => {
    asked.push([uri, start, end]);
    return Buffer.from(CONTENT).subarray(start, end);
  };
  let asked: [string, number, number][] = [];
  beforeEach(() => {
    asked = [];
  });
  const REF = { ref: 's3://bucket/key', digest: 'etag', size: 10 };
  const using = (s3: unknown, ref: SeedReference = REF): Promise<Setup> =>
    open({ r: ref }, { references: { s3: s3 as ReferenceReader } });

  test('reads the ranges that are asked for', async () => {
    const { found, read, store } = await using(reader);
    const entry = await found(treePath(`${V0}/r`));
    expect(entry.refusal).toBeUndefined();
    expect(await read(entry, { start: 2, end: 5 })).toBe('234');
    expect(await read(entry, WHOLE)).toBe(CONTENT);
    expect(asked).toEqual([
      [REF.ref, 2, 5],
      [REF.ref, 0, 10],
    ]);
    const { bytes } = await store.read(entry, { start: 2, end: 5 }, { etag: null });
    expect([bytes.byteOffset, bytes.buffer.byteLength]).toEqual([0, 3]);
  });

  test('tells the size by where it ends, once', async () => {
    const { found, store } = await using(reader, REF.ref);
    const entry = await found(treePath(`${V0}/r`));
    for (const span of [
      { start: 0, end: 4 },
      { start: 4, end: 8 },
    ]) {
      expect(await store.read(entry, span, { etag: null })).toMatchObject({ size: 10 });
    }
    expect(asked.map(([, start, end]) => [start, end])).toEqual([
      [0, 2 ** 31],
      [4, 8],
    ]);
  });

  test.each([
    ['rejects', async () => Promise.reject(new Error('no credentials')), 'EIO', /failed to read/],
    [
      'throws',
      () => {
        throw new TypeError('oops');
      },
      'EIO',
      /failed to read/,
    ],
    ['brings text', async () => 'x', 'EIO', /must resolve with a Uint8Array/],
    ['brings nothing', async () => undefined, 'EIO', /must resolve with a Uint8Array/],
    ['brings other numbers', async () => new Uint16Array(10), 'EIO', /must resolve with a Uint8Array/],
    ['brings too much', async () => new Uint8Array(11), 'EIO', /asked for 10 bytes .* brought 11/],
    ['brings too little', async () => new Uint8Array(9), 'EBADMSG', /isn't what the version recorded/],
  ])('that %s is told so', async (_, s3, code, detail) => {
    const { found, store } = await using(s3);
    const failure = await failureOf(store.read(await found(treePath(`${V0}/r`)), WHOLE, { etag: null }));
    expect([failure.code, failure.detail]).toEqual([code, expect.stringMatching(detail)]);
  });

  test('keeps nobody waiting who left', async () => {
    const { found, store } = await using(() => new Promise(() => undefined));
    const entry = await found(treePath(`${V0}/r`));
    const controller = new AbortController();
    const left = store.read(entry, WHOLE, { etag: null, signal: controller.signal });
    setTimeout(() => controller.abort(), 10);
    expect((await failureOf(left)).code).toBe('ECANCELED');
  });
});

describe('files of this machine', () => {
  const setup = async () => {
    const root = await realpath(await makeDirectory());
    const allowed = join(root, 'allowed');
    await mkdir(join(allowed, 'sub'), { recursive: true });
    await writeFile(join(allowed, 'sub/a b.txt'), 'inside');
    await writeFile(join(root, 'secret'), 'secret');
    await symlink(join(root, 'secret'), join(allowed, 'way-out'));
    await symlink(join(allowed, 'sub'), join(allowed, 'inner'));
    await symlink(allowed, join(root, 'another-way'));
    return { root, allowed, url: (path: string) => pathToFileURL(join(root, path)).href };
  };

  test('are read below the directory that is allowed, and verified where the digest is theirs', async () => {
    const { allowed, url } = await setup();
    const ref = url('allowed/sub/a b.txt');
    const { found, text, store } = await open(
      {
        good: { ref, digest: md5('inside'), size: 6 },
        byPath: { ref, digest: md5(ref), size: 6 },
        wrong: { ref, digest: md5('other!'), size: 6 },
        grown: { ref, digest: md5('inside'), size: 5 },
        inner: { ref: url('allowed/inner/a b.txt'), digest: md5('inside') },
        another: { ref: url('another-way/sub/a b.txt'), digest: md5('inside') },
      },
      { references: { file: allowed } },
    );
    for (const name of ['good', 'byPath', 'inner', 'another'])
      expect(await text(treePath(`${V0}/${name}`))).toBe('inside');
    expect(await found(treePath(`${V0}/good`))).toMatchObject({ version: `md5:${md5('inside')}` });
    expect((await found(treePath(`${V0}/byPath`))).version).toMatch(/^reference:/);
    for (const name of ['wrong', 'grown']) {
      const entry = await found(treePath(`${V0}/${name}`));
      expect((await failureOf(store.read(entry, WHOLE, { etag: null }))).code).toBe('EBADMSG');
    }
  });

  test('are never read elsewhere, by whatever way', async () => {
    const { allowed, url } = await setup();
    const ways = {
      beside: url('secret'),
      up: `${url('allowed')}/../secret`,
      encoded: `${url('allowed')}/%2e%2e/secret`,
      link: url('allowed/way-out'),
      missing: url('nothing'),
      missingBelow: url('secret/x'),
      host: 'file://evil.example/etc/passwd',
      itself: url('allowed'),
      slash: `${url('allowed')}/sub%2F..%2F..%2Fsecret`,
    };
    const { found, store } = await open(
      Object.fromEntries(Object.entries(ways).map(([name, ref]) => [name, { ref, digest: 'x', size: 6 }])),
      { references: { file: allowed } },
    );
    for (const name of Object.keys(ways)) {
      const failure = await failureOf(
        store.read(await found(treePath(`${V0}/${name}`)), WHOLE, { etag: null }),
      );
      expect([name, failure.code]).toEqual([name, 'EACCES']);
      if (name !== 'host' && name !== 'slash') expect(failure.detail).toContain('references.file');
    }
  });

  test('that are none, or gone, are EIO', async () => {
    const { allowed, url } = await setup();
    const { found, store } = await open(
      {
        gone: { ref: url('allowed/gone'), digest: 'x' },
        directory: { ref: url('allowed/sub'), digest: 'x' },
        nul: { ref: `${url('allowed')}/a%00b`, digest: 'x' },
      },
      { references: { file: allowed } },
    );
    for (const name of ['gone', 'directory', 'nul']) {
      const failure = await failureOf(
        store.read(await found(treePath(`${V0}/${name}`)), WHOLE, { etag: null }),
      );
      expect([name, failure.code]).toEqual([name, 'EIO']);
    }
  });
});

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
    open(references, { references: { http: ['127.0.0.1'] } });

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

import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ReferenceReader } from '../../src/config/options.js';
import { treePath } from '../../src/contract/tree-path.js';
import type { SeedReference } from '../../src/testing/index.js';
import { makeDirectory } from '../helpers/directories.js';
import type { Setup } from './helpers/artifact-store.js';
import { failureOf, md5Of, WHOLE } from './helpers/asked.js';
import { openReferences, V0 } from './helpers/references.js';

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
    const { found, list, store } = await openReferences({ 'dir/r': { ref, digest: 'etag', size: 7 } });
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
    const { found } = await openReferences({ r });
    expect(await found(treePath(`${V0}/r`))).toMatchObject({ size: null, md5: null });
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
    openReferences({ r: ref }, { references: { s3: s3 as ReferenceReader } });

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
    const { found, text, store } = await openReferences(
      {
        good: { ref, digest: md5Of('inside'), size: 6 },
        byPath: { ref, digest: md5Of(ref), size: 6 },
        wrong: { ref, digest: md5Of('other!'), size: 6 },
        grown: { ref, digest: md5Of('inside'), size: 5 },
        inner: { ref: url('allowed/inner/a b.txt'), digest: md5Of('inside') },
        another: { ref: url('another-way/sub/a b.txt'), digest: md5Of('inside') },
      },
      { references: { file: allowed } },
    );
    for (const name of ['good', 'byPath', 'inner', 'another'])
      expect(await text(treePath(`${V0}/${name}`))).toBe('inside');
    expect(await found(treePath(`${V0}/good`))).toMatchObject({ version: `md5:${md5Of('inside')}` });
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
    const { found, store } = await openReferences(
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
    const { found, store } = await openReferences(
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

import { treePath } from '../../src/contract/tree-path.js';
import { ARTIFACT_FEATURES, RUN_FEATURES } from '../../src/testing/index.js';
import { openArtifacts } from './helpers/artifact-store.js';
import { FLOWERS } from './helpers/artifacts.js';
import { failureOf, WHOLE } from './helpers/asked.js';
import { DIGITS, openVersion } from './helpers/version-to-read.js';

describe('reading', () => {
  test('one known file takes one API request and one GET', async () => {
    const { text, counted } = await openVersion();
    expect(await counted(() => text(treePath(DIGITS)))).toEqual({
      value: '0123456789',
      requests: ['LookUpVersion', 'GET storage'],
    });
  });

  test('takes ranges, and leaves out what lies behind the end', async () => {
    const { found, read, store } = await openVersion();
    const entry = await found(treePath(DIGITS));
    expect(await read(entry, { start: 2, end: 5 })).toBe('234');
    expect(await read(entry, { start: 8, end: 20 })).toBe('89');
    expect(await read(entry, { start: 10, end: 20 })).toBe('');
    expect(await store.read(entry, { start: 2, end: 5 }, { etag: null })).toMatchObject({
      size: 10,
      etag: expect.any(String),
    });
    const { bytes } = await store.read(entry, { start: 2, end: 5 }, { etag: null });
    expect([bytes.byteOffset, bytes.buffer.byteLength]).toEqual([0, 3]);
  });

  test('takes no request for an empty file', async () => {
    const { found, read, counted } = await openVersion();
    const entry = await found(treePath(`${FLOWERS}/v0/empty`));
    expect(await counted(() => read(entry))).toEqual({ value: '', requests: [] });
  });

  test('asks for the addresses of many files at once', async () => {
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index}.txt`, `${index}`]));
    const { list, read, counted } = await openArtifacts({ [FLOWERS]: { versions: [{ files }] } });
    const entries = await list(treePath(`${FLOWERS}/v0`));
    const { value, requests } = await counted(() => Promise.all(entries.map((entry) => read(entry))));
    expect(value).toEqual(entries.map(({ path }) => path.replace(/.*\/|\.txt$/g, '')));
    expect(requests.filter((each) => each !== 'GET storage')).toEqual(['MembershipFileAddresses']);
  });

  test('asks in batches that the server takes', async () => {
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index}.txt`, `${index}`]));
    const { list, read } = await openArtifacts(
      { [FLOWERS]: { versions: [{ files }] } },
      { limits: { page: 10, names: 10 } },
    );
    const entries = await list(treePath(`${FLOWERS}/v0`));
    expect((await Promise.all(entries.map((entry) => read(entry)))).sort()).toEqual(
      Object.values(files).sort(),
    );
  });

  test('works from an entry alone, as another process hands it over', async () => {
    const { found, again, counted } = await openVersion();
    const entry = await found(treePath(DIGITS));
    const { read } = again();
    const spans = [0, 1, 2].map((start) => ({ start, end: start + 1 }));
    const { value, requests } = await counted(() => Promise.all(spans.map((span) => read(entry, span))));
    expect(value).toEqual(['0', '1', '2']);
    expect(requests.filter((each) => each !== 'GET storage')).toEqual([
      'LookUpVersion',
      'MembershipFileAddresses',
    ]);
  });

  test('reads content that stands at another path', async () => {
    const { found, read } = await openVersion();
    const entry = {
      ...(await found(treePath(DIGITS))),
      path: treePath('lab/project/dataset/flowers/draft/copy.txt'),
      origin: treePath(DIGITS),
    };
    expect(await read(entry)).toBe('0123456789');
  });

  test('reads from both layouts, whatever digests they have', async () => {
    const versions = [
      { files: { a: 'one' }, storageLayout: 'V1' as const },
      { files: { a: 'two' }, storageRegion: 'coreweave-us' },
      { files: { a: 'three' }, digestAlgorithm: 'MANIFEST_XXH128' as const },
    ];
    const { text, list, found, again } = await openArtifacts(
      { [FLOWERS]: { versions } },
      { features: [...RUN_FEATURES, ...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM'] },
    );
    for (const [index, expected] of ['one', 'two', 'three'].entries()) {
      const path = `${FLOWERS}/v${index}/a`;
      expect(await text(treePath(path))).toBe(expected);
      // Looked up or listed, content has one name.
      expect(await again().list(treePath(`${FLOWERS}/v${index}`))).toEqual([await found(treePath(path))]);
    }
    expect((await list(treePath(`${FLOWERS}/v2`)))[0]).toMatchObject({
      version: expect.stringMatching(/^xxh128:/),
      md5: null,
    });
  });

  test('fails when the version is gone', async () => {
    const { found, store, again } = await openVersion();
    const entry = await found(treePath(DIGITS));
    for (const path of [`${FLOWERS}/v9/a.txt`, `${FLOWERS}/v0/gone.txt`]) {
      expect(
        (await failureOf(again().store.read({ ...entry, path: treePath(path) }, WHOLE, { etag: null }))).code,
      ).toBe('ESTALE');
    }
    expect((await failureOf(store.readNewest(entry, { limit: 100 }))).code).toBe('EBADMSG');
  });

  test('whoever leaves gets ECANCELED', async () => {
    const { found, store } = await openVersion({ latencyMs: 30 });
    const entry = await found(treePath(DIGITS));
    const controller = new AbortController();
    const { signal } = controller;
    const left = store.read(entry, WHOLE, { etag: null, signal });
    controller.abort();
    expect((await failureOf(left)).code).toBe('ECANCELED');
  });
});

describe('signed addresses', () => {
  test.each(['gcs', 's3'] as const)('that expired are renewed once (%s)', async (storage) => {
    const { wandb, found, read, counted } = await openVersion({ storage });
    const entry = await found(treePath(DIGITS));
    await wandb.faults([{ match: { side: 'storage' }, isExpired: true }]);
    expect(await counted(() => read(entry))).toEqual({
      value: '0123456789',
      requests: ['GET storage', 'MembershipFileAddresses', 'GET storage'],
    });
  });

  test.each([
    ['V2, by the artifact’s id', {}, 'V2', 8],
    ['V2 of older servers', { features: RUN_FEATURES }, 'V2', 7],
    ['V1', {}, 'V1', 2],
  ] as const)('that are refused again leave the API’s own: layout %s', async (_, server, layout, parts) => {
    const versions = [{ files: { 'dir/a b.txt': '0123456789' }, storageLayout: layout }];
    const { wandb, found, read, counted } = await openArtifacts({ [FLOWERS]: { versions } }, server);
    const entry = await found(treePath(`${FLOWERS}/v0/dir/a b.txt`));
    await wandb.faults([{ match: { side: 'storage' }, isExpired: true, times: 2 }]);
    const { value } = await counted(() => read(entry));
    expect(value).toBe('0123456789');
    const asked = (await wandb.requests()).filter(({ side, method }) => side === 'api' && method === 'GET');
    expect(asked).toHaveLength(1);
    const path = asked[0]?.path ?? '';
    expect(path.split('/').length - 2).toBe(parts);
    expect(path).toMatch(
      layout === 'V1' ? /^\/artifacts\/lab\// : /^\/artifactsV2\/default\/lab\/project\/flowers\//,
    );
  });

  test('of manifests are renewed, too', async () => {
    const { wandb, store, list, counted } = await openVersion();
    await store.lookup(treePath(`${FLOWERS}/v0`), { listing: true });
    await wandb.faults([{ match: { side: 'storage' }, isExpired: true }]);
    const { value, requests } = await counted(() => list(treePath(`${FLOWERS}/v0`)));
    expect([value.length, requests]).toEqual([3, ['GET storage', 'FindManifest', 'GET storage']]);
  });

  test('never see credentials', async () => {
    const { wandb, text, list } = await openVersion({ storage: 's3' });
    await text(treePath(DIGITS));
    await list(treePath(`${FLOWERS}/v0`));
    const storage = (await wandb.requests()).filter(({ side }) => side === 'storage');
    // The storage refuses requests that are authorised twice.
    expect(storage.map(({ status }) => status)).toEqual([200, 200]);
  });
});

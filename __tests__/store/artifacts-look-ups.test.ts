import { treePath } from '../../src/contract/tree-path.js';
import { openArtifacts } from './helpers/artifact-store.js';
import { FLOWERS, PROJECT } from './helpers/artifacts.js';
import { failureOf } from './helpers/asked.js';
import { openProject } from './helpers/project-of-versions.js';

describe('look-ups', () => {
  test('of one turn that fail leave the others alone', async () => {
    const versions = [{ files: { 'a.txt': 'hello' } }, { files: {}, manifest: 'none' }];
    const { store, found } = await openArtifacts({ [FLOWERS]: { versions } });
    const [broken, directory, nothing] = await Promise.allSettled(
      [`${FLOWERS}/v1/dir`, `${FLOWERS}/v1`, `${FLOWERS}/v1/nothing`].map((path) =>
        store.lookup(treePath(path), { listing: true }),
      ),
    );
    for (const each of [broken, nothing]) {
      expect(each).toMatchObject({ status: 'rejected', reason: { code: 'EPROTO' } });
    }
    expect(directory).toMatchObject({ value: { found: { path: `${FLOWERS}/v1` }, listing: null } });
    expect(await found(treePath(`${FLOWERS}/v0/a.txt`))).toMatchObject({ size: 5 });
  });

  test('of many unknown entities at once ask for organizations once', async () => {
    const { store, counted } = await openProject();
    const { requests } = await counted(() =>
      Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          store.lookup(treePath(`nobody${index}/project`), { listing: false }),
        ),
      ),
    );
    expect(requests.filter((operation) => operation === 'ViewerAndOrganizations')).toHaveLength(1);
  });

  test('of a file are one request, with all that stands above it', async () => {
    const { store, counted } = await openProject();
    const path = `${FLOWERS}/v0/dir/b.txt`;
    const { value, requests } = await counted(() => store.lookup(treePath(path), { listing: true }));
    expect(requests).toEqual(['LookUpVersion']);
    expect(value.found).toMatchObject({ path, kind: 'file', size: 5, md5: 'fXkwN6B2AYZXSwKC8vQ15w==' });
    expect(value.ancestors.map((entry) => entry.path)).toEqual([
      'lab',
      PROJECT,
      'lab/project/dataset',
      FLOWERS,
      `${FLOWERS}/v0`,
    ]);
    expect(value.listing).toBeNull();
  });

  test('of a directory or of nothing read the manifest, and bring the listing along', async () => {
    const { store, counted } = await openProject();
    const directory = await counted(() => store.lookup(treePath(`${FLOWERS}/v0/dir`), { listing: true }));
    expect(directory.requests).toEqual(['LookUpVersion', 'GET storage']);
    expect(directory.value.found).toBe('prefix');
    expect(directory.value.listing).toMatchObject({ isComplete: true, entries: [{}, {}] });
    const nothing = await counted(() => store.lookup(treePath(`${FLOWERS}/v0/nothing`), { listing: false }));
    expect(nothing.requests).toEqual(['LookUpVersion']);
    expect([nothing.value.found, nothing.value.listing]).toEqual([null, null]);
    expect(nothing.value.ancestors).toHaveLength(5);
  });

  test('of one turn and one version are one request', async () => {
    const { store, counted } = await openProject();
    const { requests, value } = await counted(() =>
      Promise.all(
        ['a.txt', 'dir/b.txt', 'dir', 'nothing', 'a.txt'].map((name) =>
          store.lookup(treePath(`${FLOWERS}/v0/${name}`), { listing: false }),
        ),
      ),
    );
    expect(requests).toEqual(['LookUpVersion', 'GET storage']);
    expect(value.map(({ found }) => (found && found !== 'prefix' ? found.size : found))).toEqual([
      5,
      5,
      'prefix',
      null,
      5,
    ]);
  });

  test('through an alias show the link and the version behind it', async () => {
    const { store } = await openProject();
    const { found, ancestors } = await store.lookup(treePath(`${FLOWERS}/prod/a.txt`), { listing: false });
    expect(found).toMatchObject({ path: `${FLOWERS}/v1/a.txt`, size: 11 });
    expect(ancestors.slice(-2)).toMatchObject([
      { path: `${FLOWERS}/prod`, kind: 'symlink', target: 'v1' },
      { path: `${FLOWERS}/v1`, kind: 'directory' },
    ]);
  });

  test('of an alias and of a version take one request, without the manifest', async () => {
    const { store, counted } = await openProject();
    const alias = await counted(() => store.lookup(treePath(`${FLOWERS}/latest`), { listing: true }));
    expect(alias.value.found).toMatchObject({ path: `${FLOWERS}/latest`, kind: 'symlink', target: 'v1' });
    const version = await counted(() => store.lookup(treePath(`${FLOWERS}/v1`), { listing: true }));
    expect(version.value.found).toMatchObject({ path: `${FLOWERS}/v1`, kind: 'directory' });
    expect([...alias.requests, ...version.requests]).toEqual(['LookUpVersion', 'LookUpVersion']);
  });

  test('find nothing at every depth where nothing is', async () => {
    const { store } = await openProject();
    const missing: [string, number][] = [
      ['nobody', 0],
      ['lab/nothing', 0],
      ['lab/project/nothing', 2],
      ['lab/project/dataset/nothing', 3],
      ['lab/project/model/flowers', 3],
      ['lab/project/model/flowers/v0/a.txt', 3],
      ['lab/project/nothing/flowers/v0/a.txt', 2],
      [`${FLOWERS}/v2/a.txt`, 4],
      [`${FLOWERS}/v01`, 4],
      [`${FLOWERS}/Latest`, 4],
      [`${FLOWERS}/nothing`, 4],
      [`${FLOWERS}/v0/a.txt/below`, 5],
      [`${FLOWERS}/v0/%2E%2E`, 5],
    ];
    for (const [path, above] of missing) {
      const { found, ancestors, listing } = await store.lookup(treePath(path), { listing: false });
      expect([path, found, ancestors.length, listing]).toEqual([path, null, above, null]);
    }
  });

  test('let the directory win where a file has its name', async () => {
    const manifest = {
      version: 1,
      contents: { a: { digest: 'XUFAKrxLKna5cZ2REBfFkg==', size: 5 }, 'a/b': { digest: 'x', size: 1 } },
    };
    const { store, paths } = await openArtifacts({ [FLOWERS]: { versions: [{ manifest }] } });
    expect(await paths(treePath(`${FLOWERS}/v0`))).toEqual([`${FLOWERS}/v0/a/b`]);
    expect((await store.lookup(treePath(`${FLOWERS}/v0/a`), { listing: false })).found).toBe('prefix');
  });

  test('of a version with a hostile manifest say what is wrong with it', async () => {
    const manifest = {
      version: 1,
      contents: { 'ok.txt': { digest: 'x', size: 1 }, '../../evil': { digest: 'x' } },
    };
    const { store, list } = await openArtifacts({ [FLOWERS]: { versions: [{ manifest }] } });
    for (const call of [
      list(treePath(`${FLOWERS}/v0`)),
      store.lookup(treePath(`${FLOWERS}/v0/dir`), { listing: false }),
    ]) {
      const { code, detail } = await failureOf(call);
      expect([code, detail]).toEqual(['EPROTO', expect.stringContaining('../../evil')]);
    }
  });
});

test('a storage that is down is not asked for less and less', async () => {
  const { wandb, store, counted } = await openProject();
  await wandb.faults([{ match: { side: 'storage' }, status: 501, times: 100 }]);
  const names = Array.from({ length: 50 }, (_, index) => `nothing-${index}`);
  const { requests } = await counted(() =>
    Promise.allSettled(
      names.map((name) => store.lookup(treePath(`${FLOWERS}/v0/${name}`), { listing: false })),
    ),
  );
  expect(requests).toEqual(['LookUpVersion', 'GET storage']);
});

describe('a server without features', () => {
  test.each([
    ['that says so', {}],
    ['of an old schema', { isOld: true }],
  ])(
    '%s is asked in the old way, with the same answers',
    async (_, { isOld = false }: { isOld?: boolean }) => {
      const { wandb, store, paths, text, list, counted } = await openProject({ features: [] });
      if (isOld) {
        await wandb.faults([
          {
            match: { operation: 'LookUpVersion' },
            graphqlError: 'Cannot query field "files" on type "ArtifactCollectionMembership".',
          },
        ]);
      }
      const first = await counted(() => text(treePath(`${FLOWERS}/prod/a.txt`)));
      expect(first.value).toBe('hello again');
      expect(first.requests.slice(-2)).toEqual(['LookUpVersionByName', 'GET storage']);
      const second = await counted(() => text(treePath(`${FLOWERS}/v0/dir/b.txt`)));
      expect([second.value, second.requests]).toEqual(['world', ['LookUpVersionByName', 'GET storage']]);
      const chosen = 'lab/project/dataset/chosen';
      expect(await paths(treePath(chosen))).toEqual(
        ['best', 'latest', 'v0'].map((name) => `${chosen}/${name}`),
      );
      expect(await text(treePath(`${chosen}/best/a.txt`))).toBe('hello again');
      expect((await store.lookup(treePath(`${chosen}/prod/a.txt`), { listing: false })).found).toBeNull();
      expect(
        (await store.lookup(treePath(`lab/project/model/flowers/v0/a.txt`), { listing: false })).found,
      ).toBeNull();
      expect((await store.lookup(treePath(`${FLOWERS}/v2/a.txt`), { listing: false })).found).toBeNull();
      expect(await list(treePath(`${FLOWERS}/v0`))).toHaveLength(2);
    },
  );
});

test('whoever leaves gets ECANCELED, others go on', async () => {
  const { store, found } = await openProject({ latencyMs: 50 });
  const controller = new AbortController();
  const { signal } = controller;
  const left = store.lookup(treePath(`${FLOWERS}/v0/a.txt`), { listing: false, signal });
  const stayed = found(treePath(`${FLOWERS}/v0/a.txt`));
  setTimeout(() => controller.abort(), 10);
  expect((await failureOf(left)).code).toBe('ECANCELED');
  expect(await stayed).toMatchObject({ size: 5 });
});

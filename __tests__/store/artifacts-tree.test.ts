import { treePath } from '../../src/contract/tree-path.js';
import { openArtifacts } from './helpers/artifact-store.js';
import { FLOWERS, PROJECT } from './helpers/artifacts.js';
import { failureOf } from './helpers/asked.js';
import { openProject } from './helpers/project-of-versions.js';

describe('listings', () => {
  test('go level by level, one request each', async () => {
    const { paths, counted } = await openProject();
    const levels: [string, readonly string[]][] = [
      ['lab', ['lab/project']],
      [PROJECT, ['lab/project/dataset', 'lab/project/model']],
      ['lab/project/dataset', ['chosen', 'flowers', 'other'].map((name) => `lab/project/dataset/${name}`)],
      [FLOWERS, ['latest', 'prod', 'v0', 'v1', 'v7x'].map((name) => `${FLOWERS}/${name}`)],
    ];
    for (const [path, expected] of levels) {
      const { value, requests } = await counted(() => paths(treePath(path)));
      expect([value, requests.length]).toEqual([expected, 1]);
    }
    expect(await paths(treePath(''))).toEqual(expect.arrayContaining(['lab', 'viewer']));
  });

  test('show versions as directories with their times, and aliases as links to them', async () => {
    const { list } = await openProject();
    const entries = new Map(
      (await list(treePath(FLOWERS))).map((entry) => [entry.path.slice(FLOWERS.length + 1), entry]),
    );
    expect(entries.get('v0')).toMatchObject({ kind: 'directory', birthtimeMs: 1_700_000_000_000 });
    expect(entries.get('latest')).toMatchObject({ kind: 'symlink', target: 'v1', size: 2 });
    expect(entries.get('prod')).toMatchObject({ target: 'v1', id: entries.get('v1')?.id });
  });

  test('go on page by page', async () => {
    const versions = Array.from({ length: 7 }, (_, index) => ({ files: { a: `${index}` } }));
    const { paths, counted } = await openArtifacts({ [FLOWERS]: { versions } }, { limits: { page: 3 } });
    const { value, requests } = await counted(() => paths(treePath(FLOWERS)));
    const names = ['latest', ...versions.map((_, index) => `v${index}`)];
    expect(value).toEqual(names.map((name) => `${FLOWERS}/${name}`));
    expect(requests).toHaveLength(3);
  });

  test('go on page by page, of types and of collections too', async () => {
    const names = Array.from({ length: 7 }, (_, index) => `n${index}`);
    const tree = Object.fromEntries(
      names.flatMap((name) => [
        [`lab/project/${name}/only-${name}`, { versions: [{ files: { a: name } }] }],
        [`lab/project/dataset/${name}`, { versions: [{ files: { a: name } }] }],
      ]),
    );
    const { paths } = await openArtifacts(tree, { limits: { page: 3 } });
    expect(await paths(treePath('lab/project'))).toEqual(
      ['dataset', ...names].map((name) => `lab/project/${name}`),
    );
    expect(await paths(treePath('lab/project/dataset'))).toEqual(
      names.map((name) => `lab/project/dataset/${name}`),
    );
  });

  test('of a portfolio have its own numbers and aliases, not those of the source', async () => {
    const { list, paths, text } = await openProject();
    const chosen = 'lab/project/dataset/chosen';
    expect(await paths(treePath(chosen))).toEqual(
      ['best', 'latest', 'v0'].map((name) => `${chosen}/${name}`),
    );
    expect((await list(treePath(chosen))).find(({ path }) => path.endsWith('/best'))?.target).toBe('v0');
    expect(await text(treePath(`${chosen}/v0/a.txt`))).toBe('hello again');
    expect(await paths(treePath(FLOWERS))).not.toContain(`${FLOWERS}/best`);
  });

  test('of a version are flat, and complete', async () => {
    const { list, paths } = await openProject();
    expect(await paths(treePath(`${FLOWERS}/v0`))).toEqual([
      `${FLOWERS}/v0/a.txt`,
      `${FLOWERS}/v0/dir/b.txt`,
    ]);
    expect(await list(treePath(`${FLOWERS}/v0`))).toContainEqual(
      expect.objectContaining({
        size: 5,
        version: 'md5:XUFAKrxLKna5cZ2REBfFkg==',
        mtimeMs: 1_700_000_000_000,
      }),
    );
  });

  test('of an alias are those of its version, under the version’s path', async () => {
    const { paths } = await openProject();
    expect(await paths(treePath(`${FLOWERS}/prod`))).toEqual([`${FLOWERS}/v1/a.txt`]);
  });

  test('of a version of 10,000 files take three requests at most, later ones none', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`${index % 100}/${index}`, '']),
    );
    const { store, list, counted } = await openArtifacts({ [FLOWERS]: { versions: [{ files }] } });
    const { value, requests } = await counted(async () => {
      await store.lookup(treePath(`${FLOWERS}/v0`), { listing: true });
      return list(treePath(`${FLOWERS}/v0`));
    });
    expect(value).toHaveLength(10_000);
    expect(requests).toEqual(['LookUpVersion', 'GET storage']);
    expect((await counted(() => list(treePath(`${FLOWERS}/v0`)))).requests).toEqual([]);
  });

  test('of what is not there are ENOENT', async () => {
    const { list } = await openProject();
    const missing = [
      'nobody',
      'nobody/project',
      'lab/nothing',
      'lab/project/nothing',
      'lab/project/dataset/nothing',
      'lab/project/model/flowers',
      `${FLOWERS}/v2`,
      `${FLOWERS}/v99`,
      `${FLOWERS}/nothing`,
    ];
    for (const path of missing)
      expect([path, (await failureOf(list(treePath(path)))).code]).toEqual([path, 'ENOENT']);
  });

  test('show the same entries as look-ups', async () => {
    const { list, found, again } = await openProject();
    for (const path of ['lab', PROJECT, 'lab/project/dataset', FLOWERS, `${FLOWERS}/v0`]) {
      for (const entry of await list(treePath(path))) expect(await again().found(entry.path)).toEqual(entry);
    }
    expect(await found(treePath('lab'))).toMatchObject({ path: 'lab', kind: 'directory' });
  });
});

test('an alias that looks like a version is none', async () => {
  const versions = [{ files: { a: '1' }, aliases: ['v7'] }];
  const { store, paths } = await openArtifacts({ [FLOWERS]: { versions } });
  expect(await paths(treePath(FLOWERS))).toEqual([`${FLOWERS}/latest`, `${FLOWERS}/v0`]);
  expect((await store.lookup(treePath(`${FLOWERS}/v7`), { listing: false })).found).toBeNull();
});

describe('names', () => {
  const ODD = 'lab/project/odd%2Ftype/..';
  const SHOWN = 'lab/project/odd%2Ftype/%2E%2E';

  test('that POSIX can not hold are encoded, and found by what was listed', async () => {
    const files = { 'a b#?.txt': '1', '..a': '2', 'a\\b': '3', 'line\nbreak': '4', 'é/😀.txt': '5' };
    const { paths, text } = await openArtifacts({
      [ODD]: { versions: [{ files, aliases: ['..', 'a%2Fb'] }] },
    });
    expect(await paths(treePath(PROJECT))).toEqual(['lab/project/odd%2Ftype']);
    expect(await paths(treePath('lab/project/odd%2Ftype'))).toEqual([SHOWN]);
    expect(await paths(treePath(SHOWN))).toEqual(
      ['%2E%2E', 'a%252Fb', 'latest', 'v0'].map((name) => `${SHOWN}/${name}`),
    );
    const listed = await paths(treePath(`${SHOWN}/v0`));
    expect(listed).toEqual(
      Object.keys(files)
        .map((name) => `${SHOWN}/v0/${name}`)
        .sort(),
    );
    expect(await Promise.all(listed.map((path) => text(treePath(path))))).toEqual(
      Object.entries(files)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, content]) => content),
    );
    expect(await text(treePath(`${SHOWN}/%2E%2E/..a`))).toBe('2');
  });
});

describe('an organization', () => {
  const REGISTRY = 'acme-org/wandb-registry-model/model/best';
  const tree = {
    'lab/project/model/net': { versions: [{ files: { w: '0' } }, { files: { w: '1' } }] },
    [REGISTRY]: { links: [{ to: 'lab/project/net:v1', aliases: ['production'] }] },
  };
  const server = { organizations: [{ name: 'Acme, Inc.', entity: 'acme-org', teams: ['lab'] }] };

  test('is listed as its entity, once', async () => {
    const { paths } = await openArtifacts(tree, server);
    const entities = await paths(treePath(''));
    expect(entities.filter((path) => /acme/i.test(path))).toEqual(['acme-org']);
    expect(await paths(treePath(REGISTRY))).toEqual(
      ['latest', 'production', 'v0'].map((name) => `${REGISTRY}/${name}`),
    );
  });

  test('is found by the name that people see, too, at every depth', async () => {
    const { found, paths, text } = await openArtifacts(tree, server);
    const shown = REGISTRY.replace('acme-org', 'Acme, Inc.');
    expect(await text(treePath(`${shown}/production/w`))).toBe('1');
    const parts = shown.split('/');
    for (const depth of [1, 2, 3, 4]) {
      const path = parts.slice(0, depth).join('/');
      expect(await found(treePath(path))).toMatchObject({ path, kind: 'directory' });
      expect((await paths(treePath(path)))[0]?.startsWith(`${path}/`)).toBe(true);
    }
    expect(await paths(treePath(`${shown}/v0`))).toEqual([`${shown}/v0/w`]);
  });

  test('does not stand for another entity of its name', async () => {
    const organizations = [{ name: 'lab', entity: 'acme-org', teams: [] }];
    const { store, paths, text } = await openArtifacts(tree, { organizations });
    expect((await store.lookup(treePath('lab/nothing'), { listing: false })).found).toBeNull();
    expect((await store.lookup(treePath('lab/wandb-registry-model'), { listing: false })).found).toBeNull();
    expect(await paths(treePath('lab'))).toEqual(['lab/project']);
    expect(await text(treePath('lab/project/model/net/v0/w'))).toBe('0');
  });

  test('is asked for again after an answer that was a failure', async () => {
    const { store, wandb, found } = await openArtifacts(tree, server);
    await wandb.faults([{ match: { operation: 'ViewerAndOrganizations' }, graphqlError: 'not now' }]);
    const look = store.lookup(treePath('Acme, Inc./wandb-registry-model'), { listing: false });
    expect((await failureOf(look)).code).toBe('EIO');
    expect(await found(treePath('Acme, Inc./wandb-registry-model'))).toMatchObject({ kind: 'directory' });
  });

  test('is asked for once, when something is not found', async () => {
    const { store, counted } = await openArtifacts(tree, server);
    const { requests } = await counted(async () => {
      for (const path of ['nobody', 'nobody/x', 'lab/nothing', 'lab/nothing/a/b/c/d']) {
        expect((await store.lookup(treePath(path), { listing: false })).found).toBeNull();
      }
    });
    expect(requests.filter((operation) => operation === 'ViewerAndOrganizations')).toHaveLength(1);
  });
});

import {
  ARTIFACT_FEATURES,
  type FakeWandb,
  type FakeWandbOptions,
  RUN_FEATURES,
  startFakeWandb,
} from 'wandb-fs/testing';
import { downloaded, filesOf, runSdk, type Sdk, type Step, startSdk } from './sdk.js';
import { sumsOf } from './trees.js';

jest.setTimeout(300_000);

const project = 'team/project';
const run = `${project}/run-1`;

const content = filesOf({
  'a.txt': 'hello',
  'dir/b.txt': 'world',
  'dir/deep/er/ünï cödé #1 100% a+b?.txt': 'awkward',
  'empty.bin': '',
});

const organizations = [
  { name: 'Acme, Inc.', entity: 'acme-org', teams: ['team'], protectedAliases: ['production'] },
];

const kinds: readonly (readonly [string, FakeWandbOptions])[] = [
  ['the usual features', {}],
  ['no features, small pages', { features: [], limits: { page: 7 } }],
  [
    'XXH128, addresses of S3',
    { features: [...RUN_FEATURES, ...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM'], storage: 's3' },
  ],
];

interface Version {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly digest: string;
}

describe.each(kinds)('the official SDK and artifacts: %s', (_, options) => {
  let wandb: FakeWandb;
  let python: Sdk;
  beforeAll(async () => {
    wandb = await startFakeWandb({ viewer: { entity: 'team' }, organizations, ...options });
    await wandb.seed({ [project]: {}, 'acme-org/wandb-registry-model': {} });
    python = await startSdk(wandb);
  });
  afterAll(async () => {
    await python.close();
    await wandb.close();
  });

  const sdk = (...steps: Step[]): Promise<unknown[]> => python.run(...steps);

  test('what is logged is listed, downloaded and verified', async () => {
    const [logged, seen, files, contents, entry] = await sdk(
      {
        do: 'logArtifact',
        run,
        name: 'flowers',
        files: content,
        aliases: ['best'],
        tags: ['t1'],
        metadata: { k: 1 },
        description: 'd',
      },
      { do: 'artifact', artifact: `${project}/flowers:best` },
      {
        do: 'artifactFiles',
        artifact: `${project}/flowers:v0`,
        perPage: 3,
        count: options.features === undefined,
      },
      { do: 'downloadArtifact', artifact: `${project}/flowers:latest` },
      { do: 'downloadEntry', artifact: `${project}/flowers:v0`, path: 'dir/b.txt' },
    );
    expect(logged).toMatchObject({
      name: 'flowers:v0',
      aliases: ['best', 'latest'],
      tags: ['t1'],
      type: 'dataset',
      state: 'COMMITTED',
      size: 17,
      fileCount: 4,
      metadata: { k: 1 },
      description: 'd',
    });
    expect(seen).toMatchObject({ id: (logged as Version).id });
    const rows = (files as { files: { name: string; size: number; md5: string; digest: string }[] }).files;
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(content).sort());
    expect(rows.find(({ name }) => name === 'a.txt')).toEqual({
      name: 'a.txt',
      size: 5,
      md5: 'XUFAKrxLKna5cZ2REBfFkg==',
      digest: 'XUFAKrxLKna5cZ2REBfFkg==',
    });
    expect(downloaded(contents)).toEqual(content);
    expect(Buffer.from(entry as string, 'base64').toString()).toBe('world');
    expect(await wandb.artifactFiles(`${project}/flowers`)).toHaveProperty(['a.txt']);
  });

  test('the same content is the same version, and takes the aliases; drafts and increments build on the latest', async () => {
    const changed = filesOf({ 'c.txt': 'new' });
    const results = await sdk(
      { do: 'logArtifact', run, name: 'grows', files: content },
      { do: 'logArtifact', run, name: 'grows', files: content, aliases: ['again'] },
      { do: 'newDraft', run, artifact: `${project}/grows:latest`, files: changed, remove: ['a.txt'] },
      { do: 'logArtifact', run, name: 'grows', files: filesOf({ 'd.txt': 'more' }), incremental: true },
      { do: 'artifacts', name: `${project}/grows`, perPage: 2 },
      { do: 'downloadArtifact', artifact: `${project}/grows:v1` },
      { do: 'downloadArtifact', artifact: `${project}/grows:v2` },
    );
    const { 'a.txt': _gone, ...kept } = content;
    expect(results[1]).toMatchObject({ name: 'grows:v0', aliases: ['again', 'latest'] });
    expect(results[2]).toMatchObject({ name: 'grows:v1', aliases: ['latest'] });
    expect(results[3]).toMatchObject({ name: 'grows:v2', fileCount: 5 });
    expect(results[4]).toEqual({
      count: 3,
      versions: [
        ['grows:v2', ['latest']],
        ['grows:v1', []],
        ['grows:v0', ['again']],
      ],
    });
    expect(downloaded(results[5])).toEqual({ ...kept, ...changed });
    expect(downloaded(results[6])).toEqual({ ...kept, ...changed, ...filesOf({ 'd.txt': 'more' }) });
  });

  test('aliases, tags, description and metadata change; versions and collections are deleted', async () => {
    const results = await sdk(
      { do: 'logArtifact', run, name: 'edited', files: content, aliases: ['old'] },
      { do: 'logArtifact', run, name: 'edited', files: filesOf({ 'x.txt': 'x' }) },
      {
        do: 'editArtifact',
        artifact: `${project}/edited:v0`,
        addAliases: ['prod'],
        removeAliases: ['old'],
        tags: ['t2'],
        metadata: { changed: true },
        description: 'said anew',
      },
      { do: 'deleteArtifact', artifact: `${project}/edited:v1`, deleteAliases: true },
      { do: 'artifacts', name: `${project}/edited` },
      {
        do: 'editCollection',
        type: 'dataset',
        collection: `${project}/edited`,
        description: 'all of it',
        tags: ['a', 'b'],
        name: 'renamed',
        newType: 'corpus',
      },
      { do: 'artifactTypes', project },
      { do: 'artifactCollections', project, type: 'corpus' },
      { do: 'projectCollections', project },
    );
    expect(results[2]).toMatchObject({
      aliases: ['prod'],
      tags: ['t2'],
      metadata: { changed: true },
      description: 'said anew',
    });
    expect(results[4]).toEqual({ count: 1, versions: [['edited:v0', ['latest', 'prod']]] });
    expect(results[5]).toEqual({
      name: 'renamed',
      description: 'all of it',
      tags: ['a', 'b'],
      type: 'corpus',
    });
    expect(results[6]).toContain('corpus');
    expect(results[7]).toEqual([{ name: 'renamed', aliases: ['latest', 'prod'], sequence: true }]);
    expect(results[8]).toEqual(expect.arrayContaining(['renamed', 'grows', 'flowers']));
    await expect(
      sdk({ do: 'deleteArtifact', artifact: `${project}/renamed:v0`, deleteAliases: false }),
    ).rejects.toThrow(/alias/);
    await sdk({ do: 'deleteCollection', type: 'corpus', collection: `${project}/renamed` });
    await expect(sdk({ do: 'artifact', artifact: `${project}/renamed:v0` })).rejects.toThrow(/not found/);
  });

  test('versions are linked to portfolios and registries, and unlinked', async () => {
    const [first, second] = await sdk(
      { do: 'logArtifact', run, name: 'weights', type: 'model', files: filesOf({ 'w.bin': '1' }) },
      { do: 'logArtifact', run, name: 'weights', type: 'model', files: filesOf({ 'w.bin': '2' }) },
    );
    const results = await sdk(
      {
        do: 'linkArtifact',
        artifact: `${project}/weights:v1`,
        target: `${project}/chosen`,
        aliases: ['good'],
      },
      { do: 'linkArtifact', artifact: `${project}/weights:v0`, target: `${project}/chosen` },
      { do: 'artifact', artifact: `${project}/chosen:v0` },
      {
        do: 'linkArtifact',
        artifact: `${project}/weights:v1`,
        target: 'wandb-registry-model/best',
        aliases: ['staging'],
      },
      { do: 'artifact', artifact: 'acme-org/wandb-registry-model/best:staging' },
      { do: 'downloadArtifact', artifact: `${project}/chosen:latest` },
      { do: 'unlinkArtifact', artifact: `${project}/chosen:v1` },
      { do: 'artifacts', type: 'model', name: `${project}/chosen` },
    );
    expect(results[0]).toMatchObject({ name: 'chosen:v0', aliases: ['good', 'latest'], link: true });
    expect(results[1]).toMatchObject({ name: 'chosen:v1', aliases: ['latest'], id: (first as Version).id });
    expect(results[2]).toMatchObject({ aliases: ['good'], id: (second as Version).id, source: 'weights:v1' });
    expect(results[3]).toMatchObject({ name: 'best:v0' });
    expect(results[4]).toMatchObject({ aliases: ['latest', 'staging'], id: (second as Version).id });
    expect(downloaded(results[5])).toEqual(filesOf({ 'w.bin': '1' }));
    expect(results[7]).toEqual({ count: 1, versions: [['chosen:v0', ['good', 'latest']]] });
    const protectedLink = {
      do: 'linkArtifact',
      artifact: `${project}/weights:v0`,
      target: 'wandb-registry-model/best',
      aliases: ['production'],
    };
    await expect(sdk(protectedLink)).rejects.toThrow(/permission denied/);
    await sdk(
      { do: 'deleteArtifact', artifact: 'acme-org/wandb-registry-model/best:staging', deleteAliases: true },
      { do: 'deleteCollection', type: 'model', collection: `${project}/chosen` },
    );
    expect(await sdk({ do: 'artifact', artifact: `${project}/weights:v1` })).toMatchObject([
      second as object,
    ]);
  });

  test('references lead elsewhere, also into other artifacts', async () => {
    const [, , , files] = await sdk(
      { do: 'logArtifact', run, name: 'target', files: content },
      {
        do: 'logArtifact',
        run,
        name: 'refers',
        files: filesOf({ 'own.txt': 'own' }),
        references: {
          page: { uri: 'http://127.0.0.1:9/page', checksum: false },
          bucket: { uri: 'store://bucket/prefix', checksum: false },
        },
        artifactReferences: { 'into.txt': { artifact: `${project}/target:v0`, path: 'dir/b.txt' } },
      },
      { do: 'manifest', artifact: `${project}/refers:v0` },
      { do: 'artifactFiles', artifact: `${project}/refers:v0`, count: options.features === undefined },
    );
    const rows = (files as { files: { name: string; digest: string }[] }).files;
    expect(rows.map(({ name }) => name)).toEqual(['bucket', 'into.txt', 'own.txt', 'page']);
    expect(rows[0]).toMatchObject({ digest: 'store://bucket/prefix' });
  });

  test('references into other artifacts are followed', async () => {
    const [target, , entries, contents] = await sdk(
      { do: 'logArtifact', run, name: 'target', files: content },
      {
        do: 'logArtifact',
        run,
        name: 'borrows',
        artifactReferences: { 'into.txt': { artifact: `${project}/target:v0`, path: 'dir/b.txt' } },
      },
      { do: 'manifest', artifact: `${project}/borrows:v0` },
      { do: 'downloadArtifact', artifact: `${project}/borrows:v0` },
    );
    const hex = Buffer.from((target as Version).id, 'base64').toString('hex');
    expect(entries).toMatchObject({ 'into.txt': { ref: `wandb-artifact://${hex}/dir/b.txt` } });
    expect(downloaded(contents)).toEqual(filesOf({ 'into.txt': 'world' }));
  });

  test('what is there can be logged again by another run', async () => {
    const other = `${project}/run-3`;
    await wandb.seed({ [other]: {} });
    const results = await sdk(
      { do: 'logArtifact', run, name: 'once', files: content },
      { do: 'logExisting', run: other, artifact: `${project}/once:v0`, aliases: ['seen'] },
    );
    expect(results[1]).toMatchObject({ logged: ['once:v0'], aliases: expect.arrayContaining(['seen']) });
  });

  test('a run uses what another made', async () => {
    const user = `${project}/run-2`;
    const [, used] = await sdk(
      { do: 'logArtifact', run, name: 'input', files: content },
      { do: 'useArtifact', run: user, artifact: `${project}/input:v0`, useAs: 'training' },
    );
    expect(used).toMatchObject({ used: ['input:v0'], logged: [], usedBy: ['run-2'] });
  });

  test('runs make a version together, and finish it', async () => {
    const part = { do: 'distributedArtifact', name: 'shared', distributedID: 'group-1' };
    const results = await sdk(
      { ...part, run: `${project}/part-1`, files: filesOf({ 'one.txt': '1' }) },
      { ...part, run: `${project}/part-2`, files: filesOf({ 'two.txt': '2' }) },
      { ...part, run: `${project}/part-2`, files: filesOf({ 'three.txt': '3' }), finish: true },
      { do: 'artifact', artifact: `${project}/shared:latest` },
      { do: 'downloadArtifact', artifact: `${project}/shared:latest` },
      { ...part, run: `${project}/part-1`, files: filesOf({ 'four.txt': '4' }), finish: true },
      { do: 'artifact', artifact: `${project}/shared:latest` },
    );
    expect(results[3]).toMatchObject({ version: 'v0', fileCount: 3 });
    expect(downloaded(results[4])).toEqual(filesOf({ 'one.txt': '1', 'two.txt': '2', 'three.txt': '3' }));
    expect(results[6]).toMatchObject({ version: 'v1', fileCount: 1 });
  });

  test('it asks for nothing that the server has not', async () => {
    const refused = (await wandb.requests()).filter(
      (request) => (request.status === 0 || request.status >= 400) && request.status !== 403,
    );
    expect(refused).toEqual([]);
  });
});

test('XXH128 is used where the server has it; elsewhere the SDK hashes anew with MD5', async () => {
  await using wandb = await startFakeWandb({
    viewer: { entity: 'team' },
    features: [...RUN_FEATURES, ...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM'],
  });
  await wandb.seed({ [project]: {} });
  const log = {
    do: 'logArtifact',
    run,
    name: 'hashed',
    digestAlgorithm: 'XXH128',
    files: filesOf({ 'a.txt': 'hello', 'dir/b.txt': 'world' }),
  };
  const [logged, manifest, contents] = await runSdk(wandb, [
    log,
    { do: 'manifest', artifact: `${project}/hashed:v0` },
    { do: 'downloadArtifact', artifact: `${project}/hashed:v0` },
  ]);
  expect(logged).toMatchObject({ digest: '6c646d2e89d59a2ba329c524d5abda80' });
  expect(manifest).toMatchObject({ 'a.txt': { extra: { alg: 'XXH128' } } });
  expect(downloaded(contents)).toEqual(log.files);
  await using older = await startFakeWandb({ viewer: { entity: 'team' } });
  await older.seed({ [project]: {} });
  expect(await runSdk(older, [log])).toMatchObject([{ digest: 'd5c8ee9d0f3d9920eac09930283deda9' }]);
});

test('what was seeded is read: XXH128, layout V1, files in parts', async () => {
  await using wandb = await startFakeWandb({ viewer: { entity: 'team' } });
  const large = Buffer.alloc(101 * 1024 * 1024, 'part of a large file ');
  const small = { 'a.txt': 'hello', 'dir/b.txt': 'world' };
  await wandb.seedArtifacts({
    [`${project}/dataset/hashed`]: { versions: [{ files: small, digestAlgorithm: 'MANIFEST_XXH128' }] },
    [`${project}/dataset/first-layout`]: { versions: [{ files: small, storageLayout: 'V1' }] },
    [`${project}/dataset/large`]: { versions: [{ files: { 'large.bin': large } }] },
  });
  const [hashed, old, entry, parts] = await runSdk(wandb, [
    { do: 'downloadArtifact', artifact: `${project}/hashed:v0` },
    { do: 'downloadArtifact', artifact: `${project}/first-layout:v0` },
    { do: 'downloadEntry', artifact: `${project}/first-layout:v0`, path: 'a.txt' },
    { do: 'downloadArtifact', artifact: `${project}/large:v0`, multipart: true, sums: true },
  ]);
  expect(downloaded(hashed)).toEqual(filesOf(small));
  expect(downloaded(old)).toEqual(filesOf(small));
  expect(Buffer.from(entry as string, 'base64').toString()).toBe('hello');
  expect(parts).toEqual(sumsOf({ 'large.bin': large }));
  const ranges = (await wandb.requests()).flatMap(({ range }) => range ?? []);
  expect(ranges).toHaveLength(2);
});

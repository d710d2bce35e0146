import { type FakeWandb, startFakeWandb } from '../../src/testing/index.js';
import { commit } from './artifact-client.js';
import { graphql } from './client.js';
import { member, versions } from './helpers/artifact-names.js';

describe('seeding artifacts', () => {
  let wandb: FakeWandb;
  beforeEach(async () => {
    wandb = await startFakeWandb();
  });
  afterEach(() => wandb.close());

  const manifestOf = async (name: string): Promise<string> => {
    const { data } = await graphql<{
      project: { artifact: { currentManifest: { file: { directUrl: string } } } };
    }>(
      wandb,
      `query($name: String!) { project(name: "project", entityName: "lab") {
         artifact(name: $name) { currentManifest { file { directUrl } } } } }`,
      { name },
    );
    return (await fetch(data.project.artifact.currentManifest.file.directUrl)).text();
  };

  test('makes versions as a client would have, the last one latest', async () => {
    const path = 'lab/project/dataset/flowers';
    const seeded = await wandb.seedArtifacts({
      [path]: {
        versions: [
          { files: { 'a.txt': 'hello', 'dir/b.txt': 'world' }, aliases: ['prod'] },
          {
            files: { 'a.txt': 'hello' },
            references: { r: { ref: 's3://b/k', digest: 'etag', size: 3, extra: { etag: 'etag' } } },
          },
        ],
      },
    });
    const [first, second] = seeded[path]?.versions ?? [];
    expect(first).toEqual({
      id: expect.any(String),
      version: 'v0',
      digest: 'd5c8ee9d0f3d9920eac09930283deda9',
    });
    expect(await versions(wandb)).toEqual(['v1 latest', 'v0 prod']);
    expect(JSON.parse(await manifestOf('flowers:v1'))).toEqual({
      version: 1,
      storagePolicy: 'wandb-storage-policy-v1',
      storagePolicyConfig: { storageLayout: 'V2' },
      contents: {
        'a.txt': { digest: 'XUFAKrxLKna5cZ2REBfFkg==', birthArtifactID: first?.id, size: 5 },
        r: { digest: 'etag', ref: 's3://b/k', size: 3, extra: { etag: 'etag' } },
      },
    });
    await wandb.seedArtifacts({ [path]: { versions: [{ files: { c: 'more' } }] } });
    expect(await versions(wandb)).toEqual(['v2 latest', 'v1', 'v0 prod']);
    expect(second?.version).toBe('v1');
  });

  test("has the SDK's digests, of both kinds", async () => {
    const texts: Record<string, string>[] = [
      {},
      { empty: '' },
      { b: '2', B: '1', 'a/z': '3', 'a.': '4', a: '5' },
      { '\u{1F600}.txt': 'x', '\uFF01.txt': 'x', '\u00E9.txt': 'x' },
    ];
    const path = 'lab/project/dataset/vectors';
    const seeded = await wandb.seedArtifacts({
      [path]: {
        versions: [
          ...texts.map((files) => ({ files })),
          { references: { r: 'foo://b/k' } },
          { files: { 'a.txt': 'hello', 'dir/b.txt': 'world' }, digestAlgorithm: 'MANIFEST_XXH128' },
        ],
      },
    });
    expect(seeded[path]?.versions.map(({ digest }) => digest)).toEqual([
      '64e7c61456b10382e2f3b571ac24b659',
      '96743a9b25c5c9fe3480f65327301e00',
      '6a94d40d1233d019add3dc074dc74316',
      '28299aaa07b5f5dad412b9bd38d2baed',
      '8788180c45ec3a89c805e5cef01c3501',
      '6c646d2e89d59a2ba329c524d5abda80',
    ]);
  });

  test('leaves a pending version to be committed', async () => {
    const path = 'lab/project/dataset/flowers';
    const seeded = await wandb.seedArtifacts({
      [path]: { versions: [{ files: { a: '1' }, state: 'PENDING' }] },
    });
    const [pending] = seeded[path]?.versions ?? [];
    expect(pending?.version).toBeNull();
    expect(await versions(wandb)).toEqual([]);
    await commit(wandb, pending?.id ?? '');
    expect(await versions(wandb)).toEqual(['v0 latest']);
  });

  test('takes names that the service would refuse today', async () => {
    await wandb.seedArtifacts({
      'lab/project/odd%2Ftype/..': { versions: [{ files: { a: '1' }, aliases: ['v7', 'a/b'] }] },
      'lab/project/dataset/100%25 käse?': { versions: [{ files: { 'ünï #1?': '1' } }] },
    });
    expect(await member(wandb, '..:a/b')).toMatchObject({ versionIndex: 0 });
    expect(await wandb.artifactFiles('lab/project/100%25 käse?:v0')).toHaveProperty(['ünï #1?']);
  });

  test('stores any manifest as it is, with the files that it may speak of', async () => {
    const hostile = {
      version: 1,
      storagePolicy: 'wandb-storage-policy-v1',
      storagePolicyConfig: { storageLayout: 'V2' },
      contents: {
        '../../etc/passwd': { digest: 'XUFAKrxLKna5cZ2REBfFkg==', size: 5 },
        missing: { digest: 'fXkwN6B2AYZXSwKC8vQ15w==', size: 1e15, birthArtifactID: 'nobody' },
      },
    };
    await wandb.seedArtifacts({
      'lab/project/dataset/hostile': { versions: [{ files: { x: 'hello' }, manifest: hostile }] },
      'lab/project/dataset/broken': { versions: [{ manifest: '{"version":1' }] },
      'lab/project/dataset/bytes': { versions: [{ manifest: Buffer.from([0xff, 0xfe]) }] },
    });
    expect(JSON.parse(await manifestOf('hostile:v0'))).toEqual(hostile);
    expect(await manifestOf('broken:v0')).toBe('{"version":1');
    const files = await wandb.artifactFiles('lab/project/hostile:v0');
    expect(Object.keys(files)).toEqual(['../../etc/passwd']);
    expect(await wandb.artifactFiles('lab/project/broken:v0')).toEqual({});
    expect(await member(wandb, 'bytes:v0')).not.toBeNull();
  });

  test('makes large versions in little time', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, i) => [`d${i % 100}/f${i}`, `file ${i}`]),
    );
    const contents = Object.fromEntries(
      Array.from({ length: 200_000 }, (_, i) => [
        `d${i % 1000}/f${i}`,
        { digest: 'XUFAKrxLKna5cZ2REBfFkg==', size: 5 },
      ]),
    );
    const about = {
      version: 1,
      storagePolicy: 'wandb-storage-policy-v1',
      storagePolicyConfig: { storageLayout: 'V2' },
    };
    const begin = Date.now();
    await wandb.seedArtifacts({
      'lab/project/dataset/many': { versions: [{ files }] },
      'lab/project/dataset/huge': { versions: [{ manifest: { ...about, contents }, files: { x: 'hello' } }] },
    });
    expect(Date.now() - begin).toBeLessThan(15_000);
    const { data } = await graphql(
      wandb,
      `{ project(name: "project", entityName: "lab") {
           many: artifact(name: "many:v0") { fileCount }
           huge: artifact(name: "huge:v0") { fileCount size files(names: ["d999/f999"]) { edges { node { name } } } } } }`,
    );
    expect(data).toEqual({
      project: {
        many: { fileCount: 10_000 },
        huge: { fileCount: 200_000, size: 1_000_000, files: { edges: [{ node: { name: 'd999/f999' } }] } },
      },
    });
  });

  test('says what it can not do', async () => {
    await expect(wandb.seedArtifacts({ 'lab/project/dataset': {} })).rejects.toThrow(
      /expected 'entity\/project/,
    );
    await expect(
      wandb.seedArtifacts({ 'lab/project/dataset/a': { versions: [], links: [] } }),
    ).rejects.toThrow(/both versions and links/);
    await expect(
      wandb.seedArtifacts({ 'lab/project/dataset/b': { links: [{ to: 'lab/project/nope:v0' }] } }),
    ).rejects.toThrow(/no artifact 'lab\/project\/nope:v0'/);
    await wandb.seedArtifacts({ 'lab/project/dataset/c': {} });
    await expect(wandb.seedArtifacts({ 'lab/project/model/c': {} })).rejects.toThrow(/there already/);
    await expect(wandb.artifactFiles('lab/project/nope')).rejects.toThrow(/no artifact/);
  });
});

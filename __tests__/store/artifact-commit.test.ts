import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { treePath } from '../../src/contract/tree-path.js';
import { fileSource } from '../helpers/file-source.js';
import { Bench, contentsOf, counted, FLOWERS, many, PROJECT } from './helpers/artifacts.js';
import { failureOf } from './helpers/asked.js';

let bench: Bench;
afterEach(() => bench[Symbol.asyncDispose]());

describe('a commit', () => {
  beforeEach(async () => {
    bench = await Bench.start();
  });

  test('makes a version of the files, with the digest of the SDK and the aliases asked for', async () => {
    const files = { 'a.txt': 'hello', 'dir/b.txt': 'world' };
    const outcome = await bench.commit(files, { aliases: ['prod', 'prod'] });
    expect(outcome).toMatchObject({
      version: 'v0',
      digest: 'd5c8ee9d0f3d9920eac09930283deda9',
      deduplicated: false,
    });
    expect([...outcome.aliases].sort()).toEqual(['latest', 'prod']);
    expect(await bench.files()).toEqual(files);
    expect(await bench.versions()).toEqual({ v0: ['latest', 'prod'] });
  });

  test('tells what the next listing of the collection will show', async () => {
    const { entries, id } = await bench.commit({ a: '1' }, { aliases: ['prod'] });
    expect(entries.map(({ path, kind, target }) => [path, kind, target])).toEqual([
      [`${FLOWERS}/v0`, 'directory', undefined],
      [`${FLOWERS}/latest`, 'symlink', 'v0'],
      [`${FLOWERS}/prod`, 'symlink', 'v0'],
    ]);
    expect(entries[0]).toMatchObject({ id, size: null });
    expect(entries[0]?.mtimeMs).toBeGreaterThan(Date.now() - 60_000);
  });

  test('of nothing makes an empty version', async () => {
    expect(await bench.commit({})).toMatchObject({
      version: 'v0',
      digest: '64e7c61456b10382e2f3b571ac24b659',
    });
  });

  test('takes names as they are on the server', async () => {
    const names = { 'a%2Fb': '1', 'ü \u{1F600}': '2', 'x\ny': '3', '..a': '4' };
    await bench.commit(names);
    expect(await bench.files()).toEqual(names);
  });

  test('of a name that stands encoded in the tree has the name', async () => {
    await bench.commit(contentsOf({ 'dir/%252E': '1' }), {}, `${PROJECT}/data set/flowers`);
    expect(await bench.files()).toEqual({ 'dir/%2E': '1' });
  });

  test('writes description, metadata, tags and lifetime', async () => {
    const { id } = await bench.commit(
      { a: '1' },
      {
        description: 'of the garden',
        metadata: { accuracy: 0.5, nothing: Number.NaN, when: new Date(0) },
        tags: ['good one', 'x', 'x'],
        ttl: 3600,
      },
    );
    const { artifact } = await bench.query<{ artifact: Record<string, unknown> }>(
      `query Facts($id: ID!) { artifact(id: $id) {
        description metadata tags { name } ttlDurationSeconds ttlIsInherited artifactType { name } } }`,
      { id },
    );
    expect({ ...artifact, metadata: JSON.parse(String(artifact.metadata)) }).toEqual({
      description: 'of the garden',
      metadata: { accuracy: 0.5, nothing: null, when: '1970-01-01T00:00:00.000Z' },
      tags: [{ name: 'good one' }, { name: 'x' }],
      ttlDurationSeconds: 3600,
      ttlIsInherited: false,
      artifactType: { name: 'dataset' },
    });
  });

  test('can say that the version never ends', async () => {
    const { id } = await bench.commit({ a: '1' }, { ttl: null });
    const { artifact } = await bench.query<{ artifact: Record<string, unknown> }>(
      'query Facts($id: ID!) { artifact(id: $id) { ttlDurationSeconds ttlIsInherited } }',
      { id },
    );
    expect(artifact.ttlIsInherited).toBe(false);
  });

  test('leaves a manifest as the core writes one, without private paths', async () => {
    const { id } = await bench.commit([
      ...contentsOf({ 'a.txt': 'hello' }),
      { name: 'r', kind: 'reference', uri: 's3://bucket/key' },
    ]);
    expect(await bench.manifest('flowers:v0')).toEqual({
      version: 1,
      storagePolicy: 'wandb-storage-policy-v1',
      storagePolicyConfig: { storageLayout: 'V2' },
      contents: {
        'a.txt': { digest: 'XUFAKrxLKna5cZ2REBfFkg==', size: 5, birthArtifactID: id },
        r: { digest: 's3://bucket/key', ref: 's3://bucket/key', size: 0 },
      },
    });
  });

  test('has the digest of the SDK with a reference', async () => {
    const outcome = await bench.commit([{ name: 'r', kind: 'reference', uri: 'foo://b/k' }]);
    expect(outcome.digest).toBe('8788180c45ec3a89c805e5cef01c3501');
  });

  test('uploads files from the disk', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'wandb-fs-commit-'));
    try {
      const bytes = Buffer.alloc(2_500_000, 'wandb');
      const file = join(directory, 'big');
      await writeFile(file, bytes);
      await bench.commit([{ name: 'big', kind: 'content', source: fileSource(file, bytes.byteLength) }]);
      const [stored] = Object.values(await bench.wandb.artifactFiles(`${PROJECT}/flowers`));
      expect(Buffer.from(stored ?? []).equals(bytes)).toBe(true);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('copies what a version has without moving a byte', async () => {
    await bench.commit({ 'a.txt': 'hello', 'b.txt': 'world' });
    const origin = await bench.manifest('flowers:v0');
    const requests = await bench.requestsOf(() =>
      bench.commit([
        { name: 'moved/a.txt', kind: 'copy', origin: treePath(`${FLOWERS}/v0/a.txt`) },
        { name: 'b.txt', kind: 'copy', origin: treePath(`${FLOWERS}/v0/b.txt`) },
      ]),
    );
    expect(counted(requests)['PUT content']).toBeUndefined();
    expect(counted(requests).CreateArtifactFiles).toBeUndefined();
    expect(await bench.files()).toEqual({ 'moved/a.txt': 'hello', 'b.txt': 'world' });
    const { contents } = await bench.manifest('flowers:v1');
    expect(contents['moved/a.txt']).toEqual(origin.contents['a.txt']);
  });

  test('keeps what else a copied entry carries', async () => {
    await bench.wandb.seedArtifacts({
      [FLOWERS]: {
        versions: [
          {
            references: {
              r: { ref: 's3://b/k', digest: 'tag', size: 7, extra: { etag: 'tag', versionID: '1' } },
            },
          },
        ],
      },
    });
    await bench.commit([{ name: 'copy', kind: 'copy', origin: treePath(`${FLOWERS}/v0/r`) }]);
    expect((await bench.manifest('flowers:latest')).contents.copy).toEqual({
      digest: 'tag',
      ref: 's3://b/k',
      size: 7,
      extra: { etag: 'tag', versionID: '1' },
    });
  });

  test('copies from an alias, and from a registry, what stands behind them', async () => {
    await bench.wandb.seedArtifacts({
      [FLOWERS]: { versions: [{ files: { a: 'first' } }] },
      'acme/wandb-registry-dataset/dataset/best': { links: [{ to: 'lab/project/flowers:v0' }] },
    });
    await bench.commit([
      { name: 'x', kind: 'copy', origin: treePath(`${FLOWERS}/latest/a`) },
      { name: 'y', kind: 'copy', origin: treePath('acme/wandb-registry-dataset/dataset/best/latest/a') },
    ]);
    expect(await bench.files()).toEqual({ x: 'first', y: 'first' });
  });

  test('reads the manifest that it copies from once', async () => {
    const files = many(300);
    await bench.wandb.seedArtifacts({ [FLOWERS]: { versions: [{ files }] } });
    const copies = Object.keys(files).map((name) => ({
      name,
      kind: 'copy' as const,
      origin: treePath(`${FLOWERS}/v0/${name}`),
    }));
    const requests = await bench.requestsOf(() => bench.commit([...copies, ...contentsOf({ new: '1' })]));
    expect(requests.filter(({ side, method }) => side === 'storage' && method === 'GET')).toHaveLength(1);
    expect(counted(requests)).toMatchObject({ 'PUT content': 1 });
  });

  describe('of copies', () => {
    const ELSEWHERE = `${PROJECT}/dataset/elsewhere`;
    const copyOf = (collection: string) => ({
      name: collection.slice(collection.lastIndexOf('/') + 1),
      kind: 'copy' as const,
      origin: treePath(`${collection}/v0/a`),
    });

    test('from another region of the storage is made there', async () => {
      await bench.wandb.seedArtifacts({
        [ELSEWHERE]: { versions: [{ files: { a: '1' }, storageRegion: 'coreweave-us' }] },
      });
      const requests = await bench.requestsOf(() => bench.commit([copyOf(ELSEWHERE)]));
      const [create] = requests.filter(({ operation }) => operation === 'CreateArtifact');
      expect(create?.variables).toMatchObject({ input: { storageRegion: 'coreweave-us' } });
      expect(await bench.manifest('flowers:v0')).toMatchObject({
        storagePolicyConfig: { storageLayout: 'V2', storageRegion: 'coreweave-us' },
      });
    });

    test('from two regions is EXDEV, naming them', async () => {
      await bench.wandb.seedArtifacts({
        [ELSEWHERE]: { versions: [{ files: { a: '1' }, storageRegion: 'coreweave-us' }] },
        [`${PROJECT}/dataset/here`]: { versions: [{ files: { a: '2' } }] },
      });
      const failure = await failureOf(bench.commit([copyOf(ELSEWHERE), copyOf(`${PROJECT}/dataset/here`)]));
      expect(failure).toMatchObject({ code: 'EXDEV', detail: expect.stringContaining("'coreweave-us'") });
    });

    test('from a storage of the old layout is ENOTSUP, naming the way out', async () => {
      await bench.wandb.seedArtifacts({
        [ELSEWHERE]: { versions: [{ files: { a: '1' }, storageLayout: 'V1' }] },
      });
      expect(await failureOf(bench.commit([copyOf(ELSEWHERE)]))).toMatchObject({
        code: 'ENOTSUP',
        detail: expect.stringContaining('write it anew'),
      });
    });
  });

  test('of a copy whose origin is gone fails, naming it', async () => {
    const failure = await failureOf(
      bench.commit([{ name: 'x', kind: 'copy', origin: treePath(`${FLOWERS}/v9/a`) }]),
    );
    expect(failure).toMatchObject({ code: 'ENOENT', detail: expect.stringContaining("'x'") });
    expect(await bench.versions()).toEqual({});
  });
});

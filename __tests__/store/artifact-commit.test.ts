import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { treePath } from '../../src/contract/tree-path.js';
import { ARTIFACT_FEATURES, type RequestRecord } from '../../src/testing/index.js';
import { fileSource } from '../helpers/file-source.js';
import { Bench, contentsOf, counted, FLOWERS, failureOf, many, PROJECT } from './helpers/artifacts.js';

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

describe('a version is logged', () => {
  const createdBy = async (id: string) => {
    const { artifact } = await bench.query<{
      artifact: { createdBy: { name: string; jobType: string | null; state: string } };
    }>('query By($id: ID!) { artifact(id: $id) { createdBy { ... on Run { name jobType state } } } }', {
      id,
    });
    return artifact.createdBy;
  };
  beforeEach(async () => {
    bench = await Bench.start();
  });

  test('by the run that is named', async () => {
    const { id } = await bench.commit({ a: '1' }, { runId: 'seeded' });
    expect((await createdBy(id)).name).toBe('seeded');
  });

  test('by a finished run of job type auto without one, the same for all of a store', async () => {
    const first = await bench.commit({ a: '1' });
    const second = await bench.commit({ a: '2' }, {}, `${PROJECT}/model/rose`);
    const run = await createdBy(first.id);
    expect(run).toMatchObject({ jobType: 'auto', state: 'finished' });
    expect(run.name).toMatch(/^[a-z0-9]{8}$/);
    expect((await createdBy(second.id)).name).toBe(run.name);
  });

  test('beside the end of that run, which is waited for', async () => {
    await bench.wandb.faults([{ match: { path: /file_stream/ }, delayMs: 200 }]);
    const requests = await bench.requestsOf(async () => {
      const { id } = await bench.commit({ a: '1' });
      expect((await createdBy(id)).state).toBe('finished');
    });
    expect(requests.find(({ operation }) => operation === 'CreateArtifact')?.inFlight).toBe(2);
  });

  test('or fails to be, but not without the end of that run', async () => {
    await bench.wandb.faults([
      { match: { path: /file_stream/ }, delayMs: 200 },
      { match: { operation: 'CreateArtifact' }, status: 403 },
    ]);
    const requests = await bench.requestsOf(() => failureOf(bench.commit({ a: '1' })));
    expect(requests.some(({ path, status }) => path.includes('file_stream') && status === 200)).toBe(true);
  });

  test('by a run of its own whatever becomes of those of others', async () => {
    await bench.wandb.faults([{ match: { operation: 'CreateRun' }, delayMs: 300, status: 403, times: 9 }]);
    const other = failureOf(bench.commit({ a: '1' }, {}, `${PROJECT}/model/rose`));
    expect((await bench.commit({ a: '1' }, { runId: 'seeded' })).version).toBe('v0');
    expect((await other).code).toBe('EACCES');
  });

  test('by another auto run when that was deleted', async () => {
    const first = await bench.commit({ a: '1' });
    const before = await createdBy(first.id);
    const { project } = await bench.query<{ project: { run: { id: string } } }>(
      'query Id($name: String!) { project(name: "project", entityName: "lab") { run(name: $name) { id } } }',
      { name: before.name },
    );
    await bench.query('mutation Del($id: ID!) { deleteRun(input: { id: $id }) { clientMutationId } }', {
      id: project.run.id,
    });
    const second = await bench.commit({ a: '2' });
    expect(second.version).toBe('v1');
    expect((await createdBy(second.id)).name).not.toBe(before.name);
  });

  test('by no run that is not there: ENOENT, and nothing is made', async () => {
    const failure = await failureOf(bench.commit({ a: '1' }, { runId: 'nowhere' }));
    expect(failure.code).toBe('ENOENT');
    expect(await bench.versions()).toEqual({});
  });
});

describe('the requests of a commit', () => {
  beforeEach(async () => {
    bench = await Bench.start();
  });

  test('of 1,000 files of 1 KB are 1,000 PUTs and a handful', async () => {
    const requests = await bench.requestsOf(() => bench.commit(many(1000)));
    expect(counted(requests)).toEqual({
      FindCollection: 1,
      CreateRun: 1,
      'POST file_stream': 1,
      CreateArtifact: 1,
      CreateArtifactManifest: 2,
      ServerFeatures: 1,
      CreateArtifactFiles: 2,
      'PUT content': 1000,
      'PUT manifest': 1,
      CommitArtifact: 1,
    });
  });

  test('announce most of the files while the first ones are sent', async () => {
    await bench.wandb.faults([{ match: { side: 'storage', method: 'PUT' }, delayMs: 100, times: 64 }]);
    const requests = await bench.requestsOf(() => bench.commit(many(300)));
    const isAnnouncement = ({ operation }: RequestRecord) => operation === 'CreateArtifactFiles';
    const before = requests.slice(0, requests.findLastIndex(isAnnouncement));
    expect(before.filter(isAnnouncement)).toHaveLength(1);
    expect(counted(before)['PUT content'] ?? 0).toBeLessThan(128);
    expect(counted(requests)).toMatchObject({ CreateArtifactFiles: 2, 'PUT content': 300 });
  });

  test('send no more than `concurrency` files at once', async () => {
    await bench[Symbol.asyncDispose]();
    bench = await Bench.start({ latencyMs: 20 }, { concurrency: 4 });
    const requests = await bench.requestsOf(() => bench.commit(many(64)));
    const puts = requests.filter(({ side }) => side === 'storage');
    expect(Math.max(...puts.map(({ inFlight }) => inFlight))).toBe(4);
  });

  test('send many small files more than sixteen at once over latency', async () => {
    await bench[Symbol.asyncDispose]();
    bench = await Bench.start({ latencyMs: 50 });
    const requests = await bench.requestsOf(() => bench.commit(many(200)));
    const most = Math.max(
      ...requests.filter(({ side }) => side === 'storage').map(({ inFlight }) => inFlight),
    );
    expect(most).toBeGreaterThan(16);
    expect(most).toBeLessThanOrEqual(64);
  });

  test('of the same files with one changed are one PUT of content', async () => {
    const files = many(1000);
    await bench.wandb.seedArtifacts({ [FLOWERS]: { versions: [{ files }] } });
    // What a store asks once, and its run.
    await bench.commit({ first: '1' }, {}, `${PROJECT}/dataset/elsewhere`);
    const requests = await bench.requestsOf(() => bench.commit({ ...files, 'd0/f0': 'changed' }));
    expect(counted(requests)).toEqual({
      FindCollection: 1,
      CreateArtifact: 1,
      CreateArtifactManifest: 2,
      CreateArtifactFiles: 2,
      'PUT content': 1,
      'PUT manifest': 1,
      CommitArtifact: 1,
    });
    expect((await bench.files())['d0/f0']).toBe('changed');
  });

  test('send what the server says, no credentials, and MD5s that it can verify', async () => {
    await bench.commit({ 'a.json': '{}' });
    const [create] = (await bench.wandb.requests()).filter(
      ({ operation }) => operation === 'CreateArtifactFiles',
    );
    expect(create?.variables).toMatchObject({
      input: {
        storageLayout: 'V2',
        artifactFiles: [{ name: 'a.json', md5: createHash('md5').update('{}').digest('base64') }],
      },
    });
    expect(JSON.stringify(create?.variables)).not.toContain('digest');
  });
});

test('a server without features, of small pages, takes commits too', async () => {
  bench = await Bench.start({ features: [], limits: { page: 3, artifactFiles: 7 } });
  const files = many(20);
  expect(await bench.commit(files, { aliases: ['prod'] })).toMatchObject({ version: 'v0' });
  expect(await bench.commit({ ...files, more: '1' }, { incremental: true })).toMatchObject({ version: 'v1' });
  expect(await bench.files()).toEqual({ ...files, more: '1' });
});

test('batches shrink to what the server takes', async () => {
  bench = await Bench.start({ limits: { artifactFiles: 20 } });
  const files = many(90);
  const { version } = await bench.commit(files);
  expect(version).toBe('v0');
  expect(await bench.files()).toEqual(files);
});

test('digests of XXH128 are those of the SDK, where the server has them', async () => {
  bench = await Bench.start({
    features: [...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM'],
  });
  const outcome = await bench.commit(
    { 'a.txt': 'hello', 'dir/b.txt': 'world' },
    { digestAlgorithm: 'XXH128' },
  );
  expect(outcome.digest).toBe('6c646d2e89d59a2ba329c524d5abda80');
  const { contents } = await bench.manifest('flowers:v0');
  expect(contents['a.txt']).toMatchObject({ extra: { alg: 'XXH128' } });
});

test('tells the bytes of each file that were sent, parts together', async () => {
  bench = await Bench.start({}, {}, { multipartBytes: 500_000, partBytes: 300_000 });
  const told = new Map<string, [sent: number, size: number]>();
  await bench.commit(
    { 'dir/small': 'hello', large: new Uint8Array(700_000), empty: '' },
    {
      onProgress: (name, sent, size) => {
        expect(sent).toBeLessThanOrEqual(size);
        expect(sent).toBeGreaterThanOrEqual(told.get(name)?.[0] ?? 0);
        told.set(name, [sent, size]);
      },
    },
  );
  expect(told.get('dir/small')).toEqual([5, 5]);
  expect(told.get('large')).toEqual([700_000, 700_000]);
});

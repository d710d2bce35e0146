import { createHash } from 'node:crypto';
import { ARTIFACT_FEATURES, type RequestRecord } from '../../src/testing/index.js';
import { Bench, counted, FLOWERS, many, PROJECT } from './helpers/artifacts.js';

let bench: Bench;
afterEach(() => bench[Symbol.asyncDispose]());

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

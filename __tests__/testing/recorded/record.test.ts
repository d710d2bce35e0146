import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWandbArtifactFs, createWandbFs, type Recorded, type RecordOptions } from 'wandb-fs';
import { ARTIFACT_FEATURES, type FakeWandb, RUN_FEATURES, startFakeWandb } from 'wandb-fs/testing';
import { awkwardFiles } from '../../../__fixtures__/index.js';
import { makeDirectory } from '../../helpers/directories.js';
import { STANDARD, useServer } from '../../helpers/server.js';
import { mountBoth, portraits } from './portrait.js';

const FEATURES = { features: [...RUN_FEATURES, ...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM'] };
const server = useServer({ ...STANDARD, ...FEATURES });

beforeAll(async () => {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5);
  await server.seed({
    'lab/empty': {},
    'lab/odd/names': awkwardFiles(),
    'lab/odd/NAMES': { 'a.txt': 'twin' },
  });
  await server.seed(
    { 'lab/flowers/r1': { 'config.yaml': 'lr: 0.1\n', 'model/last.bin': Buffer.alloc(3000, 1), empty: '' } },
    {
      ...{ displayName: 'eager-fox-1', state: 'crashed', createdAt: at, heartbeatAt: at + 60_000 },
      ...{ tags: ['best'], group: 'g', jobType: 'train', commit: 'abc', description: 'd', notes: 'n' },
      config: { lr: { value: 0.1, desc: 'rate' }, _wandb: { value: {} } },
      summaryMetrics: { loss: 0.25, nested: { acc: 1 } },
    },
  );
  const reference = { ref: 's3://bucket/key', digest: 'an-etag', size: 12, extra: { etag: 'an-etag' } };
  await server.seedArtifacts({
    'lab/flowers/dataset/petals': {
      description: 'all of them',
      tags: ['public'],
      versions: [
        {
          files: { 'iris.csv': 'length,width\n', 'sub/b.txt': 'b' },
          references: { far: reference },
          createdAt: at,
        },
        {
          files: { 'iris.csv': 'length,width\n', 'sub/b.txt': 'B', 'model.bin': Buffer.alloc(3000, 1) },
          ...{
            aliases: ['prod'],
            metadata: { rows: 0 },
            tags: ['checked'],
            ttlSeconds: 3600,
            description: 'one',
          },
        },
      ],
    },
    'lab/flowers/model/hashed': {
      versions: [{ files: { 'x.txt': 'x' }, digestAlgorithm: 'MANIFEST_XXH128', metadata: {} }],
    },
    'lab/odd/dataset/names': { versions: [{ files: awkwardFiles() }] },
    'lab/odd/dataset/none': {},
    'hub/shelf/dataset/chosen': { links: [{ to: 'lab/flowers/petals:v1', aliases: ['best'] }] },
  });
});

const EVERYTHING = ['lab', 'wandbas://lab', 'wandbas://hub'];
/** All of the server, recorded once. */
let everything: Recorded;
beforeAll(async () => {
  everything = await record(EVERYTHING);
});

async function record(paths: readonly string[], options?: RecordOptions, directory?: string) {
  const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey });
  try {
    return await fs.wandb.record(paths, directory ?? join(await makeDirectory(), 'world'), options);
  } finally {
    await fs.wandb.close();
  }
}

async function replayed<T>(world: string, use: (replay: FakeWandb) => Promise<T>): Promise<T> {
  const replay = await startFakeWandb({ ...FEATURES, world });
  try {
    return await use(replay);
  } finally {
    await replay.close();
  }
}

const sheet = (...place: string[]) => JSON.parse(readFileSync(join(...place), 'utf8'));

describe('a recorded world', () => {
  test('shows, tells and holds what was recorded', async () => {
    const { directory, ...told } = everything;
    expect(told).toMatchObject({ runs: 3, versions: 5, leftOut: [] });
    const before = await portraits(server, ['lab', 'hub']);
    expect(await replayed(directory, (replay) => portraits(replay, ['lab', 'hub']))).toEqual(before);
  });

  test('is recorded anew from a server that serves it as it was', async () => {
    const { directory } = everything;
    await replayed(directory, async (replay) => {
      const { runs } = mountBoth(replay);
      const again = await runs.wandb.record(EVERYTHING, join(await makeDirectory(), 'again'));
      await runs.wandb.close();
      const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
      expect(readdirSync(again.directory, { recursive: true, encoding: 'utf8' }).sort()).toEqual(names);
      const jsons = names.filter((name) => name.endsWith('.json') && !name.includes('/files/'));
      expect(jsons.length).toBeGreaterThan(10);
      for (const name of jsons) expect(sheet(again.directory, name)).toEqual(sheet(directory, name));
    });
  });

  test('has each content once, whichever tree it is in', async () => {
    const { directory } = everything;
    const petals = join(directory, 'lab/flowers/artifacts/dataset/petals');
    expect(sheet(petals, 'v1/version.json').files).toMatchObject({
      'model.bin': { sameAs: 'lab/flowers/runs/r1/files/model/last.bin' },
      'iris.csv': { sameAs: 'lab/flowers/artifacts/dataset/petals/v0/files/iris.csv' },
    });
    expect(existsSync(join(petals, 'v1/files/model.bin'))).toBe(false);
  });

  test('holds neither keys nor addresses of the server', async () => {
    const { directory } = everything;
    const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    const texts = names
      .filter((name) => /\.json$/.test(name))
      .map((name) => readFileSync(join(directory, name), 'utf8'));
    for (const text of texts) {
      expect(text).not.toContain(server.apiKey);
      expect(text).not.toMatch(/https?:\/\/(127|localhost)|Signature/);
    }
  });
});

describe('what is recorded', () => {
  test('is bounded by globs and limits; what is left out is named, and reading it says so', async () => {
    const { directory, leftOut, files } = await record(['lab/flowers', 'wandbas://lab/flowers'], {
      maxFileBytes: 2000,
      exclude: ['*.yaml'],
    });
    expect(leftOut.map(({ path, size }) => [path, size])).toEqual([
      ['/lab/flowers/r1/config.yaml', 8],
      ['/lab/flowers/r1/model/last.bin', 3000],
      ['/lab/flowers/dataset/petals/v1/model.bin', 3000],
    ]);
    expect(files).toBe(5);
    expect(sheet(directory, 'lab/flowers/runs/r1/run.json').files['model/last.bin']).toMatchObject({
      ...{ isLeftOut: true, size: 3000, digest: expect.stringMatching(/^[\w+/]{22}==$/) },
    });
    await replayed(directory, async (replay) => {
      const { runs, artifacts } = mountBoth(replay);
      expect((await runs.promises.stat('lab/flowers/r1/model/last.bin')).size).toBe(3000);
      const refused = { code: 'EIO', message: expect.stringContaining('LeftOutOfRecordedWorld') };
      await expect(runs.promises.readFile('lab/flowers/r1/model/last.bin')).rejects.toMatchObject(refused);
      const inVersion = 'lab/flowers/dataset/petals/v1/model.bin';
      await expect(artifacts.promises.readFile(inVersion)).rejects.toMatchObject(refused);
      expect(await replay.files('lab/flowers/r1')).toEqual({ empty: new Uint8Array() });
      await Promise.all([runs, artifacts].map((fs) => fs.wandb.close()));
    });
  });

  test('ends at a number of bytes', async () => {
    const { bytes, leftOut } = await record(['lab/flowers'], { maxBytes: 10 });
    expect(bytes).toBe(8);
    expect(leftOut).toEqual([{ path: '/lab/flowers/r1/model/last.bin', size: 3000 }]);
  });

  test('are single versions with what they link to, by any notation', async () => {
    const { directory, versions } = await record([`${server.url}/hub/shelf/artifacts/dataset/chosen/best`]);
    expect(versions).toBe(2);
    expect(sheet(directory, 'hub/shelf/artifacts/dataset/chosen/v0/version.json')).toEqual({
      aliases: ['latest', 'best'],
      source: { entity: 'lab', project: 'flowers', collection: 'petals', version: 'v1' },
    });
    expect(readdirSync(join(directory, 'lab/flowers/artifacts/dataset/petals'))).toEqual([
      'collection.json',
      'v1',
    ]);
  });

  test('is what was written, too', async () => {
    const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey });
    await server.seed({ 'lab/later/r': {} });
    await fs.promises.writeFile('lab/later/r/late.txt', 'late');
    const { directory } = await fs.wandb.record('lab/later/r', join(await makeDirectory(), 'world'));
    await fs.wandb.close();
    expect(readFileSync(join(directory, 'lab/later/runs/r/files/late.txt'), 'utf8')).toBe('late');
  });

  test('is named as the tree shows it that is asked, however much that shows', async () => {
    const { url: baseUrl, apiKey } = server;
    const options = { baseUrl, apiKey, mountPoint: '/w', root: 'hub/shelf/dataset' };
    const fs = createWandbArtifactFs(options);
    const limits = { maxFileBytes: 100 };
    const { leftOut, versions } = await fs.wandb.record(
      '/w/chosen/best',
      join(await makeDirectory(), 'world'),
      limits,
    );
    expect(versions).toBe(2);
    expect(leftOut).toEqual([{ path: '/lab/flowers/dataset/petals/v1/model.bin', size: 3000 }]);
    await fs.wandb.close();
    const run = createWandbFs({ baseUrl, apiKey, mountPoint: '/w', root: 'lab/flowers' });
    const inRoot = await run.wandb.record('/w/r1', join(await makeDirectory(), 'world'), limits);
    expect(inRoot.leftOut).toEqual([{ path: '/w/r1/model/last.bin', size: 3000 }]);
    await run.wandb.close();
  });

  test('costs two requests a run, and a few for what runs have in common', async () => {
    const runs = Array.from({ length: 10 }, (_, index) => [`lab/many/r${index}`, { 'a.txt': `${index}` }]);
    await server.seed(Object.fromEntries(runs));
    await server.requests({ clear: true });
    await record(['lab/many', 'lab/many/r1']);
    const asked = (await server.requests()).map(({ operation }) => operation);
    const times = (name: string) => asked.filter((each) => each === name).length;
    expect(['EntityInfo', 'ProjectInfo', 'ListRuns', 'RunInfo', 'FileAddresses'].map(times)).toEqual([
      1, 1, 1, 10, 10,
    ]);
    // Ten runs are looked up together.
    expect(times('LookUp') + times('LookUpRuns')).toBeLessThanOrEqual(6);
  });

  test('may be a registry, under the name that its organisation has', async () => {
    const organizations = [{ name: 'Acme, Inc.', entity: 'acme-org', teams: ['lab'] }];
    const company = await startFakeWandb({ organizations });
    await company.seedArtifacts({
      'lab/p/model/m': { versions: [{ files: { 'a.txt': 'a' } }] },
      'acme-org/wandb-registry-model/model/best': { links: [{ to: 'lab/p/m:v0', aliases: ['production'] }] },
    });
    const { artifacts, runs } = mountBoth(company);
    const world = join(await makeDirectory(), 'world');
    await artifacts.wandb.record('Acme, Inc./wandb-registry-model', world);
    await Promise.all([artifacts, runs].map((fs) => fs.wandb.close()));
    await company.close();
    await replayed(world, async (replay) => {
      const { artifacts: fs } = mountBoth(replay);
      const file = 'Acme, Inc./wandb-registry-model/model/best/production/a.txt';
      expect(await fs.promises.readFile(file, 'utf8')).toBe('a');
      await fs.wandb.close();
    });
  });

  test.each([
    ['lab/flowers/r1/config.yaml', 'EINVAL'],
    ['/', 'EINVAL'],
    ['lab/flowers/nope', 'ENOENT'],
    ['wandbas://lab/flowers/dataset/nope', 'ENOENT'],
    ['wandbas://lab/flowers/dataset/petals/v0/iris.csv', 'EINVAL'],
  ])('is no %s: %s, and nothing is made', async (path, code) => {
    const parent = await makeDirectory();
    await expect(record([path], {}, join(parent, 'world'))).rejects.toMatchObject({ code });
    expect(readdirSync(parent)).toEqual([]);
  });

  test('is refused for options that nobody knows', async () => {
    const wrong = { maxFileSize: 1 } as RecordOptions;
    await expect(record(['lab'], wrong)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
    await expect(record([])).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  });
});

describe('the directory', () => {
  test('of another world is replaced as a whole, if that is asked for', async () => {
    const { directory } = await record(['lab/flowers']);
    await expect(record(['lab/empty'], {}, directory)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(readdirSync(join(directory, 'lab')).sort()).toEqual(['entity.json', 'flowers']);
    await record(['lab/empty'], { replace: true }, directory);
    expect(readdirSync(join(directory, 'lab')).sort()).toEqual(['empty', 'entity.json']);
    expect(readdirSync(join(directory, '..'))).toEqual(['world']);
  });

  test('of anything else is left alone, but for an empty one', async () => {
    const directory = join(await makeDirectory(), 'mine');
    mkdirSync(directory);
    writeFileSync(join(directory, 'precious.txt'), 'mine');
    await expect(record(['lab/empty'], { replace: true }, directory)).rejects.toMatchObject({
      code: 'ENOTEMPTY',
    });
    expect(readdirSync(directory)).toEqual(['precious.txt']);
    const empty = await makeDirectory();
    await record(['lab/empty'], {}, empty);
    expect(existsSync(join(empty, 'wandb-world.json'))).toBe(true);
  });

  test('keeps the old world, and nothing besides, where a download fails', async () => {
    const { directory } = await record(['lab/empty']);
    await server.faults([{ match: { side: 'storage' }, status: 404, times: 100 }]);
    const failed = record(['lab/flowers'], { replace: true }, directory);
    await expect(failed).rejects.toThrow();
    await server.faults([]);
    expect(readdirSync(join(directory, 'lab')).sort()).toEqual(['empty', 'entity.json']);
    expect(readdirSync(join(directory, '..'))).toEqual(['world']);
  });

  test('appears not at all where the recording is given up', async () => {
    const parent = await makeDirectory();
    const signal = AbortSignal.abort();
    const aborted = record(['lab'], { signal }, join(parent, 'world'));
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
    expect(readdirSync(parent)).toEqual([]);
  });
});

/** The last one, for it changes the server. */
test('a recorded world takes commits as the server does: digests, numbers, aliases, and what needs no upload', async () => {
  const { directory } = everything;
  const commits = async (wandb: FakeWandb) => {
    const { artifacts: fs, runs } = mountBoth(wandb);
    const collection = 'lab/flowers/dataset/petals';
    await fs.promises.cp(`${collection}/v1`, `${collection}/same`, { recursive: true });
    const same = await fs.wandb.commit(`${collection}/same`);
    await fs.promises.cp(`${collection}/v0`, `${collection}/next`, { recursive: true });
    await fs.promises.writeFile(`${collection}/next/new.txt`, 'new');
    await fs.promises.writeFile(`${collection}/next/known.txt`, 'B');
    await wandb.requests({ clear: true });
    const next = await fs.wandb.commit(`${collection}/next`, { aliases: ['fresh'] });
    const puts = (await wandb.requests()).filter(({ method }) => method === 'PUT').length;
    await Promise.all([fs, runs].map(({ wandb: control }) => control.close()));
    return { same: { ...same, id: null }, next: { ...next, id: null }, puts };
  };
  const replay = await replayed(directory, commits);
  expect(replay).toMatchObject({ same: { version: 'v1', deduplicated: true }, next: { version: 'v2' } });
  expect(replay).toEqual(await commits(server));
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWandbArtifactFs, createWandbFs, type RecordOptions } from 'wandb-fs';
import { startFakeWandb } from 'wandb-fs/testing';
import { makeDirectory } from '../../helpers/directories.js';
import { STANDARD, useServer } from '../../helpers/server.js';
import { mountBoth } from './portrait.js';
import { FEATURES, recorderOf, replayed, seedRichWorld, sheet } from './rich-world.js';

const server = useServer({ ...STANDARD, ...FEATURES });
beforeAll(() => seedRichWorld(server));

const record = recorderOf(server);

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

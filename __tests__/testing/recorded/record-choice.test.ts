import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordOptions, WandbFs } from 'wandb-fs';
import { makeDirectory } from '../../helpers/directories.js';
import { STANDARD, useServer } from '../../helpers/server.js';
import { mountBoth } from './portrait.js';

const server = useServer({
  ...STANDARD,
  viewer: { username: 'ada-l', name: 'Ada Lovelace', email: 'ada@example.com' },
});
/** As the SDK writes the manifest where nobody told it how large a file is. */
const untold = (content: Uint8Array) => ({
  ...{ version: 1, storagePolicy: 'wandb-storage-policy-v1', storagePolicyConfig: { storageLayout: 'V2' } },
  contents: { 'data.bin': { digest: createHash('md5').update(content).digest('base64'), size: 0 } },
});
const DATA = Buffer.alloc(3000, 1);

let fs: ReturnType<typeof mountBoth>;
beforeAll(async () => {
  await server.seed({ 'lab/p/r': { 'config.yaml': 'lr: 1', 'model/last.bin': 'last', 'logs/a.txt': 'a' } });
  await server.seedArtifacts({
    'lab/p/dataset/d': { versions: [{ files: { 'a.txt': 'a' } }, { files: { 'b.txt': 'b' } }] },
    'lab/p/dataset/untold': {
      versions: [{ files: { 'data.bin': DATA }, manifest: untold(DATA) }],
    },
  });
  fs = mountBoth(server);
});
afterAll(() => Promise.all([fs.runs, fs.artifacts].map(({ wandb }) => wandb.close())));

const record = async (from: WandbFs, path: string, options?: RecordOptions) =>
  from.wandb.record(path, join(await makeDirectory(), 'world'), options);

test('who made a project, run or version is nowhere in a world', async () => {
  const { user } = (await fs.runs.wandb.info('lab/p/r')) as { user?: unknown };
  expect(user).toMatchObject({ username: 'ada-l', name: 'Ada Lovelace' });
  for (const { directory } of [await record(fs.runs, 'lab'), await record(fs.artifacts, 'lab')]) {
    const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    const jsons = names.filter((name) => name.endsWith('.json'));
    expect(jsons.length).toBeGreaterThan(3);
    for (const name of jsons) expect(readFileSync(join(directory, name), 'utf8')).not.toMatch(/ada/i);
  }
});

test('drafts are only here, and no part of it', async () => {
  await fs.artifacts.promises.mkdir('lab/p/dataset/d/draft');
  await fs.artifacts.promises.writeFile('lab/p/dataset/d/draft/new.txt', 'new');
  const { directory, versions } = await record(fs.artifacts, 'lab/p/dataset/d');
  expect(versions).toBe(2);
  const place = join(directory, 'lab/p/artifacts/dataset/d');
  expect(readdirSync(place).sort()).toEqual(['collection.json', 'v0', 'v1']);
  await expect(record(fs.artifacts, 'lab/p/dataset/d/draft')).rejects.toMatchObject({
    ...{ code: 'EINVAL', message: expect.stringContaining('It is no version, but a draft') },
  });
});

test('`include` chooses files by path, or by name at any depth; the others are named', async () => {
  const { directory, leftOut } = await record(fs.runs, 'lab/p/r', { include: ['model/**', '*.txt'] });
  expect(leftOut).toEqual([{ path: '/lab/p/r/config.yaml', size: 5 }]);
  const files = join(directory, 'lab/p/runs/r/files');
  expect(readdirSync(files).sort()).toEqual(['logs', 'model']);
  expect(existsSync(join(files, 'logs/a.txt'))).toBe(true);
});

test('a size that the manifest does not tell counts as what it is', async () => {
  const path = 'lab/p/dataset/untold';
  const file = { path: '/lab/p/dataset/untold/v0/data.bin', size: 3000 };
  expect((await fs.artifacts.wandb.info(file.path)) as { size?: unknown }).toMatchObject({ size: null });
  for (const limits of [{ maxFileBytes: 2999 }, { maxBytes: 2999 }])
    expect(await record(fs.artifacts, path, limits)).toMatchObject({ files: 0, bytes: 0, leftOut: [file] });
  const all = await record(fs.artifacts, path, { maxFileBytes: 3000, maxBytes: 3000 });
  expect(all).toMatchObject({ files: 1, bytes: 3000, leftOut: [] });
});

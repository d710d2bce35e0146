import nodeFs from 'node:fs';
import { join } from 'node:path';
import fastGlob from 'fast-glob';
import { glob, globSync } from 'glob';
import { packageRoot, runWell } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { mount } from '../semantics/helpers/mounts.js';
import { costOf, measure, NOTHING, requestsOf } from '../semantics/helpers/requests.js';
import { type Call, callsOutside, recording, replay } from './helpers/outside.js';
import { makeTwins, makeVersionTwins, rebased } from './helpers/twins.js';

type NodeFs = typeof nodeFs;

const FILES = {
  '.gitignore': 'ignored\n*.tmp\n',
  '.hidden/secret.txt': '',
  'config.yaml': '',
  'ignored/a.txt': '',
  'media/images/1.png': '',
  'media/images/2.png': '',
  'media/tables/1.json': '',
  'media/[odd] (name).txt': '',
  'notes.tmp': '',
  'ünï/😀.txt': '',
};

const PATTERNS = [
  '**/*',
  '**/*.png',
  'media/*/1.*',
  '{config,missing}.*',
  '**/*.txt',
  'media/\\[odd\\]*',
  'a/b/*',
];

type Find = (fs: NodeFs, cwd: string, pattern: string) => Promise<unknown>;

const GLOBBERS: readonly (readonly [string, Find])[] = [
  ['fast-glob', (fs, cwd, pattern) => fastGlob(pattern, { fs, cwd, dot: true })],
  ['fast-glob, sync', async (fs, cwd, pattern) => fastGlob.sync(pattern, { fs, cwd, dot: true })],
  [
    'fast-glob, as a stream with stats',
    async (fs, cwd, pattern) => {
      const found: unknown[] = [];
      for await (const entry of fastGlob.stream(pattern, { fs, cwd, stats: true, onlyFiles: false })) {
        const { path, stats } = entry as unknown as fastGlob.Entry;
        found.push([path, stats?.isFile(), stats?.isFile() ? stats.size : null]);
      }
      return found.sort();
    },
  ],
  ['glob', (fs, cwd, pattern) => glob(pattern, { fs, cwd, dot: true, absolute: true })],
  ['glob, sync', async (fs, cwd, pattern) => globSync(pattern, { fs, cwd, realpath: true, mark: true })],
  [
    'glob, with file types',
    async (fs, cwd, pattern) => {
      const found = await glob(pattern, { fs, cwd, withFileTypes: true, stat: true });
      return found.map((path) => [path.fullpath(), path.isDirectory(), path.isFile() && path.size]);
    },
  ],
];

async function findAll(find: Find, fs: NodeFs, cwd: string): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const pattern of PATTERNS) {
    const answer = await find(fs, cwd, pattern);
    found[pattern] = Array.isArray(answer) ? [...answer].sort() : answer;
  }
  return rebased(found, cwd);
}

const server = useServer(STANDARD);
beforeAll(async () => {
  await server.seed({ 'lab/project/first': {} });
});

describe.each(GLOBBERS)('%s', (_, find) => {
  test('finds in a run what it finds on the disk, for one request', async () => {
    const { mountPoint, disk, mountCold } = await makeTwins(server, FILES);
    const fs = mountCold();
    let found = {};
    const cost = await measure(server, async () => {
      found = await findAll(find, fs, mountPoint);
    });
    const expected = await findAll(find, nodeFs, disk);
    expect(found).toEqual(expected);
    expect(expected['**/*.png']).toHaveLength(2);
    // All names of a run come at once; stats and directories with them.
    expect(cost).toEqual({ ...NOTHING, graphql: 1 });
  });
});

test('fast-glob finds files of all runs of a project for its list of runs and one listing each', async () => {
  await server.seed({
    'sweep/project/a': { 'model.bin': '', 'logs/1.txt': '' },
    'sweep/project/b': { 'model.bin': '' },
    'sweep/project/c': {},
  });
  const fs = mount(server, { mountPoint: '/wandb' });
  const requests = await requestsOf(server, async () => {
    const found = await fastGlob('/wandb/sweep/project/*/model.bin', { fs });
    expect(found.sort()).toEqual(['/wandb/sweep/project/a/model.bin', '/wandb/sweep/project/b/model.bin']);
  });
  expect(costOf(requests)).toMatchObject({ gets: 0, puts: 0, others: 0 });
  expect(costOf(requests).graphql).toBeLessThanOrEqual(2 + 3);
});

test.each([
  ['fast-glob', (fs: NodeFs, pattern: string) => fastGlob(pattern, { fs })],
  ['glob', (fs: NodeFs, pattern: string) => glob(pattern, { fs })],
])('%s goes through the aliases of an artifact as through symbolic links', async (_, find) => {
  const { mountPoint, disk, mountCold } = await makeVersionTwins(server, FILES);
  const fs = mountCold();
  for (const pattern of ['latest/**/*.png', '*/config.yaml', 'v0/**']) {
    const found = await find(fs, join(mountPoint, pattern));
    const expected = await find(nodeFs, join(disk, pattern));
    expect(rebased(found.sort(), mountPoint)).toEqual(rebased(expected.sort(), disk));
  }
});

test('what glob and fast-glob ask for outside the mount costs no request', async () => {
  const { mountPoint, mountCold } = await makeTwins(server, FILES);
  const calls: Call[] = [];
  const recorded = recording(mountCold(), calls);
  for (const find of [
    () => glob('../*/media/**', { fs: recorded, cwd: mountPoint }),
    () => fastGlob('../*/media/**', { fs: recorded, cwd: mountPoint }),
    async () => globSync('/*/*.yaml', { fs: recorded, cwd: mountPoint }),
  ])
    expect(await find()).toEqual([]);
  const outside = callsOutside(calls, mountPoint);
  expect(outside.length).toBeGreaterThanOrEqual(3);
  const cold = mountCold();
  expect(await requestsOf(server, () => replay(cold, outside))).toEqual([]);
});

describe('globby, which is an ES module alone', () => {
  const find = async (directory: string, connection: Readonly<Record<string, string>>, script: string) => {
    const source = `
      import nodeFs from 'node:fs';
      import { globby, globbySync, isGitIgnored } from 'globby';
      import { createWandbFs } from 'wandb-fs';
      const cwd = ${JSON.stringify(directory)};
      const options = ${JSON.stringify(connection)};
      const isRun = Object.keys(options).length > 0;
      const fs = isRun ? createWandbFs({ ...options, mountPoint: cwd }) : nodeFs;
      const found = ${script};
      process.stdout.write(JSON.stringify(found));
      await fs.wandb?.close();`;
    const args = ['--input-type=module', '--eval', source];
    return rebased(JSON.parse(await runWell(process.execPath, args, { cwd: packageRoot })), directory);
  };

  test('finds in a run what it finds on the disk, and asks W&B for nothing outside the mount', async () => {
    const { run, mountPoint, disk } = await makeTwins(server, FILES);
    const script = `{
      all: (await globby('**', { fs, cwd, dot: true })).sort(),
      sync: globbySync('**/*.{png,txt}', { fs, cwd }).sort(),
      expanded: (await globby('media', { fs, cwd, expandDirectories: { extensions: ['png'] } })).sort(),
      ignoring: (await globby('**/*', { fs, cwd, gitignore: true })).sort(),
      ignoringSync: globbySync('**/*', { fs, cwd, gitignore: true }).sort(),
      isIgnored: (await isGitIgnored({ fs, cwd }))('notes.tmp'),
    }`;
    let found: unknown;
    const requests = await requestsOf(server, async () => {
      found = await find(mountPoint, { baseUrl: server.url, apiKey: server.apiKey, root: run }, script);
    });
    const expected = await find(disk, {}, script);
    expect(found).toEqual(expected);
    expect(expected).toMatchObject({ ignoring: expect.not.arrayContaining(['ignored/a.txt']) });
    // One listing, and .gitignore; no more for the .git directories that it looks for up to the root of the disk.
    expect(costOf(requests)).toEqual({ ...NOTHING, graphql: 2, gets: 1 });
  });
});

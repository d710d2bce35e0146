import nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWandbArtifactFs, type MountedFs, mountAll } from 'wandb-fs';
import { expectEqual } from '../helpers/equal.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { mount } from './helpers/mounts.js';
import { costOf, measure, requestsOf } from './helpers/requests.js';

const COUNT = 400;
const DIRECTORIES = 20;
const SIZE = 2000;
const contentOf = (index: number): string => `content of ${index} `.padEnd(SIZE, '.');
const FILES = Object.fromEntries(
  Array.from({ length: COUNT }, (_, index) => [`d${index % DIRECTORIES}/f${index}.txt`, contentOf(index)]),
);

const server = useServer({ ...STANDARD, latencyMs: 5 });
let directory: string;
let fs: MountedFs;

beforeAll(async () => {
  await server.seed({ 'team/copies/run': FILES });
  const artifacts = createWandbArtifactFs({ baseUrl: server.url, apiKey: server.apiKey });
  const draft = '/team/copies/dataset/set/next';
  await artifacts.promises.mkdir(draft, { recursive: true });
  for (const [name, content] of Object.entries(FILES)) {
    await artifacts.promises.mkdir(join(draft, name, '..'), { recursive: true });
    await artifacts.promises.writeFile(join(draft, name), content);
  }
  await artifacts.wandb.commit(draft);
  await artifacts.wandb.close();
});
beforeEach(() => {
  directory = nodeFs.mkdtempSync(join(tmpdir(), 'wandb-fs-copies-'));
  const artifacts = createWandbArtifactFs({ baseUrl: server.url, apiKey: server.apiKey });
  fs = mountAll({ '/runs': mount(server), '/artifacts': artifacts }, nodeFs);
});
afterEach(async () => {
  await server.faults([]);
  await fs.wandb.close();
  nodeFs.rmSync(directory, { recursive: true });
});

const SOURCES = [
  ['a run', '/runs/team/copies/run'],
  ['a version', '/artifacts/team/copies/dataset/set/v0'],
] as const;

const STYLES = [
  ['cp', (from: string, to: string) => fs.promises.cp(from, to, { recursive: true })],
  ['cpSync', async (from: string, to: string) => fs.cpSync(from, to, { recursive: true })],
] as const;

describe.each(SOURCES)('%s of 400 files', (_source, from) => {
  test.each(STYLES)(
    'is copied to the disk by %s with many files at once, and few queries',
    async (_, copy) => {
      const to = join(directory, 'copy');
      const requests = await requestsOf(server, () => copy(from, to));
      for (const [name, content] of Object.entries(FILES))
        expectEqual(nodeFs.readFileSync(join(to, name), 'utf8'), content);
      const { graphql, ...rest } = costOf(requests);
      // The listing, that of a version by its manifest, and the addresses of up to 512 files at once.
      expect(graphql).toBeLessThanOrEqual(6);
      expect(rest.gets - COUNT).toBeLessThanOrEqual(1);
      const atOnce = requests.filter(({ side }) => side === 'storage').map(({ inFlight }) => inFlight);
      expect(Math.max(...atOnce)).toBeGreaterThanOrEqual(24);
    },
  );
});

test('a run is copied into another one with many files at once', async () => {
  await fs.promises.mkdir('/runs/team/copies/other');
  const requests = await requestsOf(server, async () => {
    await fs.promises.cp('/runs/team/copies/run', '/runs/team/copies/other/all', { recursive: true });
  });
  expect(requests.filter(({ side, method }) => side === 'storage' && method === 'GET')).toHaveLength(COUNT);
  expect(costOf(requests).graphql).toBeLessThanOrEqual(14);
  const atOnce = requests.filter(({ side }) => side === 'storage').map(({ inFlight }) => inFlight);
  expect(Math.max(...atOnce)).toBeGreaterThanOrEqual(24);
});

test('a directory of the disk is copied into a run without a query for each file', async () => {
  const from = join(directory, 'from');
  nodeFs.mkdirSync(from);
  for (let index = 0; index < COUNT; index++) nodeFs.writeFileSync(join(from, `f${index}`), contentOf(index));
  await fs.promises.mkdir('/runs/team/copies/uploaded');
  const requests = await requestsOf(server, async () => {
    await fs.promises.cp(from, '/runs/team/copies/uploaded/all', { recursive: true });
    await fs.wandb.flush();
  });
  expect(requests.filter(({ method }) => method === 'PUT')).toHaveLength(COUNT);
  expect(costOf(requests).graphql).toBeLessThanOrEqual(12);
});

test('the filter is asked in the order of the walk, and what it leaves out isn’t fetched', async () => {
  const asked: string[] = [];
  const filter = (from: string): boolean => {
    asked.push(from);
    return !from.endsWith('.txt') || from.endsWith('/f7.txt');
  };
  const cost = await measure(server, () =>
    fs.promises.cp('/runs/team/copies/run', join(directory, 'copy'), { recursive: true, filter }),
  );
  const all = fs.readdirSync('/runs/team/copies/run', { recursive: true, withFileTypes: true });
  expect([...asked].sort()).toEqual(
    ['/runs/team/copies/run', ...all.map(({ parentPath, name }) => `${parentPath}/${name}`)].sort(),
  );
  expect(asked.slice(0, 4).map((path) => path.slice('/runs/team/copies/run'.length))).toEqual([
    '',
    '/d0',
    '/d0/f0.txt',
    '/d0/f100.txt',
  ]);
  // Of each of the directories a few may be fetched before the filter has spoken.
  expect(cost.gets).toBeLessThanOrEqual(DIRECTORIES * 4);
});

test('what isn’t to be overwritten isn’t fetched', async () => {
  const to = join(directory, 'copy');
  nodeFs.mkdirSync(join(to, 'd0'), { recursive: true });
  for (const name of Object.keys(FILES)) {
    nodeFs.mkdirSync(join(to, name, '..'), { recursive: true });
    nodeFs.writeFileSync(join(to, name), 'mine');
  }
  const cost = await measure(server, () =>
    fs.promises.cp('/runs/team/copies/run', to, { recursive: true, force: false }),
  );
  expect(cost.gets).toBeLessThanOrEqual(DIRECTORIES * 4);
  expect(nodeFs.readFileSync(join(to, 'd0/f0.txt'), 'utf8')).toBe('mine');
});

test('after a file that can’t be copied nothing is, and what was asked for ahead is given up', async () => {
  const to = join(directory, 'copy');
  nodeFs.mkdirSync(join(to, 'd1/f1.txt'), { recursive: true });
  const requests = await requestsOf(server, async () => {
    await expect(fs.promises.cp('/runs/team/copies/run', to, { recursive: true })).rejects.toMatchObject({
      code: 'ERR_FS_CP_NON_DIR_TO_DIR',
    });
  });
  expect(nodeFs.readdirSync(to).sort()).toEqual(['d0', 'd1']);
  expect(requests.filter(({ side }) => side === 'storage').length).toBeLessThanOrEqual(
    COUNT / DIRECTORIES + 256,
  );
  expect(await fs.promises.readFile('/runs/team/copies/run/d19/f39.txt', 'utf8')).toBe(contentOf(39));
});

test('a disk that is full in the middle ends the copy at the file that it has no room for', async () => {
  let written = 0;
  const write = (...args: unknown[]): void => {
    const done = args.at(-1) as (error: Error) => void;
    if (++written > 50) done(Object.assign(new Error('no space left'), { code: 'ENOSPC', errno: -28 }));
    else Reflect.apply(nodeFs.write, nodeFs, args);
  };
  const base = { ...nodeFs, write } as typeof nodeFs;
  const full = mountAll({ '/runs': mount(server) }, base);
  const to = join(directory, 'copy');
  await expect(full.promises.cp('/runs/team/copies/run', to, { recursive: true })).rejects.toMatchObject({
    code: 'ENOSPC',
    syscall: 'copyfile',
  });
  const copied = nodeFs
    .readdirSync(to, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile());
  expect(copied).toHaveLength(50);
});

test('the first of several files that can’t be read is the one that is told, by its own reason', async () => {
  const match = { side: 'storage', method: 'GET' } as const;
  await server.faults([{ match, skip: 100, times: Number.POSITIVE_INFINITY, isCorrupted: true }]);
  const to = join(directory, 'copy');
  const failure: NodeJS.ErrnoException = await fs.promises
    .cp('/runs/team/copies/run', to, { recursive: true })
    .then(
      () => Promise.reject(new Error('it was copied')),
      (error) => error,
    );
  expect(failure).toMatchObject({ code: 'EIO', syscall: 'copyfile' });
  const copied = nodeFs
    .readdirSync(to, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile());
  const order = fs
    .readdirSync('/runs/team/copies/run')
    .flatMap((name) => fs.readdirSync(`/runs/team/copies/run/${name}`).map((file) => `${name}/${file}`));
  const failed = order.indexOf(String(failure.path).slice('/runs/team/copies/run/'.length));
  const before = order.slice(0, failed).map((name) => join(to, name));
  const names = copied.map(({ parentPath, name }) => join(parentPath, name));
  expect(names).toEqual(expect.arrayContaining(before));
  // Of those that were copied beside it, some may be behind it.
  expect(copied.length).toBeLessThan(failed + 8);
  expect(failed).toBeGreaterThan(0);
});

test('of large files a part of the cache is read ahead, and nothing twice', async () => {
  const MIB = 1024 * 1024;
  const files = Array.from({ length: 12 }, (_, index) => [`f${index}`, Buffer.alloc(3 * MIB, `${index}.`)]);
  await server.seed({ 'team/large/run': Object.fromEntries(files) });
  const tree = mount(server, { cacheBytes: 16 * MIB });
  const whole = mountAll({ '/runs': tree }, nodeFs);
  await whole.promises.cp('/runs/team/large/run', join(directory, 'large'), { recursive: true });
  expect(tree.wandb.counters()).toMatchObject({ downloadedBytes: 12 * 3 * MIB });
  expect(tree.wandb.counters().pageBytes).toBeLessThanOrEqual(16 * MIB);
  for (const [name, content] of files) {
    expect(nodeFs.readFileSync(join(directory, 'large', String(name))).equals(content as Buffer)).toBe(true);
  }
});

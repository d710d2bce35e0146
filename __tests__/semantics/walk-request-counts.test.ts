import nodeFs from 'node:fs';
import { mountAll, type WandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { mount } from './helpers/mounts.js';
import { countOf, requestsOf } from './helpers/requests.js';

const RUNS = 200;
const FILES = 50;
const DIRECTORIES = 5;
const MOST_REQUESTS = 25;
const ALL = RUNS * (1 + DIRECTORIES + FILES);

const server = useServer(STANDARD);
let fs: WandbFs;

beforeAll(async () => {
  const files = Object.fromEntries(
    Array.from({ length: FILES }, (_, index) => [`d${index % DIRECTORIES}/f${index}.txt`, 'x']),
  );
  const names = Array.from({ length: RUNS }, (_, index) => `team/sweep/r${index}`);
  await server.seed(Object.fromEntries(names.map((name) => [name, files])));
});
beforeEach(() => {
  fs = mount(server);
});
afterEach(() => server.faults([]));

async function counted(entries: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of entries) count++;
  return count;
}

const WALKS: readonly (readonly [string, () => Promise<number>, number])[] = [
  ['readdir', async () => (await fs.promises.readdir('team/sweep', { recursive: true })).length, ALL],
  ['readdirSync', async () => fs.readdirSync('team/sweep', { recursive: true }).length, ALL],
  ['opendir', async () => counted(await fs.promises.opendir('team/sweep', { recursive: true })), ALL],
  ['globSync', async () => fs.globSync('team/sweep/**/*.txt').length, RUNS * FILES],
  ['promises.glob', () => counted(fs.promises.glob('team/sweep/**/*.txt')), RUNS * FILES],
  ['globSync of a name', async () => fs.globSync('team/sweep/*/d1/f1.txt').length, RUNS],
  ['globSync of a directory', async () => fs.globSync('team/sweep/*/d1/*').length, RUNS * 10],
  [
    'stat of a file of each run',
    async () => {
      const runs = await fs.promises.readdir('team/sweep');
      const stats = await Promise.all(runs.map((run) => fs.promises.stat(`team/sweep/${run}/d1/f1.txt`)));
      return stats.filter((each) => each.isFile()).length;
    },
    RUNS,
  ],
  [
    'readdir through mountAll',
    async () => {
      const whole = mountAll({ '/wandb': fs }, nodeFs);
      return (await whole.promises.readdir('/wandb/team/sweep', { recursive: true })).length;
    },
    ALL,
  ],
  [
    'glob through mountAll',
    async () => mountAll({ '/wandb': fs }, nodeFs).globSync('/wandb/team/sweep/**/*.txt').length,
    RUNS * FILES,
  ],
];

test.each(WALKS)(
  'a walk through 200 runs of 50 files by %s takes 25 requests at most',
  async (_, walk, found) => {
    const requests = await requestsOf(server, async () => expect(await walk()).toBe(found));
    expect(requests.length).toBeLessThanOrEqual(MOST_REQUESTS);
    expect(requests.every(({ status }) => status === 200)).toBe(true);
  },
);

const LOOKS: readonly (readonly [string, () => Promise<unknown>, string])[] = [
  ['readdir of an entity', () => fs.promises.readdir('team'), 'ListProjects'],
  ['readdir of a project', () => fs.promises.readdir('team/sweep'), 'FindProjectAndRuns'],
  [
    'opendir of a project',
    async () => counted(await fs.promises.opendir('team/sweep')),
    'FindProjectAndRuns',
  ],
  ['glob in a project', () => counted(fs.promises.glob('team/sweep/*')), 'FindProjectAndRuns'],
];

test.each(LOOKS)(
  '%s takes one request: what is in it comes with the look at it',
  async (_, list, operation) => {
    const requests = await requestsOf(server, list);
    expect(requests.map((request) => request.operation)).toEqual([operation]);
  },
);

test('a project of more runs than a page is listed from where the look at it has ended', async () => {
  const names = Array.from({ length: 1200 }, (_, index) => `r${index}`);
  await server.seed(Object.fromEntries(names.map((name) => [`team/crowded/${name}`, {}])));
  const requests = await requestsOf(server, async () => {
    expect((await fs.promises.readdir('team/crowded')).sort()).toEqual(names.sort());
  });
  expect(requests.map(({ operation }) => operation)).toEqual(['FindProjectAndRuns', 'ListRuns']);
});

test('a look at a project alone brings no runs', async () => {
  const requests = await requestsOf(server, () => fs.promises.stat('team/sweep'));
  expect(requests.map(({ operation }) => operation)).toEqual(['FindProject']);
});

test('two walks at once take no more than two by themselves, and tell the same', async () => {
  const other = mount(server);
  const list = (each: WandbFs) => each.promises.readdir('team/sweep', { recursive: true });
  const requests = await requestsOf(server, async () => {
    const [one, two, three] = await Promise.all([list(fs), list(fs), list(other)]);
    expect(one).toEqual(two);
    expect(one).toEqual(three);
    expect(one).toHaveLength(ALL);
  });
  expect(requests.length).toBeLessThanOrEqual(2 * MOST_REQUESTS);
});

test('who takes a few entries of a walk asks for a few runs', async () => {
  const requests = await requestsOf(server, async () => {
    let taken = 0;
    for await (const _ of await fs.promises.opendir('team/sweep', { recursive: true }))
      if (++taken > 3) break;
    for await (const _ of fs.promises.glob('team/sweep/**/*.txt')) break;
  });
  expect(requests.length).toBeLessThanOrEqual(6);
});

test.each([
  ['refuses', { status: 400, body: '{"errors":[{"message":"too many aliases"}]}' }],
  ['has no answer to', { graphqlError: 'query is too complex' }],
])('a server that %s several runs in one document is asked for them once', async (_, refusal) => {
  const match = { side: 'api', operation: 'LookUpRuns' } as const;
  await server.faults([{ match, times: Number.POSITIVE_INFINITY, ...refusal }]);
  const requests = await requestsOf(server, async () => {
    expect(fs.readdirSync('team/sweep', { recursive: true })).toHaveLength(ALL);
    expect(await fs.promises.readdir('team/sweep', { recursive: true })).toHaveLength(ALL);
  });
  expect(requests.filter(({ operation }) => operation === 'LookUpRuns')).toHaveLength(1);
  expect(countOf(requests, 'project')).toBe(RUNS + 2);
});

test('a run that is deleted while it is walked ends the walk as it would without asking ahead', async () => {
  await server.seed({
    'team/short/r1': { f: 'x' },
    'team/short/r2': { f: 'x' },
    'team/short/r3': { f: 'x' },
  });
  const deleting = mount(server, { allowDelete: ['run'] });
  const walk = await fs.promises.opendir('team/short', { recursive: true });
  expect((await walk.read())?.name).toBe('r1');
  await deleting.promises.rm('team/short/r3', { recursive: true });
  const names: string[] = [];
  await expect(
    (async () => {
      for await (const { name } of walk) names.push(name);
    })(),
  ).resolves.toBeUndefined();
  expect(names).toEqual(expect.arrayContaining(['r2', 'r3', 'f']));
});

test('a run of 10,000 files is listed in ten requests: the first page comes once', async () => {
  const files = Array.from({ length: 10_000 }, (_, index) => [`d${index % 70}/f${index}`, 'x']);
  await server.seed({ 'team/large/run': Object.fromEntries(files) });
  const requests = await requestsOf(server, async () => {
    expect(await fs.promises.readdir('team/large/run', { recursive: true })).toHaveLength(10_070);
  });
  expect(requests).toHaveLength(10);
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { posix } from 'node:path';
import { createWandbArtifactFs, type FindOptions, type RunInfo } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { mount } from './helpers/mounts.js';

const PROJECT = { entity: 'team', project: 'flowers' };

const server = useServer(STANDARD);

beforeAll(async () => {
  const runs = [
    { displayName: 'eager-fox', state: 'finished', tags: ['best', 'night'], lr: 0.1, layers: 2, loss: 0.5 },
    { displayName: 'eager-elk', state: 'crashed', tags: ['night'], lr: 0.1, layers: 4, loss: 2 },
    { displayName: 'lazy-dog', state: 'finished', tags: [], lr: 0.01, layers: 3, loss: 1 },
    { displayName: 'lazy-dog', state: 'running', tags: ['best'], lr: 0.001, layers: 1 },
  ];
  for (const [index, { lr, layers, loss, ...plain }] of runs.entries()) {
    await server.seed(
      { [`team/flowers/r${index}`]: { 'model.json': `{"run":${index}}` } },
      {
        ...plain,
        createdAt: Date.UTC(2026, 0, 1 + index),
        heartbeatAt: Date.UTC(2026, 0, 20 - index),
        config: { lr: { value: lr }, model: { value: { layers } } },
        summaryMetrics: loss === undefined ? {} : { loss },
      },
    );
  }
});

const namesOf = (runs: readonly RunInfo[]): string[] => runs.map(({ name }) => name);
const find = async (options: FindOptions): Promise<string[]> =>
  namesOf(
    await mount(server)
      .wandb.find({ ...PROJECT, ...options })
      .toArray(),
  );

test.each<[what: string, options: FindOptions, found: string[]]>([
  ['nothing: all runs, oldest first', {}, ['r0', 'r1', 'r2', 'r3']],
  ['a display name, which several runs may have', { displayName: 'lazy-dog' }, ['r2', 'r3']],
  ['an expression', { displayName: { $regex: '^eager-(fox|elk)$' } }, ['r0', 'r1']],
  ['an expression with flags, as RE2 writes them', { displayName: { $regex: '(?i)^EAGER' } }, ['r0', 'r1']],
  ['the id', { name: 'r2' }, ['r2']],
  ['a state', { state: 'finished' }, ['r0', 'r2']],
  ['one of several states', { state: ['crashed', 'running'] }, ['r1', 'r3']],
  ['a tag', { tags: 'night' }, ['r0', 'r1']],
  ['all of several tags', { tags: ['best', 'night'] }, ['r0']],
  ['one of several tags', { tags: { $in: ['best', 'night'] } }, ['r0', 'r1', 'r3']],
  ['a value of the config', { config: { lr: 0.1 } }, ['r0', 'r1']],
  ['a value deep in the config', { config: { model: { layers: { $gte: 3 } } } }, ['r1', 'r2']],
  ['the same by its path', { config: { 'model.layers': { $gte: 3 } } }, ['r1', 'r2']],
  ['a value of the summary', { summary: { loss: { $lt: 1 } } }, ['r0']],
  ['a value that is there', { summary: { loss: { $exists: false } } }, ['r3']],
  ['a time', { createdAt: { $gt: new Date('2026-01-02T00:00:00Z') } }, ['r2', 'r3']],
  ['who made it', { username: 'nobody' }, []],
  ['several things, which must all hold', { state: 'finished', config: { lr: 0.1 } }, ['r0']],
  [
    "W&B's own filters beside them",
    { state: 'finished', filters: { $or: [{ 'config.lr.value': 0.01 }, { tags: 'night' }] } },
    ['r0', 'r2'],
  ],
])('finds runs by %s', async (_what, options, found) => {
  expect(await find(options)).toEqual(found);
});

test.each<[order: FindOptions['order'], found: string[]]>([
  ['-createdAt', ['r3', 'r2', 'r1', 'r0']],
  ['heartbeatAt', ['r3', 'r2', 'r1', 'r0']],
  ['-summary.loss', ['r1', 'r2', 'r0', 'r3']],
  ['+config.model.layers', ['r3', 'r0', 'r2', 'r1']],
])('sorts them by %s', async (order, found) => {
  expect(await find({ order })).toEqual(found);
});

test('the path of a run leads to its files, also where a listing from before does not have it', async () => {
  const fs = mount(server);
  const { promises, wandb } = fs;
  await promises.readdir('team');
  await expect(promises.readdir('team/later')).rejects.toMatchObject({ code: 'ENOENT' });
  await server.seed({ 'team/later/new': { 'model.json': 'late' } }, { displayName: 'late' });
  const run = await wandb.find({ entity: 'team', project: 'later', displayName: 'late' }).first();
  expect(run).toMatchObject({ kind: 'run', displayName: 'late', path: '/team/later/new' });
  expect(fs.readFileSync(posix.join(run?.path ?? '', 'model.json'), 'utf8')).toBe('late');
});

test('`root` says where to look, and paths are those of the mount', async () => {
  const { wandb } = mount(server, { mountPoint: '/wandb', root: 'team/flowers' });
  expect(await wandb.find({ displayName: 'eager-fox' }).first()).toMatchObject({ path: '/wandb/r0' });
  expect(() => wandb.find({ project: 'others' })).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
  );
});

test('they are asked for page by page, as they are taken', async () => {
  const { wandb } = mount(server);
  const asked = async () =>
    (await server.requests({ clear: true })).filter(({ operation }) => operation === 'FindRuns').length;
  await asked();
  const found = wandb.find({ ...PROJECT, perPage: 2 });
  expect(await asked()).toBe(0);
  expect((await found.first())?.name).toBe('r0');
  expect(await asked()).toBe(1);
  for await (const { name } of found) if (name === 'r1') break;
  expect(await asked()).toBe(1);
  expect(namesOf(await found.toArray())).toEqual(['r0', 'r1', 'r2', 'r3']);
  expect(await asked()).toBe(2);
  expect(namesOf(await wandb.find({ ...PROJECT, perPage: 2, limit: 3 }).toArray())).toEqual([
    'r0',
    'r1',
    'r2',
  ]);
  expect(await wandb.find({ ...PROJECT, state: 'pending' }).first()).toBeNull();
});

test('a project that is not there is ENOENT', async () => {
  const { wandb } = mount(server);
  await expect(wandb.find({ entity: 'team', project: 'no' }).toArray()).rejects.toMatchObject({
    code: 'ENOENT',
    syscall: 'find',
    path: '/team/no',
  });
});

test('a signal ends the search with an AbortError', async () => {
  const { wandb } = mount(server);
  const controller = new AbortController();
  const found = wandb.find({ ...PROJECT, perPage: 1, signal: controller.signal });
  const taken: string[] = [];
  const all = (async () => {
    for await (const { name } of found) {
      taken.push(name);
      controller.abort();
    }
  })();
  await expect(all).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
  expect(taken).toEqual(['r0']);
});

// Each of these, sent as JSON, would be another filter, and most often one that finds everything.
test.each<[what: string, options: unknown, code: string]>([
  ['no options', undefined, 'ERR_INVALID_ARG_TYPE'],
  ['no project', { entity: 'team' }, 'ERR_INVALID_ARG_TYPE'],
  ['an option that there is not', { ...PROJECT, stat: 'finished' }, 'ERR_INVALID_ARG_VALUE'],
  ['a number for a name', { ...PROJECT, displayName: 7 }, 'ERR_INVALID_ARG_TYPE'],
  ['an expression of JavaScript', { ...PROJECT, displayName: /^eager/ }, 'ERR_INVALID_ARG_VALUE'],
  ['an operator that there is not', { ...PROJECT, state: { $is: 'finished' } }, 'ERR_INVALID_ARG_VALUE'],
  ['no operator', { ...PROJECT, state: {} }, 'ERR_INVALID_ARG_VALUE'],
  ['no tags', { ...PROJECT, tags: [] }, 'ERR_INVALID_ARG_VALUE'],
  ['what is no list', { ...PROJECT, tags: { $in: 'best' } }, 'ERR_INVALID_ARG_TYPE'],
  ['undefined in the config', { ...PROJECT, config: { lr: undefined } }, 'ERR_INVALID_ARG_TYPE'],
  ['NaN in the config', { ...PROJECT, config: { lr: Number.NaN } }, 'ERR_INVALID_ARG_VALUE'],
  ['a list in the config', { ...PROJECT, config: { lr: [0.1] } }, 'ERR_INVALID_ARG_VALUE'],
  ['a map for the config', { ...PROJECT, config: new Map([['lr', 0.1]]) }, 'ERR_INVALID_ARG_VALUE'],
  ['a map for the summary', { ...PROJECT, summary: new Map([['loss', 1]]) }, 'ERR_INVALID_ARG_VALUE'],
  ['an operator without a key', { ...PROJECT, config: { $gt: 1 } }, 'ERR_INVALID_ARG_VALUE'],
  ['operators among keys', { ...PROJECT, config: { lr: { $gt: 1, a: 1 } } }, 'ERR_INVALID_ARG_VALUE'],
  ['a time that is none', { ...PROJECT, createdAt: { $gt: 'yesterday' } }, 'ERR_INVALID_ARG_VALUE'],
  ['filters as text', { ...PROJECT, filters: '{}' }, 'ERR_INVALID_ARG_TYPE'],
  ['filters with a function', { ...PROJECT, filters: { state: () => 'x' } }, 'ERR_INVALID_ARG_TYPE'],
  ['filters with undefined', { ...PROJECT, filters: { $or: [undefined] } }, 'ERR_INVALID_ARG_TYPE'],
  ['an order that there is not', { ...PROJECT, order: 'loss' }, 'ERR_INVALID_ARG_VALUE'],
  ['an order without a key', { ...PROJECT, order: '-config.' }, 'ERR_INVALID_ARG_VALUE'],
  ['pages of nothing', { ...PROJECT, perPage: 0 }, 'ERR_OUT_OF_RANGE'],
  ['half a run', { ...PROJECT, limit: 0.5 }, 'ERR_OUT_OF_RANGE'],
  ['no signal', { ...PROJECT, signal: 'now' }, 'ERR_INVALID_ARG_TYPE'],
])('refuses %s at the call', (_what, options, code) => {
  const { wandb } = mount(server);
  expect(() => wandb.find(options as FindOptions)).toThrow(expect.objectContaining({ code }));
});

test('the tree of artifacts names the one that can', () => {
  const { wandb } = createWandbArtifactFs({ baseUrl: server.url, apiKey: server.apiKey });
  expect(() => wandb.find(PROJECT)).toThrow(
    expect.objectContaining({ code: 'ENOTSUP', message: expect.stringContaining('createWandbFs()') }),
  );
});

// Taken for the end, each of them would hide runs, or be asked for ever.
test.each<[what: string, runs: unknown]>([
  ['pages have no end', { edges: [], pageInfo: { hasNextPage: true, endCursor: 'same' } }],
  ['next page has no beginning', { edges: [], pageInfo: { hasNextPage: true, endCursor: null } }],
  ['answer has no runs', null],
])('a server whose %s is EPROTO', async (_what, runs) => {
  const facts = {
    id: 'x',
    name: 'flowers',
    createdAt: '2026-01-01T00:00:00',
    updatedAt: null,
    lastActive: null,
  };
  const project = { ...facts, entity: { ...facts, name: 'team' }, runs };
  const wrong = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: { project } }));
  });
  await new Promise<void>((resolve) => wrong.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = wrong.address() as AddressInfo;
    const { wandb } = mount({ apiKey: server.apiKey, url: `http://127.0.0.1:${port}` });
    await expect(wandb.find(PROJECT).toArray()).rejects.toMatchObject({ code: 'EPROTO', syscall: 'find' });
  } finally {
    wrong.closeAllConnections();
    wrong.close();
  }
});

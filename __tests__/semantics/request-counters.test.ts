import type { Counters, WandbFsOptions } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { threadNamed } from '../io/helpers/threaded.js';
import { makeRun, mount } from './helpers/mounts.js';
import { eventually } from './helpers/waiting.js';

const server = useServer(STANDARD);
const CONTENT = 'x'.repeat(5000);

const WAYS: readonly [where: string, options: WandbFsOptions][] = [
  ['in a thread', {}],
  ['in this one', { sync: 'off' }],
  ['by a fetch of the user', { fetch: globalThis.fetch }],
];

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const countsOf = ({ requests }: Counters) =>
  Object.fromEntries(Object.entries(requests).map(([kind, { count, failed }]) => [kind, [count, failed]]));

test.each(WAYS)(
  'with the owner %s, requests are counted by kind, with their bytes and times',
  async (_, options) => {
    const run = await makeRun(server, { 'file.txt': CONTENT });
    const fs = mount(server, options);
    await fs.promises.readFile(`${run}/file.txt`);
    expect(countsOf(fs.wandb.counters())).toEqual({
      ...{ query: [1, 0], mutation: [0, 0], get: [1, 0], put: [0, 0], post: [0, 0] },
    });
    await fs.promises.writeFile(`${run}/new.txt`, CONTENT);
    await fs.wandb.flush();
    const counters = fs.wandb.counters();
    const { query, mutation, get, put } = counters.requests;
    expect(mutation.count).toBeGreaterThan(0);
    expect(get).toMatchObject({ count: 1, failed: 0, sentBytes: 0, receivedBytes: CONTENT.length });
    expect(put).toMatchObject({ count: 1, failed: 0, sentBytes: CONTENT.length });
    expect(query.sentBytes).toBeGreaterThan(100);
    expect(query.receivedBytes).toBeGreaterThan(100);
    for (const { count, latency, milliseconds } of Object.values(counters.requests)) {
      expect(latency).toHaveLength(counters.latencyBounds.length + 1);
      expect(sum(latency)).toBe(count);
      expect(milliseconds > 0).toBe(count > 0);
    }
    expect(counters).toMatchObject({ requestsOpen: 0, requestsWaiting: 0, uploadsQueued: 0 });
  },
);

test('each attempt counts, and those that failed count as failed', async () => {
  const run = await makeRun(server, { 'file.txt': CONTENT });
  const fs = mount(server);
  await server.faults([
    { match: { side: 'api', operation: 'LookUp' }, status: 503 },
    { match: { side: 'storage', method: 'GET' }, drop: 'before' },
    { match: { side: 'storage', method: 'GET' }, truncateAt: 1000 },
  ]);
  await fs.promises.readFile(`${run}/file.txt`);
  const { requests } = fs.wandb.counters();
  expect(requests.query).toMatchObject({ count: 2, failed: 1 });
  expect(requests.get).toMatchObject({ count: 3, failed: 2 });
  expect(requests.get.receivedBytes).toBeGreaterThanOrEqual(CONTENT.length);
});

test('instances that share a thread count each for itself', async () => {
  const run = await makeRun(server, { 'one.txt': CONTENT, 'two.txt': `2${CONTENT.slice(1)}` });
  const [one, two, idle] = [mount(server), mount(server), mount(server)];
  await Promise.all([
    one.promises.stat(run),
    two.promises.readFile(`${run}/two.txt`),
    idle.promises.stat(run),
  ]);
  one.readFileSync(`${run}/one.txt`);
  expect(one.wandb.counters().requests.get.receivedBytes).toBe(CONTENT.length);
  expect(two.wandb.counters().requests.get.receivedBytes).toBe(CONTENT.length);
  expect(idle.wandb.counters().requests.get.count).toBe(0);
});

test('the counts go on in the thread that takes over from one that died', async () => {
  const run = await makeRun(server, { 'one.txt': CONTENT, 'two.txt': `2${CONTENT.slice(1)}` });
  await server.seed({ 'e/p/run': {} });
  const fs = mount(server, { workerUrl: threadNamed('dying.mjs'), readAheadBytes: 0 });
  await fs.promises.readFile(`${run}/one.txt`);
  const before = fs.wandb.counters().requests;
  await expect(fs.promises.mkdir('e/p/exit')).rejects.toMatchObject({ code: 'EIO' });
  await fs.promises.readFile(`${run}/two.txt`);
  const after = fs.wandb.counters();
  expect(after.requests.get.count).toBe(before.get.count + 1);
  expect(after.requests.query.count).toBeGreaterThan(before.query.count);
  expect(after.requestsOpen).toBe(0);
});

test('what is on its way, and what waits for its turn, is told at once', async () => {
  const runs = await Promise.all(Array.from({ length: 20 }, () => makeRun(server, { 'a.txt': 'a' })));
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isHeld = false;
  const held: typeof fetch = async (...args) => {
    if (isHeld) await released;
    return fetch(...args);
  };
  const fs = mount(server, { fetch: held });
  await Promise.all(runs.map((run) => fs.promises.stat(`${run}/a.txt`)));
  expect(fs.wandb.counters()).toMatchObject({ requestsOpen: 0, requestsWaiting: 0 });
  isHeld = true;
  const told = Promise.all(runs.map((run) => fs.wandb.info(run)));
  await eventually(
    async () => fs.wandb.counters().requestsWaiting,
    (waiting) => waiting > 0,
  );
  const { requestsOpen, requestsWaiting } = fs.wandb.counters();
  expect(requestsOpen).toBe(10);
  expect(requestsWaiting).toBe(10);
  await fs.promises.writeFile(`${runs[0]}/new.txt`, 'x');
  expect(fs.wandb.counters()).toMatchObject({ uploadsQueued: 1, dirty: 1 });
  release();
  await told;
  await fs.wandb.flush();
  expect(fs.wandb.counters()).toMatchObject({ requestsOpen: 0, requestsWaiting: 0, uploadsQueued: 0 });
});

test('an instance that was never used counts nothing, and asks for nothing', () => {
  const counters = mount(server).wandb.counters();
  expect(countsOf(counters)).toEqual({
    query: [0, 0],
    mutation: [0, 0],
    get: [0, 0],
    put: [0, 0],
    post: [0, 0],
  });
  expect(counters).toMatchObject({ dirty: 0, uploaded: 0, pageHits: 0, requestsOpen: 0 });
});

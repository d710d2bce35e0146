import type { WandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { connect, makeRun, mount } from './helpers/mounts.js';
import { call, errorOf } from './helpers/styles.js';

const files = Object.fromEntries(
  Array.from({ length: 60 }, (_, index) => [`d${index % 2}/f${10 + index}`, `text ${index}`]),
);
const names = Object.keys(files).sort();

const server = useServer(STANDARD);
afterEach(() => server.faults([]));

async function readAll(fs: WandbFs, style: 'sync' | 'promise', run: string): Promise<unknown> {
  const texts: unknown[] = [];
  for (const name of names) texts.push(await call(fs, style, 'readFile', `${run}/${name}`, 'utf8'));
  return texts;
}

const ALL = names.map((name) => files[name]);

describe('a storage that fails every third time', () => {
  test.each(['sync', 'promise'] as const)('costs who reads nothing, %s', async (style) => {
    const run = await makeRun(server, files);
    const match = { side: 'storage', method: 'GET' } as const;
    await server.faults(
      Array.from({ length: 20 }, (_, index) => ({ match, skip: 3 * index + 2, status: 503 })),
    );
    const fs = mount(server);
    expect(await readAll(fs, style, run)).toEqual(ALL);
    expect(fs.wandb.counters().readAheadUsed).toBeGreaterThan(10);
  });
});

test('a storage that fails for good is told of each file that is asked for, and asked for few others', async () => {
  const run = await makeRun(server, files);
  const fs = mount(server);
  await fs.promises.readdir(run);
  for (const name of names.slice(0, 3)) await fs.promises.readFile(`${run}/${name}`);
  await server.faults([{ match: { side: 'storage', method: 'GET' }, times: 10_000, status: 404 }]);
  const before = fs.wandb.counters().readAhead ?? 0;
  const left = names.slice(40, 50);
  for (const name of left)
    expect(await errorOf(() => fs.promises.readFile(`${run}/${name}`))).toMatchObject({ code: 'EIO' });
  expect((fs.wandb.counters().readAhead ?? 0) - before).toBeLessThanOrEqual(60);
  await server.faults([]);
  expect(await readAll(fs, 'promise', run)).toEqual(ALL);
});

test('addresses that are refused for many at once are asked for alone, and all is read', async () => {
  const run = await makeRun(server, files);
  await server.faults([
    { match: { operation: 'FileAddresses' }, skip: 1, times: 1, graphqlError: 'too many names' },
  ]);
  const fs = mount(server);
  await fs.promises.readdir(run);
  await server.requests({ clear: true });
  expect(await readAll(fs, 'promise', run)).toEqual(ALL);
  const asked = (await server.requests()).filter(({ operation }) => operation === 'FileAddresses');
  expect(asked.length).toBeLessThanOrEqual(6);
});

test('two readers of one run, each in a directory of its own, get what is there', async () => {
  const run = await makeRun(server, files);
  const fs = mount(server);
  const read = async (directory: string): Promise<unknown> => {
    const texts: unknown[] = [];
    for (const name of names.filter((each) => each.startsWith(directory)))
      texts.push(await fs.promises.readFile(`${run}/${name}`, 'utf8'));
    return texts;
  };
  expect((await Promise.all([read('d0/'), read('d1/')])).flat()).toEqual(ALL);
  expect(fs.wandb.counters().readAheadUsed).toBeGreaterThan(40);
});

test('an abort ends the read that was asked for, and no other', async () => {
  const run = await makeRun(server, files);
  const fs = mount(server);
  for (const name of names.slice(0, 2)) await fs.promises.readFile(`${run}/${name}`);
  const leaving = new AbortController();
  const left = names
    .slice(2, 6)
    .map((name) => fs.promises.readFile(`${run}/${name}`, { signal: leaving.signal }));
  leaving.abort();
  for (const read of left) expect(await errorOf(() => read)).toMatchObject({ name: 'AbortError' });
  expect(await readAll(fs, 'promise', run)).toEqual(ALL);
});

test('`close` waits for nothing that was only read ahead', async () => {
  const run = await makeRun(server, files);
  const fs = connect(server);
  await server.faults([{ match: { side: 'storage', method: 'GET' }, skip: 2, times: 1000, delayMs: 60_000 }]);
  for (const name of names.slice(0, 2)) await fs.promises.readFile(`${run}/${name}`);
  expect(fs.wandb.counters().readAhead).toBeGreaterThan(0);
  await fs.wandb.close();
  expect(await errorOf(() => fs.promises.readFile(`${run}/${names[2]}`))).toMatchObject({ code: 'EBADF' });
});

test("who asks over and over with `sync: 'cache-only'` has each file fetched once", async () => {
  const run = await makeRun(server, files);
  const fs = mount(server, { sync: 'cache-only' });
  await fs.promises.readdir(run);
  for (const name of names) {
    for (;;) {
      try {
        expect(fs.readFileSync(`${run}/${name}`, 'utf8')).toBe(files[name]);
        break;
      } catch (error) {
        expect(error).toMatchObject({ code: 'EAGAIN' });
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }
  const { readAhead, readAheadUsed, downloads } = fs.wandb.counters();
  expect({ readAhead, downloads }).toEqual({ readAhead: readAheadUsed, downloads: names.length });
});

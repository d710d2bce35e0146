import type { WandbFs } from 'wandb-fs';
import type { FakeWandb } from 'wandb-fs/testing';
import { STANDARD, startServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { measure, NOTHING } from './helpers/requests.js';

const PAGES = 10;
const FILES = 100 * PAGES;
const DIRECTORIES = 30;
const LATENCY_MS = 40;
const NAMES = 16;

/** A run whose listing takes four times as long as it is believed. */
async function slowRun(): Promise<{ server: FakeWandb; run: string; fs: WandbFs }> {
  const limits = { ...STANDARD.limits, page: 100 };
  const server = await startServer({ ...STANDARD, latencyMs: LATENCY_MS, limits });
  const files = Array.from({ length: FILES }, (_, index) => [`d${index % DIRECTORIES}/f${index}`, 'x']);
  const run = await makeRun(server, Object.fromEntries(files));
  return { server, run, fs: mount(server, { listingTtl: (PAGES * LATENCY_MS) / 4 }) };
}

const ONCE = { ...NOTHING, graphql: PAGES };

test('a recursive readdir of a run whose listing is slower than its TTL costs its pages', async () => {
  const { server, run, fs } = await slowRun();
  const list = async (): Promise<void> => {
    expect(await fs.promises.readdir(run, { recursive: true })).toHaveLength(FILES + DIRECTORIES);
  };
  expect(await measure(server, list)).toEqual(ONCE);
});

test('a walk through it by single calls costs the same', async () => {
  const { server, run, fs } = await slowRun();
  const walk = async (): Promise<void> => {
    const directories = await fs.promises.readdir(run);
    const all = await Promise.all(directories.map((name) => fs.promises.readdir(`${run}/${name}`)));
    expect(all.flat()).toHaveLength(FILES);
  };
  expect(await measure(server, walk)).toEqual(ONCE);
});

test.each([
  ['project', 'team/listed', (index: number) => [`team/listed/run${index}`, {}]],
  ['run', 'team/project/listed', (index: number) => ['team/project/listed', { [`file${index}`]: 'x' }]],
] as const)(
  'who lists a %s while others do, and none is believed, ends none of theirs',
  async (_, path, made) => {
    const limits = { ...STANDARD.limits, page: 2 };
    const server = await startServer({ ...STANDARD, latencyMs: LATENCY_MS / 2, limits });
    for (let index = 0; index < NAMES; index++) await server.seed(Object.fromEntries([made(index)]));
    const fs = mount(server, { listingTtl: 0 });
    const lists: Promise<string[]>[] = [];
    for (let times = 0; times < 10; times++) {
      lists.push(fs.promises.readdir(path));
      await new Promise((resolve) => setTimeout(resolve, 1.5 * LATENCY_MS));
    }
    for (const names of await Promise.all(lists)) expect(names).toHaveLength(NAMES);
  },
);

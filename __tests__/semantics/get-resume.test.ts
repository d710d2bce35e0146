import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWandbArtifactFs } from 'wandb-fs';
import { environment, packageRoot } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';

const MIB = 1024 * 1024;
const BIG = Buffer.alloc(12 * MIB + 7, 'abcdefghijk');

const server = useServer(STANDARD);
let directory: string;
let run: string;
let local: string;

beforeAll(async () => {
  run = await makeRun(server, { 'big.bin': BIG, 'small.txt': 'small' });
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wandb-fs-resume-'));
  local = join(directory, 'big.bin');
});
afterEach(() => rmSync(directory, { recursive: true }));

/** The only file there is. */
function part(): string {
  const names = readdirSync(directory);
  expect(names).toEqual([expect.stringMatching(/^\.wandb-fs-.*\.part$/)]);
  return join(directory, names[0] ?? '');
}

/** Fetches half of it, and gives up. */
async function giveUpHalfway(remote = `${run}/big.bin`): Promise<void> {
  const controller = new AbortController();
  const getting = mount(server).wandb.get(remote, local, {
    resume: true,
    signal: controller.signal,
    onProgress: ({ bytes, size }) => {
      if (bytes > size / 2) controller.abort();
    },
  });
  await expect(getting).rejects.toMatchObject({ name: 'AbortError' });
}

/** Goes on, in an fs object that has seen nothing of it; resolves to the bytes that it fetched. */
async function goOn(remote = `${run}/big.bin`): Promise<number> {
  const { wandb } = mount(server, { readAheadBytes: 0 });
  await wandb.get(remote, local, { resume: true });
  return wandb.counters().downloadedBytes;
}

test('a download that was given up goes on from what it has, and leaves nothing else', async () => {
  await giveUpHalfway();
  const kept = readFileSync(part()).length;
  expect(kept).toBeGreaterThan(BIG.length / 2);
  expect(await goOn()).toBeLessThanOrEqual(BIG.length - kept + MIB);
  expect(readFileSync(local).equals(BIG)).toBe(true);
  expect(readdirSync(directory)).toEqual(['big.bin']);
});

test('without `resume` it neither leaves a part nor takes one', async () => {
  await giveUpHalfway();
  const { wandb } = mount(server);
  await wandb.get(`${run}/big.bin`, local);
  expect(wandb.counters().downloadedBytes).toBe(BIG.length);
  expect(readFileSync(local).equals(BIG)).toBe(true);
});

test('a part that is something else is fetched anew, for the whole has to have the digest', async () => {
  await giveUpHalfway();
  writeFileSync(part(), 'x'.repeat(BIG.length / 2));
  expect(await goOn()).toBeGreaterThanOrEqual(BIG.length);
  expect(readFileSync(local).equals(BIG)).toBe(true);
});

test('a part of other content is of no use, and goes', async () => {
  const { promises, wandb } = mount(server);
  await promises.writeFile(`${run}/changing.bin`, BIG);
  await wandb.flush();
  await giveUpHalfway(`${run}/changing.bin`);
  const changed = Buffer.from(BIG).fill('z', 0, 10);
  await promises.writeFile(`${run}/changing.bin`, changed);
  await wandb.flush();
  expect(await goOn(`${run}/changing.bin`)).toBe(BIG.length);
  expect(readFileSync(local).equals(changed)).toBe(true);
  expect(readdirSync(directory)).toEqual(['big.bin']);
});

test('two who fetch one file to one place at once both have it whole', async () => {
  await giveUpHalfway();
  await Promise.all([goOn(), goOn(), goOn()]);
  expect(readFileSync(local).equals(BIG)).toBe(true);
  expect(readdirSync(directory)).toEqual(['big.bin']);
});

test('a small file leaves no part', async () => {
  await mount(server).wandb.get(`${run}/small.txt`, local, { resume: true });
  expect(readdirSync(directory)).toEqual(['big.bin']);
});

test('a file of a version goes on, too', async () => {
  await server.seedArtifacts({ 'team/project/model/net': { versions: [{ files: { 'net.bin': BIG } }] } });
  const options = { baseUrl: server.url, apiKey: server.apiKey };
  const first = createWandbArtifactFs(options);
  const controller = new AbortController();
  const getting = first.wandb.get('team/project/model/net/v0/net.bin', local, {
    resume: true,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(getting).rejects.toMatchObject({ name: 'AbortError' });
  await first.wandb.close();
  const second = createWandbArtifactFs(options);
  await second.wandb.get('team/project/model/net/v0/net.bin', local, { resume: true });
  expect(second.wandb.counters().downloadedBytes).toBeLessThan(BIG.length);
  await second.wandb.close();
  expect(readFileSync(local).equals(BIG)).toBe(true);
});

test('what a process that was killed has fetched is not fetched again', async () => {
  const script = `
    const { createWandbFs } = require('wandb-fs');
    const onProgress = ({ bytes, size }) => bytes > size / 2 && process.kill(process.pid, 'SIGKILL');
    createWandbFs().wandb.get('${run}/big.bin', process.argv[1], { resume: true, onProgress });`;
  const env = environment({ WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey });
  const child = spawn(process.execPath, ['-e', script, local], { cwd: packageRoot, env, stdio: 'inherit' });
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  expect(await goOn()).toBeLessThan(BIG.length * 0.75);
  expect(readFileSync(local).equals(BIG)).toBe(true);
  expect(readdirSync(directory)).toEqual(['big.bin']);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Ran, wandbFs } from '../helpers/command.js';
import { environment, packageRoot } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun } from '../semantics/helpers/mounts.js';

const server = useServer(STANDARD);
let directory: string;
let run: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'wandb-fs-kept-'));
  process.env.WANDB_FS_JOURNAL = join(directory, 'journal');
  run = await makeRun(server, { 'old.txt': 'old' });
});
afterEach(() => rmSync(directory, { recursive: true }));

const wandb = (...argv: readonly string[]): Promise<Ran> => wandbFs(server, argv);

/** A program is killed before it has sent what it wrote. */
async function leave(...names: readonly string[]): Promise<void> {
  const script = `
    const fs = require('wandb-fs').createWandbFs({ writebackDelay: 60_000 });
    for (const name of ${JSON.stringify(names)}) fs.writeFileSync('${run}/' + name, 'left');
    process.kill(process.pid, 'SIGKILL');`;
  const settings = {
    WANDB_BASE_URL: server.url,
    WANDB_API_KEY: server.apiKey,
    WANDB_FS_JOURNAL: join(directory, 'journal'),
  };
  const child = spawn(process.execPath, ['-e', script], { cwd: packageRoot, env: environment(settings) });
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
}

test('journal lists what waits, drops what is not wanted, and sends the rest', async () => {
  await leave('a.txt', 'b.txt', 'old.txt');
  const listed = JSON.parse((await wandb('journal', '--json')).stdout) as { path: string; size: number }[];
  expect(listed.map(({ path, size }) => [path, size])).toEqual(
    ['a.txt', 'b.txt', 'old.txt'].map((name) => [`/${run}/${name}`, 4]),
  );
  expect((await wandb('journal')).stdout).toMatch(new RegExp(`^content +4 .*wandbfs://${run}/a.txt$`, 'm'));
  expect(Object.keys(await server.files(run))).toEqual(['old.txt']);
  expect(await wandb('journal', 'drop', `wandbfs://${run}/b.txt`)).toMatchObject({ status: 0 });
  expect(await wandb('journal', 'drop', `wandbfs://${run}/b.txt`)).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('b.txt'),
  });
  expect(await wandb('journal', 'resume')).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(Object.keys(await server.files(run)).sort()).toEqual(['a.txt', 'old.txt']);
  expect(await wandb('journal', '--json')).toMatchObject({ stdout: '[]\n' });
});

test('journal drop takes paths, or --all', async () => {
  await leave('a.txt');
  expect(await wandb('journal', 'drop')).toMatchObject({ status: 2 });
  expect(await wandb('journal', 'forget')).toMatchObject({ status: 2 });
  expect(await wandb('journal', 'drop', '--all')).toMatchObject({ status: 0 });
  expect(await wandb('journal', '--json')).toMatchObject({ stdout: '[]\n' });
});

test('cache tells how much there is, and cleans it, what was used least recently first', async () => {
  const objects = join(directory, 'artifacts/obj/md5');
  for (const [index, name] of ['aa/old', 'bb/newer', 'cc/newest'].entries()) {
    mkdirSync(dirname(join(objects, name)), { recursive: true });
    writeFileSync(join(objects, name), 'x'.repeat(1024));
    utimesSync(join(objects, name), index + 1, index + 1);
  }
  const place = join(directory, 'artifacts');
  const cache = (...argv: readonly string[]) => wandb('cache', ...argv, '--dir', directory);
  expect(await cache()).toEqual({ status: 0, stdout: `${place}: 3 files, 3.0K\n`, stderr: '' });
  expect(await cache('clean', '--to', '2K')).toMatchObject({ stdout: `${place}: 2 files, 2.0K\n` });
  expect(readdirSync(objects, { recursive: true })).toContain(join('cc', 'newest'));
  expect(readdirSync(objects, { recursive: true })).not.toContain(join('aa', 'old'));
  expect(JSON.parse((await cache('clean', '--json')).stdout)).toEqual({
    directory: place,
    files: 0,
    bytes: 0,
  });
  expect(await cache('--to', '1')).toMatchObject({ status: 2 });
});

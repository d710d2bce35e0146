import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLeftJournal } from 'wandb-fs';
import { environment, packageRoot } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';

const server = useServer(STANDARD);
let journal: string;
let run: string;

beforeEach(async () => {
  journal = mkdtempSync(join(tmpdir(), 'wandb-fs-left-'));
  run = await makeRun(server, { 'old.txt': 'old' });
});
afterEach(() => rmSync(journal, { recursive: true }));

const options = () => ({ baseUrl: server.url, apiKey: server.apiKey, journal });

/** A process writes files, and is killed before it has sent them. */
async function leave(files: Readonly<Record<string, string>>): Promise<void> {
  const script = `
    const { createWandbFs } = require('wandb-fs');
    const fs = createWandbFs({ writebackDelay: 60_000 });
    fs.mkdirSync('${run}/dir');
    for (const [name, text] of Object.entries(${JSON.stringify(files)})) fs.writeFileSync('${run}/' + name, text);
    process.kill(process.pid, 'SIGKILL');`;
  const settings = { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey, WANDB_FS_JOURNAL: journal };
  const child = spawn(process.execPath, ['-e', script], { cwd: packageRoot, env: environment(settings) });
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
}

const filesOfRun = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(await server.files(run)).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
  );

test('what a process left can be looked at without being sent, and given up, while the rest is left to the next start', async () => {
  await leave({ 'a.txt': 'a', 'dir/b.txt': 'bb', 'old.txt': 'new' });
  const left = openLeftJournal('runs', options());
  expect(left?.entries).toEqual([
    { path: `/${run}/a.txt`, kind: 'content', size: 1, at: expect.any(Date), isDamaged: false },
    { path: `/${run}/dir/b.txt`, kind: 'content', size: 2, at: expect.any(Date), isDamaged: false },
    { path: `/${run}/old.txt`, kind: 'content', size: 3, at: expect.any(Date), isDamaged: false },
  ]);
  left?.drop([`/${run}/dir`, `${run}/old.txt`]);
  left?.close();
  expect(await filesOfRun()).toEqual({ 'old.txt': 'old' });
  const again = openLeftJournal('runs', options());
  expect(again?.entries.map(({ path }) => path)).toEqual([`/${run}/a.txt`]);
  again?.close();
  const next = mount(server, { journal });
  await next.wandb.flush();
  expect(await filesOfRun()).toEqual({ 'a.txt': 'a', 'old.txt': 'old' });
  const nothing = openLeftJournal('runs', options());
  expect(nothing?.entries).toEqual([]);
  nothing?.close();
});

test('what a live process has is not seen, nor what belongs to the other tree or another server', async () => {
  const { promises } = mount(server, { journal, writebackDelay: 60_000 });
  await promises.writeFile(`${run}/mine.txt`, 'mine');
  await leave({ 'a.txt': 'a' });
  for (const [tree, more] of [
    ['artifacts', {}],
    ['runs', { baseUrl: 'http://127.0.0.1:1' }],
  ] as const) {
    const left = openLeftJournal(tree, { ...options(), ...more });
    expect(left?.entries).toEqual([]);
    left?.close();
  }
  const left = openLeftJournal('runs', options());
  expect(left?.entries.map(({ path }) => path)).toEqual([`/${run}/a.txt`]);
  left?.close();
});

test('without a journal there is none; what is no tree, or no directory, is refused', () => {
  expect(openLeftJournal('runs', { ...options(), journal: false })).toBeNull();
  expect(() => openLeftJournal('both' as 'runs', options())).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
  );
  expect(() => openLeftJournal('runs', { ...options(), journal: __filename })).toThrow(
    expect.objectContaining({ code: 'ENOTDIR', syscall: 'journal', path: __filename }),
  );
});

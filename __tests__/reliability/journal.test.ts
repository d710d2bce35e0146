import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWandbArtifactFs, createWandbFs, type WandbFs } from 'wandb-fs';
import { packageRoot, UNOPTIMISED } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun } from '../semantics/helpers/mounts.js';

const server = useServer(STANDARD);
let run: string;
let journal: string;
let mounted: WandbFs[] = [];
beforeEach(async () => {
  run = await makeRun(server, { old: 'old' });
  journal = mkdtempSync(join(tmpdir(), 'wandb-fs-journal-'));
});
afterEach(async () => {
  await server.faults([]);
  await Promise.all(mounted.map((fs) => fs.wandb.close()));
  mounted = [];
  rmSync(journal, { recursive: true });
});

const options = () => ({ baseUrl: server.url, apiKey: server.apiKey, journal });

const start = (more = {}): WandbFs => {
  const fs = createWandbFs({ ...options(), ...more });
  mounted.push(fs);
  return fs;
};

/**
 * Runs a script that ends by `kill -9`; what it uploads by itself waits for a minute. As CommonJS, of which the package is
 * one file: its start takes half of what it takes as ESM.
 */
async function killed(script: string): Promise<void> {
  const source = `
    const { createWandbArtifactFs, createWandbFs } = require('wandb-fs');
    const RUN = ${JSON.stringify(run)};
    const options = ${JSON.stringify({ ...options(), writebackDelay: 60_000 })};
    const fs = createWandbFs(options);
    void (async () => {
      ${script}
      process.kill(process.pid, 'SIGKILL');
    })();`;
  const child = spawn(process.execPath, [...UNOPTIMISED, '--eval', source], {
    cwd: packageRoot,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const signal = await new Promise((resolve) => child.on('close', (_code, by) => resolve(by)));
  expect(signal).toBe('SIGKILL');
}

const textsOf = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(await server.files(run)).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
  );

const putsOf = async (): Promise<number> =>
  (await server.requests()).filter(({ side, method }) => side === 'storage' && method === 'PUT').length;

test('the next start sends what a killed process had acknowledged, once', async () => {
  await killed(`
    for (let i = 0; i < 5; i++) fs.writeFileSync(RUN + '/f' + i, 'v' + i);
    fs.appendFileSync(RUN + '/f0', ' and more');
    fs.writeFileSync(RUN + '/large', Buffer.alloc(6e6, 'x'));
    fs.writeFileSync(RUN + '/old', 'new');`);
  await server.requests({ clear: true });
  const fs = start();
  expect(
    fs.wandb
      .journal()
      ?.entries.map(({ path }) => path)
      .sort(),
  ).toEqual(['f0', 'f1', 'f2', 'f3', 'f4', 'large', 'old'].map((name) => `/${run}/${name}`));
  expect(fs.readFileSync(`/${run}/f0`, 'utf8')).toBe('v0 and more');
  await fs.wandb.flush();
  const { large, ...rest } = await textsOf();
  expect(rest).toEqual({ f0: 'v0 and more', f1: 'v1', f2: 'v2', f3: 'v3', f4: 'v4', old: 'new' });
  expect(large).toHaveLength(6e6);
  expect(await putsOf()).toBe(7);
  expect(fs.wandb.journal()?.entries).toEqual([]);
  await fs.wandb.close();
  await server.requests({ clear: true });
  await start().wandb.flush();
  expect(await putsOf()).toBe(0);
});

test('a start alone finishes the uploads, without another call', async () => {
  await killed(`fs.writeFileSync(RUN + '/file', 'content');`);
  const fs = start({ writebackDelay: 0 });
  await new Promise<void>((resolve) => fs.wandb.uploads.once('idle', () => resolve()));
  expect(await textsOf()).toEqual({ old: 'old', file: 'content' });
});

test('of a call that had not returned nothing is seen: not a part of what was to be written', async () => {
  await killed(`
    fs.writeFileSync(RUN + '/file', 'whole');
    const fd = fs.openSync(RUN + '/file', 'r+');
    fs.writeSync(fd, 'HAL');
    const other = fs.openSync(RUN + '/old', 'w');
    fs.writeSync(other, 'half');`);
  await start().wandb.flush();
  expect(await textsOf()).toEqual({ old: 'old', file: 'whole' });
});

test('names are recovered as they were last: renamed, removed, written again', async () => {
  await killed(`
    fs.writeFileSync(RUN + '/tmp', 'content'); fs.renameSync(RUN + '/tmp', RUN + '/final');
    fs.writeFileSync(RUN + '/gone', 'x'); fs.unlinkSync(RUN + '/gone');
    fs.mkdirSync(RUN + '/dir'); fs.writeFileSync(RUN + '/dir/a', 'a'); fs.renameSync(RUN + '/dir', RUN + '/moved');
    fs.writeFileSync(RUN + '/twice', 'first'); fs.unlinkSync(RUN + '/twice'); fs.writeFileSync(RUN + '/twice', 'second');`);
  await start().wandb.flush();
  expect(await textsOf()).toEqual({ old: 'old', final: 'content', 'moved/a': 'a', twice: 'second' });
});

test('what the server has already is not sent again', async () => {
  await killed(`
    fs.writeFileSync(RUN + '/sent', 'sent');
    await fs.wandb.flush();
    fs.writeFileSync(RUN + '/waiting', 'waiting');`);
  // As after a kill between the storage's answer and its note in the journal.
  await server.seed({ [run]: { old: 'old', sent: 'sent', waiting: 'waiting' } });
  await server.requests({ clear: true });
  const fs = start();
  await fs.wandb.flush();
  expect(await putsOf()).toBe(0);
  expect(fs.wandb.journal()?.entries).toEqual([]);
});

test('a draft is there again, whole, and can be committed', async () => {
  await killed(`
    const artifacts = createWandbArtifactFs(options);
    const DRAFT = '/team/project/dataset/flowers/draft';
    artifacts.mkdirSync(DRAFT + '/sub', { recursive: true });
    artifacts.writeFileSync(DRAFT + '/sub/a', 'a');
    artifacts.writeFileSync(DRAFT + '/b', 'b');
    artifacts.renameSync(DRAFT + '/b', DRAFT + '/c');
    artifacts.symlinkSync('s3://bucket/key', DRAFT + '/ref');`);
  const fs = createWandbArtifactFs(options());
  mounted.push(fs);
  const collection = '/team/project/dataset/flowers';
  expect(fs.readdirSync(collection)).toEqual(['draft']);
  expect(fs.readdirSync(`${collection}/draft`, { recursive: true })).toEqual(['c', 'ref', 'sub', 'sub/a']);
  expect(fs.readFileSync(`${collection}/draft/sub/a`, 'utf8')).toBe('a');
  expect(fs.readlinkSync(`${collection}/draft/ref`)).toBe('s3://bucket/key');
  expect(await fs.wandb.commit(`${collection}/draft`)).toMatchObject({ version: 'v0' });
  expect(fs.readFileSync(`${collection}/v0/c`, 'utf8')).toBe('b');
  expect(fs.wandb.journal()?.entries).toEqual([]);
});

test('the links and modes of a draft are there again: names of one file are one file', async () => {
  const seeded = { versions: [{ files: { 'a.txt': 'of a version' } }] };
  await server.seedArtifacts({ 'team/project/dataset/links': seeded });
  const collection = '/team/project/dataset/links';
  const draft = `${collection}/draft`;
  await killed(`
    const artifacts = createWandbArtifactFs(options);
    const DRAFT = ${JSON.stringify(draft)};
    artifacts.mkdirSync(DRAFT);
    artifacts.mkdirSync(DRAFT + '/sub', 0o700);
    artifacts.writeFileSync(DRAFT + '/sub/a', 'a');
    artifacts.chmodSync(DRAFT + '/sub/a', 0o600);
    artifacts.symlinkSync('sub/../sub/a', DRAFT + '/soft');
    artifacts.symlinkSync(DRAFT + '/sub', DRAFT + '/absolute');
    artifacts.linkSync(DRAFT + '/sub/a', DRAFT + '/hard');
    artifacts.linkSync(DRAFT + '/hard', DRAFT + '/third');
    artifacts.unlinkSync(DRAFT + '/third');
    artifacts.appendFileSync(DRAFT + '/hard', '+');
    artifacts.renameSync(DRAFT + '/hard', DRAFT + '/renamed');
    artifacts.cpSync('${collection}/v0/a.txt', DRAFT + '/copy');
    artifacts.linkSync(DRAFT + '/copy', DRAFT + '/other');`);
  const fs = createWandbArtifactFs(options());
  mounted.push(fs);
  expect(fs.readdirSync(draft)).toEqual(['absolute', 'copy', 'other', 'renamed', 'soft', 'sub']);
  expect(fs.readlinkSync(`${draft}/soft`)).toBe('sub/../sub/a');
  expect(fs.realpathSync(`${draft}/absolute/a`)).toBe(`${draft}/sub/a`);
  const shapeOf = (name: string) => {
    const { nlink, mode, ino } = fs.statSync(`${draft}/${name}`);
    return { nlink, mode: mode & 0o777, ino };
  };
  expect(shapeOf('renamed')).toEqual({ nlink: 2, mode: 0o600, ino: shapeOf('sub/a').ino });
  expect(shapeOf('copy')).toEqual({ nlink: 2, mode: 0o644, ino: shapeOf('other').ino });
  expect(shapeOf('sub').mode).toBe(0o700);
  fs.appendFileSync(`${draft}/soft`, '!');
  fs.appendFileSync(`${draft}/other`, '!');
  for (const name of ['renamed', 'sub/a', 'absolute/a'])
    expect(fs.readFileSync(`${draft}/${name}`, 'utf8')).toBe('a+!');
  expect(fs.readFileSync(`${draft}/copy`, 'utf8')).toBe('of a version!');
  const { version } = await fs.wandb.commit(draft);
  expect(fs.readFileSync(`${collection}/${version}/absolute/a`, 'utf8')).toBe('a+!');
  expect(fs.wandb.journal()?.entries).toEqual([]);
});

test('a live process keeps what is its own', async () => {
  const first = start({ writebackDelay: 60_000 });
  await first.promises.writeFile(`${run}/file`, 'content');
  const second = start();
  expect(second.wandb.journal()?.entries).toEqual([]);
  await second.wandb.flush();
  expect(await textsOf()).toEqual({ old: 'old' });
  await first.wandb.flush();
  expect(await textsOf()).toEqual({ old: 'old', file: 'content' });
});

test('a torn record is told, and content that was cut is named and not sent', async () => {
  await killed(`fs.writeFileSync(RUN + '/cut', 'cut short'); fs.writeFileSync(RUN + '/whole', 'whole');`);
  const files = readdirSync(journal, { recursive: true, encoding: 'utf8' }).map((name) =>
    join(journal, name),
  );
  const log = files.find((name) => name.endsWith('/log')) ?? '';
  appendFileSync(log, 'half a reco');
  const [cut = ''] = files.filter((name) => /\/blobs\/./.test(name) && statSync(name).size === 9);
  truncateSync(cut, 3);
  const warnings: string[] = [];
  const fs = start({ logger: { warn: (message: string) => void warnings.push(message) } });
  expect(fs.wandb.journal()).toMatchObject({ torn: 1, damaged: [`/${run}/cut`] });
  expect(warnings).toEqual([
    expect.stringContaining(`copy of ${run}/cut is damaged and isn't sent`),
    expect.stringContaining('1 record of the journal'),
  ]);
  await fs.wandb.flush();
  expect(await textsOf()).toEqual({ old: 'old', whole: 'whole' });
});

test('without one there is nothing to tell', () => {
  const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey });
  mounted.push(fs);
  expect(fs.wandb.journal()).toBeNull();
});

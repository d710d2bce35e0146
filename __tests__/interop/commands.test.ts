import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type FakeWandb, startFakeWandb } from 'wandb-fs/testing';
import { wandbFs } from '../helpers/command.js';
import { downloaded, filesOf, type Sdk, startSdk } from './sdk.js';

jest.setTimeout(120_000);

const project = 'team/project';
const content = filesOf({ 'a.txt': 'hello', 'dir/ünï cödé #1.txt': 'awkward', 'empty.bin': '' });

let wandb: FakeWandb;
let python: Sdk;
let directory: string;
beforeAll(async () => {
  wandb = await startFakeWandb({ viewer: { entity: 'team' } });
  await wandb.seed({ [project]: {} });
  python = await startSdk(wandb);
  directory = mkdtempSync(join(tmpdir(), 'wandb-fs-commands-'));
  process.env.WANDB_FS_JOURNAL = join(directory, 'journal');
});
afterAll(async () => {
  await python.close();
  await wandb.close();
  rmSync(directory, { recursive: true });
});

test('a version that `commit` makes is one that the SDK downloads and verifies', async () => {
  for (const [name, bytes] of Object.entries(content)) {
    mkdirSync(dirname(join(directory, 'data', name)), { recursive: true });
    writeFileSync(join(directory, 'data', name), bytes);
  }
  const committed = await wandbFs(wandb, [
    ...['commit', join(directory, 'data'), `wandbas://${project}/dataset/made`, '--alias', 'mine'],
  ]);
  expect(committed).toMatchObject({ status: 0, stdout: `wandbas://${project}/dataset/made/v0\n` });
  const [contents] = await python.run({ do: 'downloadArtifact', artifact: `${project}/made:mine` });
  expect(downloaded(contents)).toEqual(content);
});

test('a version that the SDK logs is one that `get` fetches and `verify` finds whole', async () => {
  await python.run({ do: 'logArtifact', run: `${project}/run-1`, name: 'logged', files: content });
  const local = join(directory, 'fetched');
  expect(await wandbFs(wandb, ['get', `${project}/logged:latest`, local])).toMatchObject({ status: 0 });
  expect(await wandbFs(wandb, ['verify', local, `${project}/logged:v0`])).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('3 files are the same, 0 differ'),
  });
});

test('files that the SDK uploaded to a run are listed, printed, fetched and verified', async () => {
  const run = `${project}/uploaded`;
  await wandb.seed({ [run]: {} });
  await python.run({ do: 'upload', run, files: content });
  const place = `wandbfs://${run}`;
  expect(await wandbFs(wandb, ['find', place, '--type', 'f', '-0'])).toMatchObject({
    stdout: Object.keys(content)
      .sort()
      .map((name) => `${place}/${name}\0`)
      .join(''),
  });
  expect(await wandbFs(wandb, ['cat', `${place}/a.txt`])).toMatchObject({ status: 0, stdout: 'hello' });
  const local = join(directory, 'of-run');
  expect(await wandbFs(wandb, ['get', place, local])).toMatchObject({ status: 0 });
  expect(await wandbFs(wandb, ['verify', local, place])).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('3 files are the same, 0 differ'),
  });
});

test('files that `put` and `sync` sent to a run are those that the SDK downloads', async () => {
  const local = join(directory, 'sent');
  for (const [name, bytes] of Object.entries(content)) {
    mkdirSync(dirname(join(local, name)), { recursive: true });
    writeFileSync(join(local, name), bytes);
  }
  const run = `${project}/sent`;
  expect(await wandbFs(wandb, ['put', local, `wandbfs://${run}`])).toMatchObject({ status: 0 });
  const [first] = await python.run({ do: 'download', run });
  expect(downloaded(first)).toEqual(content);
  rmSync(join(local, 'a.txt'));
  writeFileSync(join(local, 'new.txt'), 'new');
  expect(await wandbFs(wandb, ['sync', '--delete', local, `wandbfs://${run}`])).toMatchObject({ status: 0 });
  const { 'a.txt': _, ...others } = content;
  const [second] = await python.run({ do: 'download', run });
  expect(downloaded(second)).toEqual({ ...others, 'new.txt': Buffer.from('new') });
});

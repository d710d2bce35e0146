import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { columnsOf } from '../../src/cli/output/table.js';
import { type Ran, wandbFs } from '../helpers/command.js';
import { filesBelow, writeFiles } from '../helpers/disk-files.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { filesOfRun } from '../semantics/helpers/mirror-ends.js';
import { makeRun } from '../semantics/helpers/mounts.js';

const server = useServer(STANDARD);
let directory: string;
let run: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'wandb-fs-moving-'));
  process.env.WANDB_FS_JOURNAL = join(directory, 'journal');
  run = await makeRun(server, TREE);
});
afterEach(async () => {
  await server.faults([]);
  rmSync(directory, { recursive: true });
});

const wandb = (...argv: readonly string[]): Promise<Ran> => wandbFs(server, argv);
const at = (name: string): string => join(directory, name);
const remote = (name = ''): string => `wandbfs://${run}${name && `/${name}`}`;

/** What moves the cursor, or begins a line. */
const CONTROLS = new RegExp(`${String.fromCharCode(27)}\\[[\\d;?]*[A-Za-z]|[\\n\\r]`);

const TREE = { 'a.txt': 'a', 'dir/b c.txt': 'bb', 'dir/deep/ä\n.txt': 'ccc' };

describe('cp', () => {
  test('a place that is not there becomes the copy; into a directory it goes by its name', async () => {
    expect(await wandb('cp', '-r', remote('dir'), at('copy/'))).toMatchObject({ status: 0, stdout: '' });
    expect(filesBelow(at('copy'))).toEqual({ 'b c.txt': 'bb', 'deep/ä\n.txt': 'ccc' });
    await wandb('cp', '-r', remote('dir'), at('copy'));
    expect(Object.keys(filesBelow(at('copy')))).toContain('dir/b c.txt');
    await wandb('cp', '-r', `${remote('dir')}/.`, at('copy'));
    await wandb('cp', remote('a.txt'), at('copy'));
    await wandb('cp', remote('a.txt'), at('copy/other name'));
    expect(filesBelow(at('copy'))).toMatchObject({ 'a.txt': 'a', 'other name': 'a' });
  });

  test('a file that goes to where this is run is told by its name', async () => {
    const here = process.cwd();
    process.chdir(directory);
    try {
      expect((await wandb('cp', remote('a.txt'), '.')).stderr).toMatch(/^a\.txt \(1\)\n/);
    } finally {
      process.chdir(here);
    }
  });

  test('to W&B, several into a directory', async () => {
    writeFiles(at('from'), { 'one.txt': '1', 'two.txt': '2', 'three/x': '3' });
    const names = ['one.txt', 'two.txt', 'three'].map((name) => at(`from/${name}`));
    expect(await wandb('cp', '-r', ...names, remote('dir'))).toMatchObject({ status: 0 });
    expect(await filesOfRun(server, run)).toMatchObject({
      'dir/one.txt': '1',
      'dir/two.txt': '2',
      'dir/three/x': '3',
    });
    expect(await wandb('cp', ...names.slice(0, 2), remote('not-there'))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Several are copied into a directory that is there'),
    });
  });

  test('only what is included, and nothing that is excluded', async () => {
    await wandb('cp', '-r', '--include', '*.txt', '--exclude', 'deep', remote(), at('copy'));
    expect(Object.keys(filesBelow(at('copy')))).toEqual(['a.txt', 'dir/b c.txt']);
  });

  test('between a run, an artifact and another run', async () => {
    const version = 'team/project/dataset/copied';
    expect(await wandb('cp', '-r', remote('dir'), `wandbas://${version}/draft`)).toMatchObject({ status: 0 });
    expect(await wandb('commit', `wandbas://${version}/draft`)).toEqual({
      status: 0,
      stdout: `wandbas://${version}/v0\n`,
      stderr: '',
    });
    await wandb('cp', '-r', 'team/project/copied:latest', `wandbfs://${run}-copy`);
    expect(await filesOfRun(server, `${run}-copy`)).toEqual({ 'b c.txt': 'bb', 'deep/ä\n.txt': 'ccc' });
  });

  test.each([
    ['a directory without -r', () => [remote('dir'), at('copy')], 2, 'give -r'],
    ['what is not there', () => [remote('nothing'), at('copy')], 3, 'ENOENT'],
    ['what is on this machine alone', () => [at('a'), at('b')], 2, 'both on this machine'],
  ])('%s is refused', async (_what, operands, status, message) => {
    expect(await wandb('cp', ...operands())).toMatchObject({
      status,
      stderr: expect.stringContaining(message),
    });
  });

  test('what fails of one file is told, all others are copied, and the status says so', async () => {
    writeFiles(at('from'), { 'good.txt': 'g', 'bad.txt': 'b' });
    await server.faults([{ match: { method: 'PUT', path: /bad/ }, status: 403, times: 100 }]);
    const { status, stderr: err } = await wandb('put', at('from'), remote('put'));
    expect(status).toBe(1);
    expect(err).toMatch(/wandb-fs put: EACCES: 1 of 2 files failed.*bad\.txt/);
    expect(await filesOfRun(server, run)).toMatchObject({ 'put/good.txt': 'g' });
  });
});

test('sync makes one what the other is; a dry run tells the plan alone', async () => {
  writeFiles(at('to'), { 'a.txt': 'other', 'old.txt': 'x' });
  const options = ['sync', '--delete', remote(), at('to')];
  expect(await wandb(...options, '--dry-run')).toEqual({
    status: 0,
    stdout: 'change a.txt\nadd dir/b c.txt\nadd dir/deep/ä\n.txt\nremove old.txt\n',
    stderr: '',
  });
  expect(filesBelow(at('to'))).toEqual({ 'a.txt': 'other', 'old.txt': 'x' });
  const { stderr: err } = await wandb(...options);
  expect(err).toContain('a.txt (1)\n');
  expect(err).toContain('3 files (6) copied, 1 removed\n');
  expect(filesBelow(at('to'))).toEqual(TREE);
  expect(await wandb(...options, '--json')).toMatchObject({
    stdout: `{"event":"begin","files":0,"bytes":0}\n${JSON.stringify({
      event: 'done',
      from: remote(),
      to: at('to'),
      files: 0,
      bytes: 0,
      removed: 0,
      same: 3,
    })}\n`,
    stderr: '',
  });
});

test('with --json each file that is through is an event; with --quiet nothing is told', async () => {
  const { stdout: out } = await wandb('get', '--json', remote(), at('copy'));
  const events = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.at(0)).toEqual({ event: 'begin', files: 3, bytes: 6 });
  expect(
    events
      .slice(1, -1)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(Object.keys(TREE));
  expect(events.at(-1)).toMatchObject({ event: 'done', files: 3, bytes: 6, removed: 0, same: 0 });
  expect(await wandb('get', '--quiet', remote(), at('other'))).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('get and put go one way each', async () => {
  expect(await wandb('get', remote('dir/b c.txt'), at('b.txt'))).toMatchObject({ status: 0 });
  expect(readFileSync(at('b.txt'), 'utf8')).toBe('bb');
  expect(await wandb('put', at('b.txt'), remote('put.txt'))).toMatchObject({ status: 0 });
  expect(await filesOfRun(server, run)).toMatchObject({ 'put.txt': 'bb' });
  expect(await wandb('get', at('b.txt'), at('c.txt'))).toMatchObject({ status: 2 });
  expect(await wandb('put', remote('a.txt'), remote('b.txt'))).toMatchObject({ status: 2 });
});

test('mv renames at W&B, and removes what it has copied', async () => {
  expect(await wandb('mv', remote('a.txt'), remote('dir/moved.txt'))).toEqual({
    status: 0,
    stdout: '',
    stderr: '',
  });
  expect(Object.keys(await filesOfRun(server, run))).toEqual([
    'dir/b c.txt',
    'dir/deep/ä\n.txt',
    'dir/moved.txt',
  ]);
  writeFiles(at('from'), { x: 'x' });
  await wandb('mv', at('from'), remote('arrived'));
  expect(await filesOfRun(server, run)).toMatchObject({ 'arrived/x': 'x' });
  expect(readdirSync(directory)).not.toContain('from');
  await wandb('mv', remote('arrived'), remote('dir'), directory);
  expect(filesBelow(at('dir'))).toMatchObject({ 'moved.txt': 'a' });
  expect(await filesOfRun(server, run)).toEqual({});
});

test('rm removes files, directories with -r, and runs only where that is allowed', async () => {
  expect(await wandb('rm', remote('a.txt'), remote('nothing'))).toMatchObject({ status: 3 });
  expect(await wandb('rm', remote('dir'))).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('dir'),
  });
  expect(await wandb('rm', '-rf', remote('dir'), remote('nothing'))).toMatchObject({ status: 0 });
  expect(await filesOfRun(server, run)).toEqual({});
  expect(await wandb('rm', '-r', remote())).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('EPERM'),
  });
  expect(await wandb('rm', '-r', '--allow-delete', 'run', remote())).toMatchObject({ status: 0 });
  expect(await wandb('ls', remote())).toMatchObject({ status: 3 });
  expect(await wandb('rm', at('here'))).toMatchObject({ status: 2 });
});

test('mkdir makes runs, with -p also where they are', async () => {
  const made = `wandbfs://${run}-made`;
  expect(await wandb('mkdir', made)).toMatchObject({ status: 0 });
  expect(await wandb('mkdir', made)).toMatchObject({ status: 1 });
  expect(await wandb('mkdir', '-p', made)).toMatchObject({ status: 0 });
});

test('verify compares by content, and lists what differs', async () => {
  await wandb('get', remote(), at('copy'));
  expect(await wandb('verify', at('copy'), remote())).toMatchObject({ status: 0, stdout: '' });
  writeFiles(at('copy'), { 'a.txt': 'A', new: 'n' });
  rmSync(at('copy/dir/b c.txt'));
  const { status, stdout: out } = await wandb('verify', at('copy'), remote());
  expect(status).toBe(1);
  expect(out).toBe('changed a.txt\nmissing dir/b c.txt\nextra new\n');
});

test('on a terminal a line shows what is on its way, whatever it is called, no wider than that, and the sum stays', async () => {
  const name = 'a\n\u001b[2J file of 日本 with a rather long name.bin';
  await server.seed({ [run]: { [name]: 'x'.repeat(3 << 20) } });
  await server.faults([{ match: { side: 'storage', method: 'GET' }, bytesPerSecond: 6 << 20, times: 100 }]);
  for (const columns of [40, 160]) {
    const { stderr: err, status } = await wandbFs(server, ['get', remote(), at(`to-${columns}`)], {
      columns,
    });
    expect(status).toBe(0);
    expect(err).toContain('100%');
    // As it is escaped, cut or whole.
    expect(err).toMatch(/\/s \d\d:\d\d a\\n\\x1b/);
    expect(err).not.toContain('\u001b[2J');
    const drawn = err.split(CONTROLS);
    expect(Math.max(...drawn.map(columnsOf))).toBeLessThan(columns);
    expect(err.endsWith('4 files (3.1M) copied\n')).toBe(true);
  }
});

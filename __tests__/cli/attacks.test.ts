import { once } from 'node:events';
import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { wandbFs } from '../helpers/command.js';
import { makeDirectory } from '../helpers/directories.js';
import { STANDARD, useServer } from '../helpers/server.js';

const server = useServer(STANDARD);
const RUN = 'wandbfs://team/flowers/a1';
const TREE = { 'a.txt': 'a', 'b.txt': 'b', 'dir/c.txt': 'c' };
let directory: string;

beforeEach(async () => {
  directory = await makeDirectory();
  process.env.WANDB_FS_JOURNAL = join(directory, 'journal');
  await server.reset();
  await server.seed({ 'team/flowers/a1': TREE });
});

const wandb = (...args: readonly string[]) => wandbFs(server, args);
const names = async () => Object.keys(await server.files('team/flowers/a1')).sort();

it.each([
  [['rm', '-rf', 'wandbfs://'], 5, 'EBUSY'],
  [['rm', '-rf', 'wandbfs://team'], 1, 'EPERM'],
  [['rm', '-rf', `${RUN}/`], 1, "'--allow-delete run'"],
  [['rm', '-rf', `${RUN}/dir/..`], 1, "'--allow-delete run'"],
  [['rm', '-rf', '/'], 2, 'is a local path'],
  [['rm', '-rf', ''], 2, 'A path is empty'],
  [['rm', '-rf', `${RUN}/a.txt`, ''], 2, 'A path is empty'],
  [['rm', '-f', `${RUN}/*.txt`], 3, 'No shell expands wildcards at W&B'],
  [['rm', `${RUN}/dir`], 1, 'Give -r'],
  [['sync', '--delete', 'missing', RUN], 3, "ENOENT: no such file or directory, mirror 'missing'"],
  [['sync', '--delete', 'wandbfs://team/flowers/nope', RUN], 3, "no run 'nope'"],
  [['cp', `${RUN}/a.txt`, `${RUN}/a.txt`], 1, 'one and the same'],
  [['cp', '-r', RUN, `${RUN}/dir/copy`], 1, 'One is in the other'],
  [['mv', `${RUN}/dir`, `${RUN}/dir/below`], 1, 'EINVAL'],
  [['cp', `${RUN}/*.txt`, '.'], 3, "'cp -r --include'"],
  [['mv', RUN, 'wandbfs://team/flowers/a2'], 2, 'moves in two steps'],
  // The next one that goes there would replace it.
  [['mv', `${RUN}/a.txt`, `${RUN}/out/`], 2, `name the copy, '${RUN}/out/a.txt'`],
  [['put', 'package.json', `${RUN}/out/`], 2, `name the copy, '${RUN}/out/package.json'`],
  [['cp', `${RUN}/a.txt`, `${RUN}/b.txt/`], 2, 'is no directory that is there'],
])('%j is refused with %i, and nothing is changed', async (args, status, message) => {
  expect(await wandb(...args)).toMatchObject({ status, stderr: expect.stringContaining(message) });
  expect(await names()).toEqual(Object.keys(TREE));
});

it('an option that no filesystem takes is told of once', async () => {
  const { status, stderr } = await wandb('rm', '-r', '--allow-delete', 'file', RUN);
  expect({ status, lines: stderr.trimEnd().split('\n') }).toEqual({
    status: 1,
    lines: [expect.stringContaining("got 'file'")],
  });
});

it('what stands where something of another kind is to stand is left, and the status is that of a failure', async () => {
  await mkdir(join(directory, 'to/a.txt'), { recursive: true });
  await mkdir(join(directory, 'from'));
  await writeFile(join(directory, 'from/x'), 'x');
  expect(await wandb('get', `${RUN}/a.txt`, join(directory, 'to'))).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('EISDIR'),
  });
  expect(await wandb('put', join(directory, 'from'), `${RUN}/a.txt`)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('a file stands there'),
  });
  expect(await readdir(join(directory, 'to'))).toEqual(['a.txt']);
  expect(await names()).toEqual(Object.keys(TREE));
});

it('what is neither a file nor a directory is neither copied nor replaced; a link is written through', async () => {
  const [socket, link, real] = ['socket', 'link', 'real'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  const listening = createServer().listen(socket);
  await once(listening, 'listening');
  await writeFile(real, 'old');
  await symlink('real', link);
  for (const args of [
    ['get', `${RUN}/a.txt`, socket],
    ['put', socket, RUN],
    ['put', '/dev/zero', RUN],
  ]) {
    expect(await wandb(...args)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('neither a file nor a directory'),
    });
  }
  expect((await lstat(socket)).isSocket()).toBe(true);
  listening.close();
  expect(await wandb('get', `${RUN}/a.txt`, link)).toMatchObject({ status: 0 });
  expect(await readFile(real, 'utf8')).toBe('a');
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect(await names()).toEqual(Object.keys(TREE));
});

it('an empty directory with `sync --delete` empties the other, as a dry run tells before', async () => {
  const empty = join(directory, 'empty');
  await mkdir(empty);
  const options = ['sync', '--delete', empty, RUN];
  expect(await wandb(...options, '--dry-run')).toMatchObject({
    status: 0,
    stdout: 'remove a.txt\nremove b.txt\nremove dir\nremove dir/c.txt\n',
  });
  expect(await names()).toEqual(Object.keys(TREE));
  expect(await wandb(...options)).toMatchObject({ status: 0 });
  expect(await names()).toEqual([]);
});

it('names that begin with a dash stand behind --', async () => {
  const here = process.cwd();
  process.chdir(directory);
  try {
    await writeFile('-dash', 'd');
    expect(await wandb('put', '-dash', RUN)).toMatchObject({ status: 2 });
    expect(await wandb('put', '--', '-dash', RUN)).toMatchObject({ status: 0 });
    expect(await wandb('ls', '--', RUN)).toMatchObject({ stdout: '-dash\na.txt\nb.txt\ndir\n' });
  } finally {
    process.chdir(here);
  }
});

describe('--json', () => {
  it.each([
    [['ls', '--json', RUN, `${RUN}/nope`], 3],
    [['stat', '--json', `${RUN}/nope`, RUN], 3],
    [['du', '--json', `${RUN}/nope`], 3],
    [['tree', '--json', `${RUN}/nope`], 3],
    [['find', '--json', `${RUN}/nope`, '--size', '+1'], 3],
    [['url', '--json', `${RUN}/a.txt`, './local'], 2],
    [['url', '--json', `${RUN}/a.txt`, RUN], 1],
    [['doctor', '--json'], 0],
  ])('%j prints one document, whatever fails', async (args, status) => {
    const ran = await wandb(...args);
    expect(ran.status).toBe(status);
    expect(() => JSON.parse(ran.stdout)).not.toThrow();
  });

  it.each([
    [['info', '--json', `${RUN}/nope`]],
    [['get', '--json', `${RUN}/nope`, 'to']],
    [['verify', '--json', 'missing', `${RUN}/nope`]],
  ])('%j prints nothing where there is nothing to tell', async (args) => {
    expect(await wandb(...args)).toMatchObject({ status: 3, stdout: '' });
  });
});

describe('a terminal', () => {
  const put = async (env: Readonly<Record<string, string>>) => {
    await writeFile(join(directory, 'big'), 'x'.repeat(1 << 20));
    return wandbFs(server, ['put', join(directory, 'big'), RUN], { columns: 80, env });
  };

  it('that draws nothing over is told lines', async () => {
    expect((await put({ TERM: 'dumb' })).stderr).not.toContain('\u001b');
    expect((await put({ TERM: 'xterm' })).stderr).toContain('\u001b');
  });

  it.each([0, 1, 2])('of %i columns is told something', async (columns) => {
    const { status, stdout } = await wandbFs(server, ['ls', '-l', RUN], { columns });
    expect(status).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .every((line) => line !== ''),
    ).toBe(true);
    expect(await wandbFs(server, ['put', __filename, RUN], { columns })).toMatchObject({ status: 0 });
  });
});

it.each([
  [['--debug', 'cat', `${RUN}/a.txt`]],
  [['--debug', 'put', __filename, RUN]],
  [['--debug', 'cat', `${RUN}/nope`]],
])('%j tells requests, and neither the key nor what is signed', async (args) => {
  const { stderr } = await wandb(...args);
  expect(stderr).toMatch(/\/graphql .*: 200/);
  expect(stderr).not.toContain(server.apiKey);
  expect(stderr).not.toMatch(/signature|X-Amz|Basic |Bearer /i);
});

it('an address that is refused is told without its signature', async () => {
  await server.faults([{ match: { side: 'storage', method: 'GET' }, status: 403, times: 100 }]);
  const { status, stderr } = await wandb('--debug', 'cat', `${RUN}/a.txt`);
  expect(status).toBe(1);
  expect(stderr).toMatch(/EACCES/);
  expect(stderr).not.toMatch(/[?&](?:X-Amz|Signature|Expires|token)/i);
  await server.faults([]);
});

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wandbFs } from '../helpers/command.js';
import { makeDirectory } from '../helpers/directories.js';
import { STANDARD, useServer } from '../helpers/server.js';

const server = useServer(STANDARD);
const RUN = 'wandbfs://team/flowers/a1';
const LOG = `${RUN}/log.txt`;
const LINES = Array.from({ length: 12 }, (_, index) => `line ${index + 1}\n`);

beforeAll(async () => {
  process.env.WANDB_FS_JOURNAL = join(await makeDirectory(), 'journal');
  await server.seed({
    'team/flowers/a1': {
      'log.txt': LINES.join(''),
      'no newline': 'a\nb',
      '.hidden': '',
      'dir/large': 'x'.repeat(3000),
    },
  });
});

const run = async (...args: string[]): Promise<string> => {
  const { status, stdout } = await wandbFs(server, args);
  expect(status).toBe(0);
  return stdout;
};

describe('head and tail, as those of coreutils', () => {
  it.each([
    [['head', LOG], LINES.slice(0, 10)],
    [['head', '-3', LOG], LINES.slice(0, 3)],
    [['head', '-n', '-10', LOG], LINES.slice(0, 2)],
    [['head', '-n-12', LOG], []],
    [['head', '-n', '-100', LOG], []],
    [['head', '--lines=-0', LOG], LINES],
    [['head', '-n', '-1', `${RUN}/no newline`], ['a\n']],
    [['head', '-c', '-80', LOG], ['line 1\n']],
    [['head', '-c', '-1K', LOG], []],
    [['tail', LOG], LINES.slice(2)],
    [['tail', '-2', LOG], LINES.slice(10)],
    [['tail', '-n', '-2', LOG], LINES.slice(10)],
    [['tail', '-n', '+11', LOG], LINES.slice(10)],
    [['tail', '-n', '+1', LOG], LINES],
    [['tail', '-n', '+0', LOG], LINES],
    [['tail', '-n', '+13', LOG], []],
    [['tail', '-n', '+2', `${RUN}/no newline`], ['b']],
    [['tail', '-c', '+80', LOG], [LINES.join('').slice(79)]],
    [['tail', '-c', '8', LOG], ['line 12\n']],
    [['tail', '-c', '+1K', LOG], []],
    [
      ['tail', '-q', '-n', '1', LOG, `${RUN}/no newline`],
      ['line 12\n', 'b'],
    ],
  ])('%j', async (args, printed) => {
    expect(await run(...args)).toBe(printed.join(''));
  });

  it('find lines across blocks of a large file', async () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `${index + 1}\n`);
    await server.seed({ 'team/flowers/big': { 'log.txt': lines.join('') } });
    const big = 'wandbfs://team/flowers/big/log.txt';
    expect(await run('tail', '-n', '+29999', big)).toBe('29999\n30000\n');
    expect(await run('head', '-n', '-29998', big)).toBe('1\n2\n');
  });

  it('tail -n +N of a run begins at that line of what it has printed; it has no bytes', async () => {
    const authorization = `Basic ${Buffer.from(`api:${server.apiKey}`).toString('base64')}`;
    await server.seed({ 'team/flowers/prints': {} }, { state: 'running' });
    const content = ['one', 'two', 'three'].map((text) => `2026-11-23T13:47:41.347305 ${text}`);
    await fetch(`${server.url}/files/team/flowers/prints/file_stream`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ files: { 'output.log': { offset: 0, content } } }),
    });
    expect(await run('tail', '-n', '+2', 'wandbfs://team/flowers/prints')).toBe('two\nthree\n');
    expect(await wandbFs(server, ['tail', '-c', '3', 'wandbfs://team/flowers/prints'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('give -n, or the path of a file'),
    });
  });
});

describe('ls and du, as those of coreutils', () => {
  it.each([
    [
      ['ls', '-a', RUN],
      ['.hidden', 'dir', 'log.txt', 'no newline'],
    ],
    [
      ['ls', '-Ar', RUN],
      ['no newline', 'log.txt', 'dir', '.hidden'],
    ],
    [
      ['ls', '-S', RUN],
      ['log.txt', 'no newline', '.hidden', 'dir'],
    ],
    [
      ['du', '-ad', '1', RUN],
      [`0\t${RUN}/.hidden`, `3000\t${RUN}/dir`, `87\t${LOG}`, `3\t${RUN}/no newline`, `3090\t${RUN}`],
    ],
    [
      ['du', '-shc', RUN, `${RUN}/dir`],
      [`3.1K\t${RUN}`, `3.0K\t${RUN}/dir`, '6.0K\ttotal'],
    ],
  ])('%j', async (args, lines) => {
    expect((await run(...args)).trimEnd().split('\n')).toEqual(lines);
  });

  it('ls -lt and -ltr sort by time, ls -1 prints a name a line on a terminal, too', async () => {
    await server.seed({ 'team/flowers/times': { 'b-old': '1' } });
    await server.seed({ 'team/flowers/times': { 'b-old': '1', 'a-new': '2', 'c-new': '3' } });
    const names = async (...args: string[]) =>
      (await run('ls', '-l', ...args, 'wandbfs://team/flowers/times')).match(/[abc]-\w+$/gm);
    const newest = await names('-t');
    expect(newest?.toSorted()).toEqual(['a-new', 'b-old', 'c-new']);
    expect(await names('-tr')).toEqual(newest?.toReversed());
    const { stdout } = await wandbFs(server, ['ls', '-1', RUN], { columns: 80 });
    expect(stdout.trimEnd().split('\n')).toHaveLength(4);
  });
});

describe('cp and mv', () => {
  it('with -n leave what is there as it is, and say so', async () => {
    const directory = await makeDirectory();
    await mkdir(join(directory, 'data'));
    await writeFile(join(directory, 'data/log.txt'), 'mine');
    await writeFile(join(directory, 'data/new.txt'), 'new');
    const copied = await wandbFs(server, ['cp', '-Rn', `${directory}/data/.`, RUN]);
    expect(copied).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('1 file (3) copied, 1 there already'),
    });
    expect(await run('cat', LOG)).toBe(LINES.join(''));
    expect(await run('cat', `${RUN}/new.txt`)).toBe('new');
    expect(await wandbFs(server, ['mv', '-n', join(directory, 'data/log.txt'), RUN])).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('is there'),
    });
    expect(await readFile(join(directory, 'data/log.txt'), 'utf8')).toBe('mine');
    expect(await run('cat', LOG)).toBe(LINES.join(''));
  });
});

describe('what other programs have, and this one has not, is refused with what to do', () => {
  it.each([
    [['cat', '-n', LOG], "unknown option '-n': '| cat -n' numbers lines."],
    [['cat', '-'], "'-' is no stream here"],
    [['cp', '-a', 'data', RUN], "'-r' goes down"],
    [['cp', '-ru', 'data', RUN], 'what is the same is not copied again'],
    [['rm', '-ri', RUN], 'nothing is asked here'],
    [['rm', '-rfv', RUN], 'leave it out'],
    [['sync', '-av', 'data', RUN], 'it goes down by itself'],
    [['find', RUN, '-name', '*.txt'], "write '--name'"],
    [['find', RUN, '-maxdepth', '1'], "write '--max-depth'"],
    [['ls', '--color=auto', RUN], 'NO_COLOR'],
    [['--verbose', 'ls', RUN], "'--debug' tells more"],
  ])('%j', async (args, advice) => {
    expect(await wandbFs(server, args)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(advice),
    });
  });

  it('in one message that names the command', async () => {
    expect((await wandbFs(server, ['ls', '--nothing-like-it', RUN])).stderr).toBe(
      "wandb-fs ls: unknown option '--nothing-like-it'\nTry 'wandb-fs ls --help'.\n",
    );
  });
});

it('names the option of the command where a library would want one of its own', async () => {
  expect(await wandbFs(server, ['rm', '-r', RUN])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("'--allow-delete run'"),
  });
});

it('tells once that there is no key', async () => {
  const home = await makeDirectory();
  const env = { HOME: home, WANDB_API_KEY: '', NETRC: join(home, 'none') };
  const { status, stderr } = await wandbFs(server, ['ls', RUN], { env });
  expect(status).toBe(1);
  expect(stderr.match(/No API key/g)).toHaveLength(1);
  expect(stderr).toMatch(/^wandb-fs ls: EACCES: permission denied, stat '\/team\/flowers\/a1'$/m);
});

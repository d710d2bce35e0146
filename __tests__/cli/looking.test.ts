import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wandbFs } from '../helpers/command.js';
import { makeDirectory } from '../helpers/directories.js';
import { STANDARD, useServer } from '../helpers/server.js';

const server = useServer(STANDARD);
const PROJECT = 'wandbfs://team/flowers';
const RUN = `${PROJECT}/a1`;
const IMAGES = 'wandbas://team/flowers/dataset/images';
const AWKWARD = 'two\nlines \u65e5\u672c.txt';

beforeAll(async () => {
  const about = {
    displayName: 'eager-fox-1',
    state: 'crashed',
    tags: ['good', 'old'],
    config: { lr: { value: 0.1 } },
  } as const;
  await server.seed(
    {
      'team/flowers/a1': {
        'config.yaml': 'lr: 0.1\n',
        'media/1.png': 'x'.repeat(1500),
        'media/b/2.PNG': 'yy',
      },
    },
    about,
  );
  await server.seed(
    { 'team/flowers/b2': { [AWKWARD]: '1\n2\n3\n' } },
    { displayName: 'calm-owl-2', state: 'finished' },
  );
  await server.seedArtifacts({
    'team/flowers/dataset/images': {
      versions: [{ files: { 'a.txt': 'one' } }, { files: { 'a.txt': 'two' }, aliases: ['prod'] }],
    },
  });
});

const run = async (...args: string[]) => {
  const { status, stdout, stderr } = await wandbFs(server, args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
};
const json = async (...args: string[]) => JSON.parse(await run(...args));

describe('ls', () => {
  it('lists names, one a line in a pipe, and side by side on a terminal', async () => {
    expect(await run('ls', PROJECT)).toBe('a1\nb2\n');
    const { stdout } = await wandbFs(server, ['ls', IMAGES], { columns: 40 });
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stdout).toContain('\u001b[36mlatest\u001b[0m');
  });

  it('tells names as they are to a pipe, and what a terminal can bear to a terminal', async () => {
    expect(await run('ls', `${PROJECT}/b2`)).toBe(`${AWKWARD}\n`);
    const { stdout } = await wandbFs(server, ['ls', `${PROJECT}/b2`], { columns: 80 });
    expect(stdout).toBe('two\\nlines \u65e5\u672c.txt\n');
  });

  it('tells states and display names of runs with -l, in columns', async () => {
    const lines = (await run('ls', '-l', PROJECT)).split('\n');
    expect(lines[0]).toMatch(
      /^dr-xr-xr-x {2}- {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}crashed {3}a1 {2}eager-fox-1$/,
    );
    expect(lines[1]).toMatch(/finished {2}b2 {2}calm-owl-2$/);
  });

  it('tells sizes of files and where aliases lead with -l', async () => {
    expect(await run('ls', '-lh', `${RUN}/media`)).toMatch(/^-r--r--r-- {2}1\.5K {2}\S+ \S+ {2}1\.png\n/);
    expect(await run('ls', '-l', IMAGES)).toMatch(/^l.* prod -> v1$/m);
  });

  it('goes down with -R, with a heading for each directory', async () => {
    expect(await run('ls', '-R', RUN)).toBe(
      `${RUN}:\nconfig.yaml\nmedia\n\n${RUN}/media:\n1.png\nb\n\n${RUN}/media/b:\n2.PNG\n`,
    );
  });

  it('prints one JSON document, all of what is below with -R', async () => {
    const entries = await json('ls', '-R', '--json', RUN);
    expect(entries.map(({ path, type, size }: Record<string, unknown>) => [path, type, size])).toEqual([
      [`${RUN}/config.yaml`, 'file', 8],
      [`${RUN}/media`, 'directory', null],
      [`${RUN}/media/1.png`, 'file', 1500],
      [`${RUN}/media/b`, 'directory', null],
      [`${RUN}/media/b/2.PNG`, 'file', 2],
    ]);
    expect(await json('ls', '--json', PROJECT)).toMatchObject([
      { name: 'a1', state: 'crashed', displayName: 'eager-fox-1' },
      { name: 'b2' },
    ]);
  });

  it('takes short paths, pages of the app, names of the SDK, and what is on this machine', async () => {
    const env = { WANDB_ENTITY: 'team', WANDB_PROJECT: 'flowers' };
    expect((await wandbFs(server, ['ls', '--runs'], { env })).stdout).toBe('a1\nb2\n');
    expect((await wandbFs(server, ['ls', '--runs', 'a1/media'], { env })).stdout).toBe('1.png\nb\n');
    expect((await wandbFs(server, ['ls', '--artifacts', 'images:prod'], { env })).stdout).toBe('a.txt\n');
    expect(await run('ls', `${server.url}/team/flowers/runs/a1`)).toBe('config.yaml\nmedia\n');
    expect(await run('ls', 'team/flowers/images:prod')).toBe('a.txt\n');
    const directory = await makeDirectory();
    await writeFile(join(directory, 'here.txt'), '');
    expect(await run('ls', directory)).toBe('here.txt\n');
    expect(await wandbFs(server, ['ls', 'team/flowers/nope:v1'])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining("'nope'"),
    });
  });
});

it('tree draws what is below, and counts it', async () => {
  expect(await run('tree', '-h', RUN)).toBe(
    `${RUN}\n├── [8]  config.yaml\n└── media\n    ├── [1.5K]  1.png\n    └── b\n        └── [2]  2.PNG\n\n2 directories, 3 files\n`,
  );
  expect(await run('tree', '-q', '-d', '-L', '1', RUN)).toBe(`${RUN}\n└── media\n`);
  // A file behind the last directory isn't drawn, so nothing leads to it.
  const directory = await makeDirectory();
  await mkdir(join(directory, 'a', 'b'), { recursive: true });
  for (const name of ['z.txt', 'a/z.txt']) await writeFile(join(directory, name), '');
  expect(await run('tree', '-q', '-d', directory)).toBe(`${directory}\n└── a\n    └── b\n`);
});

it('du adds up, each directory behind those in it', async () => {
  expect(await run('du', RUN)).toBe(`2\t${RUN}/media/b\n1502\t${RUN}/media\n1510\t${RUN}\n`);
  expect(await run('du', '-sh', RUN)).toBe(`1.5K\t${RUN}\n`);
  expect(await json('du', '--max-depth', '1', '--json', RUN)).toEqual([
    { path: `${RUN}/media`, size: 1502, files: 2 },
    { path: RUN, size: 1510, files: 3 },
  ]);
});

it('stat and info tell what a listing and what W&B knows', async () => {
  expect(await run('stat', `${RUN}/config.yaml`)).toMatch(
    /^path {7}wandbfs:.*config\.yaml\ntype {7}file\nsize {7}8\n/,
  );
  expect(await json('stat', '--json', `${IMAGES}/prod`)).toMatchObject([{ type: 'link', target: 'v1' }]);
  expect(await json('info', '--json', RUN)).toMatchObject({
    path: RUN,
    kind: 'run',
    state: 'crashed',
    config: { lr: 0.1 },
  });
  expect(await run('info', `${IMAGES}/v1`)).toMatch(/^aliases +\["latest","prod"\]$/m);
  expect(await wandbFs(server, ['info', './x'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('is a local path'),
  });
});

it('cat, head and tail print all of files, ranges, and their ends', async () => {
  const file = `${PROJECT}/b2/${AWKWARD}`;
  expect(await run('cat', `${RUN}/config.yaml`, file)).toBe('lr: 0.1\n1\n2\n3\n');
  expect(await run('cat', '--range', '4-6', `${RUN}/config.yaml`)).toBe('0.1');
  expect(await run('cat', '--range', '-4', `${RUN}/config.yaml`)).toBe('0.1\n');
  expect(await run('cat', '--offset', '4', '--count', '1', `${RUN}/config.yaml`)).toBe('0');
  expect(await run('cat', '--count', '0', `${RUN}/config.yaml`)).toBe('');
  expect(await run('head', '-n', '2', file)).toBe('1\n2\n');
  expect(await run('head', '-c', '1', file, `${RUN}/config.yaml`)).toBe(
    `==> ${file} <==\n1\n==> ${RUN}/config.yaml <==\nl`,
  );
  expect(await run('tail', '-n', '2', file)).toBe('2\n3\n');
  expect(await run('tail', '-c', '2', file)).toBe('3\n');
});

it('url signs the address of a file, and tells its page', async () => {
  const address = (await run('url', `${RUN}/config.yaml`)).trim();
  expect(await (await fetch(address)).text()).toBe('lr: 0.1\n');
  expect(await run('url', '--web', RUN)).toBe(`${server.url}/team/flowers/runs/a1\n`);
});

describe('find', () => {
  it.each([
    [['--name', '*.png'], ['media/1.png']],
    [
      ['--iname', '*.png'],
      ['media/1.png', 'media/b/2.PNG'],
    ],
    [
      ['--type', 'd'],
      ['media', 'media/b'],
    ],
    [['--size', '+1K'], ['media/1.png']],
    [['--size', '-1K', '--size', '+2'], ['config.yaml']],
    [['--type', 'f', '--max-depth', '1'], ['config.yaml']],
    [['--type', 'f', '--mtime', '+5000w'], []],
  ])('below a run with %j', async (args, expected) => {
    const found = await run('find', RUN, ...args);
    expect(found).toBe(expected.map((path) => `${RUN}/${path}\n`).join(''));
  });

  it.each([
    [['--display-name', 'eager-*'], ['a1']],
    [['--state', 'finished'], ['b2']],
    [
      ['--state', 'finished', '--state', 'crashed', '--order', '-createdAt'],
      ['b2', 'a1'],
    ],
    [['--tag', 'good', '--tag', 'old'], ['a1']],
    [['--config', 'lr=0.1'], ['a1']],
    [['--config', 'lr=0.2'], []],
    [['--display-name', 'eager-*', '--name', '*.yaml'], ['a1/config.yaml']],
  ])('runs of a project with %j', async (args, expected) => {
    const found = await run('find', PROJECT, ...args);
    expect(found).toBe(expected.map((path) => `${PROJECT}/${path}\n`).join(''));
  });

  it('ends paths with NUL for xargs, for names may have newlines', async () => {
    expect(await run('find', '-0', `${PROJECT}/b2`)).toBe(`${PROJECT}/b2/${AWKWARD}\0`);
  });

  it('says where runs are found, and in which orders', async () => {
    expect(await wandbFs(server, ['find', RUN, '--state', 'running'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('in a project'),
    });
    expect(await wandbFs(server, ['find', PROJECT, '--order', 'size'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--order must be'),
    });
  });
});

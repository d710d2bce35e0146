import { posix } from 'node:path';
import type { WandbFs } from 'wandb-fs';
import { awkwardFiles, awkwardNames, worldDirectory } from '../../__fixtures__/index.js';
import { useServer } from '../helpers/server.js';
import { connect, makeRun, mount } from './helpers/mounts.js';
import { call, STYLES } from './helpers/styles.js';
import { eventually } from './helpers/waiting.js';

const server = useServer({ world: worldDirectory });

/** All files below a directory, by the names that recursive readdir gives. */
async function readTree(fs: WandbFs, directory: string): Promise<Record<string, string>> {
  const entries = await fs.promises.readdir(directory, { recursive: true, withFileTypes: true });
  const files: Record<string, string> = {};
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = `${entry.parentPath}/${entry.name}`;
    Object.defineProperty(files, path.slice(directory.length + 1), {
      value: await fs.promises.readFile(path, 'utf8'),
      enumerable: true,
    });
  }
  return files;
}

describe('names that run files may have', () => {
  test('are listed and read, each its own content', async () => {
    const run = await makeRun(server, awkwardFiles());
    const read = await readTree(mount(server), run);
    expect(Object.entries(read).sort()).toEqual(Object.entries(awkwardFiles()).sort());
  });

  test('a run from a real directory is listed and read', async () => {
    const fs = mount(server);
    const run = 'vision-lab/flower-classifier/awkward-names';
    const uploaded = Object.entries(await server.files(run)).map(([name, bytes]) => [
      name,
      Buffer.from(bytes).toString(),
    ]);
    expect(uploaded.length).toBeGreaterThan(20);
    expect(Object.entries(await readTree(fs, run)).sort()).toEqual(uploaded.sort());
    expect(fs.readdirSync(`${run}/emoji 😀`)).toEqual(['🚀 and more.txt']);
  });

  let fs: WandbFs;
  beforeAll(() => {
    fs = connect(server);
  });
  afterAll(() => fs.wandb.close());

  test.each(awkwardNames)('%j is opened by a cold look, too', async (name) => {
    const run = await makeRun(server, { [name]: 'found' });
    expect(fs.readFileSync(`${run}/${name}`, 'utf8')).toBe('found');
    expect(fs.existsSync(`${run}/${name}x`)).toBe(false);
  });

  test.each(STYLES)('are written under exactly that name, %s', async (style) => {
    const run = await makeRun(server);
    const fs = mount(server);
    for (const [name, content] of Object.entries(awkwardFiles())) {
      await call(fs, style, 'mkdir', posix.dirname(`${run}/${name}`), { recursive: true });
      await call(fs, style, 'writeFile', `${run}/${name}`, content);
    }
    await fs.wandb.flush();
    const files = await eventually(
      () => server.files(run),
      (seen) => Object.keys(seen).length === awkwardNames.length,
    );
    expect(Object.keys(files).sort()).toEqual([...awkwardNames].sort());
  });

  test('Buffer paths and Buffer names go there and back', async () => {
    const run = await makeRun(server, { 'ünï/日本.txt': 'found' });
    const fs = mount(server);
    expect(fs.readdirSync(Buffer.from(run), 'buffer')).toEqual([Buffer.from('ünï')]);
    expect(fs.readFileSync(Buffer.from(`${run}/ünï/日本.txt`), 'utf8')).toBe('found');
  });

  test('a name is found by its own letters only', async () => {
    const run = await makeRun(server, { 'under_score.txt': '1', 'caf\u00e9.txt': '2' });
    const fs = mount(server);
    for (const name of ['underXscore.txt', 'UNDER_SCORE.txt', 'cafe\u0301.txt', 'under_score', '%.txt'])
      expect(fs.existsSync(`${run}/${name}`)).toBe(false);
  });
});

describe('hostile names', () => {
  const hostile = [
    '../escaped.txt',
    '../../../../etc/passwd',
    'a/../../up.txt',
    '/etc/shadow',
    './dot.txt',
    'a//double.txt',
    'a/./dot.txt',
    'trailing/',
    'below/..',
    'beside/.',
    'nul\0byte.txt',
    '%2E%2E/x.txt',
    '%2e%2e/y.txt',
    '%252E',
    'a/%2F/b',
  ];

  test('stay inside their run, are listed with names that a path can hold, and are read by these', async () => {
    const run = await makeRun(
      server,
      Object.fromEntries(hostile.map((name) => [name, `content of ${name}`])),
    );
    const fs = mount(server, { mountPoint: '/home/me/run', root: run });
    const read = await readTree(fs, '/home/me/run');
    for (const path of Object.keys(read)) {
      expect(posix.join('/home/me/run', path).startsWith('/home/me/run/')).toBe(true);
      for (const segment of path.split('/')) {
        expect(['', '.', '..']).not.toContain(segment);
        expect(segment).not.toContain('\0');
      }
    }
    expect(Object.values(read).sort()).toEqual(hostile.map((name) => `content of ${name}`).sort());
  });

  test('a path of the caller can not leave the root', async () => {
    const run = await makeRun(server, { 'inside.txt': 'inside' });
    await server.seed({ 'team/project/secret': { 'inside.txt': 'secret' } });
    const fs = mount(server, { root: run });
    for (const path of [
      '/../secret/inside.txt',
      '/../../project/secret/inside.txt',
      'x/../../secret/inside.txt',
    ])
      expect(fs.existsSync(path)).toBe(false);
    expect(fs.readFileSync('/../inside.txt', 'utf8')).toBe('inside');
    expect(fs.readFileSync('/../../../inside.txt', 'utf8')).toBe('inside');
  });

  test('both a file `a` and a file `a/b`: `a` is a directory', async () => {
    const run = await makeRun(server, { a: 'a file', 'a/b': 'below it' });
    const fs = mount(server);
    expect(fs.statSync(`${run}/a`).isDirectory()).toBe(true);
    expect(fs.readdirSync(run)).toEqual(['a']);
    expect(fs.readFileSync(`${run}/a/b`, 'utf8')).toBe('below it');
    for (const cold of [mount(server), mount(server)]) {
      expect(cold.readFileSync(`${run}/a/b`, 'utf8')).toBe('below it');
      expect(cold.statSync(`${run}/a`).isDirectory()).toBe(true);
    }
  });

  test('names that are longer than a path can hold are refused, not cut', async () => {
    const run = await makeRun(server);
    const fs = mount(server);
    expect(() => fs.writeFileSync(`${run}/${'x'.repeat(1025)}`, 'x')).toThrow(/^ENAMETOOLONG/);
    expect(() => fs.statSync(`${run}/${'ü'.repeat(600)}`)).toThrow(/^ENAMETOOLONG/);
  });

  test('names with a part that no path can hold, which another client has made, are not listed, and a warning says so', async () => {
    const longest = 'd'.repeat(1024);
    const run = await makeRun(server, {
      'a.txt': 'a',
      [`${longest}/b.txt`]: 'b',
      [`${longest}x/c.txt`]: 'c',
    });
    const warnings: string[] = [];
    const fs = mount(server, { logger: { warn: (message) => warnings.push(message) } });
    expect(await readTree(fs, run)).toEqual({ 'a.txt': 'a', [`${longest}/b.txt`]: 'b' });
    expect(warnings).toEqual([expect.stringContaining('longer than 1024 bytes')]);
  });
});

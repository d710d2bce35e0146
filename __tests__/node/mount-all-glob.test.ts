import nodeFs from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makeDirectory } from '../helpers/directories.js';
import { errorOf } from '../semantics/helpers/styles.js';
import { calledBack, type Mounts, makeMounts, makeTree } from './support/mounts.js';

const globIn = (fs: object): ((...args: unknown[]) => string[]) => Reflect.get(fs, 'globSync');

const PATTERNS = [
  '**',
  '*',
  '*/',
  '**/',
  'wandb/**',
  'wandb/*/*',
  'wandb/runs/**/*.txt',
  '**/*.txt',
  '**/p/**',
  '{local,wandb/artifacts}/*',
  './wandb/../wandb/*',
  'wandb/runs/e/p/r/file.txt',
  'wandb/none/*',
  'local/*',
  '.*/*',
];

let mounts: Mounts;
beforeEach(() => {
  mounts = makeMounts();
});
afterEach(() => mounts.remove());

test('glob finds in mounts what it finds in one directory', async () => {
  const { fs, top } = mounts;
  const plain = await makeDirectory();
  await fs.promises.cp(top, plain, { recursive: true });
  // Node 20 has no glob of its own; that of one tree is held against newer ones elsewhere.
  const one = 'globSync' in nodeFs ? nodeFs : makeTree(plain, plain).fs;
  for (const pattern of PATTERNS) {
    const expected = globIn(one)(pattern, { cwd: plain }).sort();
    expect([pattern, globIn(fs)(pattern, { cwd: top }).sort()]).toEqual([pattern, expected]);
    expect(globIn(fs)(pattern, { cwd: pathToFileURL(top) }).sort()).toEqual(expected);
    const called = (await calledBack(Reflect.get(fs, 'glob'), pattern, { cwd: top })) as string[];
    expect(called.sort()).toEqual(expected);
    const each: string[] = [];
    for await (const path of Reflect.get(fs.promises, 'glob')(pattern, { cwd: top })) each.push(path);
    expect(each.sort()).toEqual(expected);
    const absolute = globIn(one)(join(plain, pattern)).map((path) => path.replace(plain, top));
    expect(globIn(fs)(join(top, pattern)).sort()).toEqual(absolute.sort());
  }
});

test('glob leaves out what is excluded, and gives entries', () => {
  const { fs, top } = mounts;
  const exclude = (name: string): boolean => name === 'runs';
  expect(globIn(fs)('**/*.*', { cwd: top, exclude }).sort()).toEqual([
    'local/file.txt',
    'wandb/artifacts/model.bin',
  ]);
  expect(globIn(fs)(['**/*.bin', '**/*.txt'], { cwd: top, exclude: ['local/**'] }).sort()).toEqual([
    'wandb/artifacts/model.bin',
    'wandb/runs/e/p/r/file.txt',
  ]);
  const typed = globIn(fs)('wandb/*/*', { cwd: top, withFileTypes: true }) as unknown as nodeFs.Dirent[];
  expect(typed.map(({ parentPath, name }) => join(parentPath, name)).sort()).toEqual([
    join(top, 'wandb/artifacts/model.bin'),
    join(top, 'wandb/runs/e'),
  ]);
});

test('glob of the base alone is the base’s', async () => {
  const { fs, top, base, runs } = mounts;
  expect(globIn(fs)('local/*', { cwd: top })).toEqual(['local/file.txt']);
  expect(base.asked).toEqual('globSync' in nodeFs ? ['globSync'] : ['statSync', 'lstatSync', 'readdirSync']);
  expect(runs.asked).toEqual([]);
  expect(await errorOf(() => globIn(fs)(1))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
});

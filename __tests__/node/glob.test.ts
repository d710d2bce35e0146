import nodeFs, { type Dirent } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure } from '../../src/contract/failure.js';
import { makeFs, type WandbFs } from '../../src/node/faces/create.js';
import { RUNS } from '../../src/node/wandb/layouts.js';
import { diskKernel } from './support/disk-kernel.js';
import {
  CASES,
  calledOf,
  eachOf,
  fill,
  type GlobEach,
  nodeHasGlob,
  nodeVersion,
  syncOf,
} from './support/globs.js';
import { tell } from './support/twins.js';

let top: string;
let left: string;
let right: string;
let asked: string[];
let ours: WandbFs;

/** As `left`, whose own `..` holds nothing else, its twin is alone in its directory. */
beforeAll(() => {
  top = nodeFs.mkdtempSync(join(nodeFs.realpathSync(tmpdir()), 'wandb-fs-glob-'));
  [left, right] = [join(top, 'node/left'), join(top, 'ours/left')];
  fill(left);
  fill(right);
});
afterAll(() => nodeFs.rmSync(top, { recursive: true }));

beforeEach(() => {
  asked = [];
  const kernel = diskKernel(join(top, 'ours'));
  const spy = { ...kernel, lstat: spied('lstat', kernel.lstat), readdir: spied('readdir', kernel.readdir) };
  ours = makeFs({
    layout: RUNS,
    mountPoint: join(top, 'ours'),
    connect: () => spy,
    appUrl: () => 'https://wandb.ai',
  });
});

const spied =
  <A extends [unknown, string], T>(name: string, call: (...args: A) => T) =>
  (...args: A): T => {
    asked.push(`${name} ${args[1]}`);
    return call(...args);
  };

describe("glob, globSync and promises.glob find what Node's find, in its order", () => {
  test.each(CASES)('$title', async ({ pattern, options, since, expected }) => {
    expect(syncOf(ours)(pattern, { ...options, cwd: right })).toEqual(expected);
    expect(await calledOf(ours, pattern, { ...options, cwd: pathToFileURL(right) })).toEqual(expected);
    expect(await eachOf(ours, pattern, { ...options, cwd: right })).toEqual(expected);
    if (nodeHasGlob && nodeVersion >= since) {
      expect(syncOf(nodeFs)(pattern, { ...options, cwd: left })).toEqual(expected);
    }
  });

  const EXCLUDING: readonly (readonly [string, (name: string) => boolean, readonly string[]])[] = [
    ['**', (name) => name !== 'dir' && name !== 'sub', ['.', 'dir']],
    ['dir/*', (name) => name === 'dir', []],
    ['dir/**', (name) => name === 'sub', ['dir', 'dir/inner.txt']],
    ['**/*.txt', (name) => name.endsWith('inner.txt') || name === 'a.txt', ['dir/sub/deep.txt']],
    [
      '*',
      () => true,
      ['!file', '#file', 'a.txt', 'bare', 'dangling', 'dir', 'empty', 'file', 'link', 'loop', 'na*me'],
    ],
  ];
  test.each(EXCLUDING)('%s without what a function excludes: %s', async (pattern, exclude, expected) => {
    expect(syncOf(ours)(pattern, { cwd: right, exclude })).toEqual(expected);
    expect(await eachOf(ours, pattern, { cwd: right, exclude })).toEqual(expected);
    if (nodeHasGlob) expect(syncOf(nodeFs)(pattern, { cwd: left, exclude })).toEqual(expected);
  });

  test('absolute patterns, through the directories above the mount point', async () => {
    for (const pattern of ['**/*.txt', '*', 'dir', 'dir/../dir/*', '*/sub/*']) {
      const found = syncOf(ours)(`${right}/${pattern}`) as string[];
      expect(found.length).toBeGreaterThan(0);
      expect(await eachOf(ours, `${right}/${pattern}`)).toEqual(found);
      if (nodeHasGlob) {
        const expected = (syncOf(nodeFs)(`${left}/${pattern}`) as string[]).map((path) =>
          path.replace(left, right),
        );
        expect(found).toEqual(expected);
      }
    }
    // What isn't in the tree isn't found by it.
    expect(syncOf(ours)('/*')).toEqual([]);
    expect(syncOf(ours)(join(top, '*'))).toEqual([join(top, 'ours')]);
  });

  test('withFileTypes gives entries', async () => {
    const shown = (found: readonly (string | Dirent)[], base: string): unknown =>
      (found as Dirent[]).map((entry) => [
        entry.name,
        entry.parentPath.replace(dirname(base), ''),
        entry.isDirectory(),
        entry.isFile(),
        entry.isSymbolicLink(),
        entry instanceof nodeFs.Dirent,
      ]);
    for (const pattern of ['**', 'dir/*', 'dir/inner.txt', 'link', '*/']) {
      const options = { cwd: right, withFileTypes: true };
      const expected = shown(syncOf(ours)(pattern, options), right);
      expect(expected).not.toEqual([]);
      expect(shown(await calledOf(ours, pattern, options), right)).toEqual(expected);
      expect(shown(await eachOf(ours, pattern, options), right)).toEqual(expected);
      if (nodeHasGlob) {
        expect(expected).toEqual(shown(syncOf(nodeFs)(pattern, { ...options, cwd: left }), left));
      }
    }
    const exclude = (entry: Dirent): boolean => entry.isDirectory() && entry.name === 'sub';
    const found = syncOf(ours)('dir/**', { cwd: right, exclude, withFileTypes: true }) as Dirent[];
    expect(found.map(({ name }) => name)).toEqual(['dir', 'inner.txt']);
  });
});

describe('glob refuses what Node refuses', () => {
  const REFUSED: readonly (readonly [unknown, object | null | number])[] = [
    [1, {}],
    [undefined, {}],
    [['a', 1], {}],
    [{}, {}],
    ['*', null],
    ['*', 1],
    ['*', []],
    ['*', { exclude: 1 }],
    ['*', { exclude: ['a', 1] }],
    ['*', { exclude: {} }],
  ];
  test.each(REFUSED)('globSync and promises.glob of %j with %j', async (pattern, options) => {
    const refusalOf = async (call: () => unknown): Promise<unknown> => {
      try {
        await call();
      } catch (error) {
        return tell(error, right);
      }
      throw new Error('It was not refused.');
    };
    const refusal = await refusalOf(() => syncOf(ours)(pattern, options as object));
    expect(refusal).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    expect(await refusalOf(() => eachOf(ours, pattern, options as object))).toEqual(refusal);
    if (nodeHasGlob) {
      expect(refusal).toEqual(await refusalOf(() => syncOf(nodeFs)(pattern, options as object)));
    }
  });

  test('glob without a callback, and with options that are none', () => {
    expect(() => Reflect.get(ours as object, 'glob')('*')).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
    for (const options of [{ followSymlinks: 1 }, { maxDepth: '1' }]) {
      expect(() => syncOf(ours)('*', options)).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
      );
    }
    expect(() => syncOf(ours)('*', { maxDepth: -1 })).toThrow(
      expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }),
    );
  });
});

describe('glob asks for no more than it needs', () => {
  test('globSync looks for names that stand in the pattern, and lists only behind them', () => {
    syncOf(ours)('dir/sub/*', { cwd: right });
    expect(asked).toEqual(['lstat left', 'readdir left/dir/sub']);
    asked.length = 0;
    syncOf(ours)('dir/sub/deep.txt', { cwd: right });
    expect(asked).toEqual(['lstat left', 'lstat left/dir/sub/deep.txt']);
  });

  test('promises.glob asks for a directory when what was found before has been taken', async () => {
    const each = Reflect.get(ours.promises, 'glob') as GlobEach;
    for await (const found of each('**', { cwd: right })) {
      expect(found).toBe('.');
      break;
    }
    expect(asked).toEqual(['lstat left', 'readdir left']);
  });

  test('globSync tells of a failure that is none of the directory', () => {
    const kernel = diskKernel(right);
    const fs = makeFs({
      layout: RUNS,
      connect: () => ({
        ...kernel,
        readdir: () => {
          throw new Failure('EIO');
        },
      }),
      appUrl: () => 'https://wandb.ai',
    });
    expect(() => syncOf(fs)('*')).toThrow(expect.objectContaining({ code: 'EIO', syscall: 'scandir' }));
  });
});

test('globSync starts at the root of a tree at "/", and at addresses', () => {
  const kernel = diskKernel(right);
  const fs = makeFs({ layout: RUNS, connect: () => kernel, appUrl: () => 'https://wandb.ai' });
  expect(syncOf(fs)('dir/*')).toEqual(['dir/inner.txt', 'dir/sub']);
  expect(syncOf(fs)('*', { cwd: 'dir' })).toEqual(['inner.txt', 'sub']);
  expect(syncOf(fs)('*', { cwd: 'wandbfs://dir/sub' })).toEqual(['deep.txt', 'filelink']);
  expect(() => syncOf(fs)('*', { cwd: 'wandbas://dir' })).toThrow(
    expect.objectContaining({ code: 'ENOENT', path: 'wandbas://dir' }),
  );
  expect(syncOf(fs)('/dir/*')).toEqual(['/dir/inner.txt', '/dir/sub']);
});

import nodeFs from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Volume } from 'memfs';
import { Union } from 'unionfs';
import { type MountedFs, mountAll } from '../../src/node/mounts/mount-all.js';
import { errorOf } from '../semantics/helpers/styles.js';
import { calledBack, type Fs, type Mounts, makeMounts } from './support/mounts.js';

let mounts: Mounts;
beforeEach(() => {
  mounts = makeMounts();
});
afterEach(() => mounts.remove());

const volumeOf = (files: Readonly<Record<string, string>>): Fs => Volume.fromJSON(files) as unknown as Fs;

const unionOf = (...layers: readonly Fs[]): Fs => {
  const union = new Union();
  for (const layer of layers) union.use(layer);
  return union as unknown as Fs;
};

/** A directory that the disk hasn't: what a union makes there, it makes on the disk. */
const at = (path: string): string => mounts.at(join('base', path));

const makeVolume = (): Fs => volumeOf({ [at('local/file.txt')]: 'local', [at('wandb/own.txt')]: 'own' });

const BASES: readonly (readonly [string, () => Fs])[] = [
  ['a volume of memfs', makeVolume],
  // memfs throws at fds that aren't its own where unionfs waits for a callback: of its layers only the last may be one.
  ['a union of the disk and a volume of memfs', () => unionOf(makeVolume(), nodeFs)],
];

describe.each(BASES)('over %s', (_, makeBase) => {
  let fs: MountedFs;
  beforeEach(() => {
    fs = mountAll(
      { [at('wandb/runs')]: mounts.runs.fs, [at('wandb/artifacts')]: mounts.artifacts.fs },
      makeBase(),
    );
  });

  test('files of the base and of the trees are read in all styles', async () => {
    for (const [path, content] of [
      [at('local/file.txt'), 'local'],
      [at('wandb/own.txt'), 'own'],
      [at('wandb/runs/e/p/r/file.txt'), 'of the run'],
      [at('wandb/artifacts/model.bin'), 'of the artifact'],
    ] as const) {
      expect(fs.readFileSync(path, 'utf8')).toBe(content);
      expect(await fs.promises.readFile(path, 'utf8')).toBe(content);
      expect(await calledBack(fs.readFile, path, 'utf8')).toBe(content);
      expect(await text(fs.createReadStream(path))).toBe(content);
      expect(await text(fs.createReadStream(path, { start: 1, end: 2 }))).toBe(content.slice(1, 3));
    }
  });

  test('directories that are only above mount points are none of the base’s', () => {
    const above = mountAll({ [at('a/b/runs')]: mounts.runs.fs }, fs as unknown as Fs);
    const devices = [at(''), at('local'), at('wandb')].map((path) => above.statSync(path).dev);
    expect(devices).not.toContain(above.statSync(at('a/b')).dev);
  });

  test('files are written, and streamed with options', async () => {
    for (const path of [at('local/new.txt'), at('wandb/runs/e/p/r/new.txt')]) {
      await pipeline(['abc', 'def'], fs.createWriteStream(path));
      await pipeline(['X'], fs.createWriteStream(path, { flags: 'r+', start: 2 }));
      fs.appendFileSync(path, '!');
      expect(await fs.promises.readFile(path, 'utf8')).toBe('abXdef!');
      const fd = fs.openSync(path, 'r');
      expect(fs.fstatSync(fd).size).toBe(7);
      fs.closeSync(fd);
    }
  });

  test('directories are merged, and walked by opendir and recursive readdir', async () => {
    expect(fs.readdirSync(at(''))).toEqual(expect.arrayContaining(['local', 'wandb']));
    expect((await fs.promises.readdir(at('wandb'))).sort()).toEqual(['artifacts', 'own.txt', 'runs']);
    expect(fs.readdirSync(at('wandb'), { recursive: true }).sort()).toEqual(
      expect.arrayContaining(['artifacts/model.bin', 'own.txt', 'runs/e/p/r/file.txt']),
    );
    const names: string[] = [];
    for await (const { name } of await fs.promises.opendir(at('wandb'))) names.push(name);
    expect(names.sort()).toEqual(['artifacts', 'own.txt', 'runs']);
    const local = await fs.promises.opendir(at('local'));
    expect((await local.read())?.name).toBe('file.txt');
  });

  test('copies go across', async () => {
    await fs.promises.cp(at('wandb/runs/e'), at('local/e'), { recursive: true });
    expect(fs.readFileSync(at('local/e/p/r/file.txt'), 'utf8')).toBe('of the run');
    fs.copyFileSync(at('local/file.txt'), at('wandb/runs/e/p/r/local.txt'));
    expect(nodeFs.readFileSync(join(mounts.runs.directory, 'e/p/r/local.txt'), 'utf8')).toBe('local');
    const error = await errorOf(() => fs.renameSync(at('local/file.txt'), at('wandb/runs/e/x')));
    expect(error).toMatchObject({ code: 'EXDEV' });
    await fs.promises.rm(at('local/e'), { recursive: true });
    expect(fs.existsSync(at('local/e'))).toBe(false);
  });
});

test('over a union, the calls that unionfs lacks in a style are made in another or from others', async () => {
  const base = unionOf(volumeOf({ '/local/a/b.txt': 'b' }));
  expect(Reflect.get(base.promises, 'rm')).toBeUndefined();
  expect(Reflect.get(base, 'cp')).toBeUndefined();
  expect(Reflect.get(base, 'opendir')).toBeUndefined();
  const fs = mountAll({ '/wandb': mounts.runs.fs }, base);
  await fs.promises.cp('/local/a', '/local/copy', { recursive: true });
  expect(fs.readFileSync('/local/copy/b.txt', 'utf8')).toBe('b');
  fs.cpSync('/local/a', '/local/again', { recursive: true });
  await fs.promises.rm('/local/copy', { recursive: true });
  const opened = fs.opendirSync('/local');
  expect(opened.readSync()?.name).toBe('a');
  expect(await errorOf(() => fs.promises.opendir('/none'))).toMatchObject({ code: 'ENOENT' });
  expect(await errorOf(() => fs.statfsSync('/local'))).toMatchObject({ code: 'ENOTSUP' });
});

test('as a layer of a union', async () => {
  const { fs, at, runs } = mounts;
  const union = unionOf(volumeOf({ [at('memory/file.txt')]: 'in memory' }), fs);
  for (const [path, content] of [
    ['memory/file.txt', 'in memory'],
    ['local/file.txt', 'of the disk'],
    ['wandb/runs/e/p/r/file.txt', 'of the run'],
  ] as const) {
    expect(union.readFileSync(at(path), 'utf8')).toBe(content);
    expect(await union.promises.readFile(at(path), 'utf8')).toBe(content);
    expect(await text(union.createReadStream(at(path)))).toBe(content);
  }
  expect(union.readdirSync(at('')).sort()).toEqual(['local', 'memory', 'wandb']);
  union.writeFileSync(at('wandb/runs/e/p/r/new.txt'), 'new');
  expect(nodeFs.readFileSync(join(runs.directory, 'e/p/r/new.txt'), 'utf8')).toBe('new');
});

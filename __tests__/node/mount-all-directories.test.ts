import nodeFs from 'node:fs';
import { basename, join } from 'node:path';
import { calledBack, type Mounts, makeMounts, thrownBy } from './support/mounts.js';

let mounts: Mounts;
beforeEach(() => {
  mounts = makeMounts();
});
afterEach(() => mounts.remove());

const ABOVE = ['the base has nothing there', 'the base has a directory there', 'the base has a file there'];

describe.each(ABOVE)('the directory above mount points, where %s', (where) => {
  let above: string;
  let own: string[];
  beforeEach(() => {
    above = mounts.at('wandb');
    own = [];
    if (where.includes('a file')) nodeFs.writeFileSync(above, 'hidden');
    if (!where.includes('a directory')) return;
    nodeFs.mkdirSync(join(above, 'runs'), { recursive: true });
    nodeFs.writeFileSync(join(above, 'runs/hidden.txt'), '');
    nodeFs.writeFileSync(join(above, 'own.txt'), 'own');
    own = ['own.txt'];
  });

  test('is a directory, in every style', async () => {
    const { fs } = mounts;
    expect(fs.statSync(above).isDirectory()).toBe(true);
    expect(fs.lstatSync(`${above}/`).isDirectory()).toBe(true);
    expect(fs.statSync(above, { bigint: true }).isDirectory()).toBe(true);
    expect((await fs.promises.stat(above)).isDirectory()).toBe(true);
    expect(await calledBack(fs.lstat, above)).toBeInstanceOf(nodeFs.Stats);
    expect(fs.existsSync(above)).toBe(true);
    expect(await new Promise((resolve) => fs.exists(above, resolve))).toBe(true);
    fs.accessSync(above);
    await fs.promises.access(above, fs.constants.R_OK);
    expect(fs.realpathSync(`${above}/../wandb`)).toBe(above);
    expect(await fs.promises.realpath(above, 'buffer')).toEqual(Buffer.from(above));
  });

  test('lists what leads to the mounts beside what the base has', async () => {
    const { fs } = mounts;
    const expected = ['artifacts', ...own, 'runs'].sort();
    expect(fs.readdirSync(above).sort()).toEqual(expected);
    expect((await fs.promises.readdir(above)).sort()).toEqual(expected);
    expect(((await calledBack(fs.readdir, above)) as string[]).sort()).toEqual(expected);
    expect(fs.readdirSync(above, 'buffer').map(String).sort()).toEqual(expected);
    const typed = fs.readdirSync(above, { withFileTypes: true });
    expect(typed.map(({ name, parentPath }) => join(parentPath, name)).sort()).toEqual(
      expected.map((name) => join(above, name)),
    );
    expect(typed.filter((entry) => entry.isDirectory()).map(({ name }) => name)).toEqual([
      'artifacts',
      'runs',
    ]);
  });

  test('lists all that is below, with the content of the mounts', async () => {
    const { fs, top } = mounts;
    const below = [
      'artifacts',
      'artifacts/model.bin',
      ...own,
      'runs',
      'runs/e',
      'runs/e/p',
      'runs/e/p/r',
      'runs/e/p/r/file.txt',
    ];
    expect(fs.readdirSync(above, { recursive: true }).sort()).toEqual(below);
    const all = ['local', 'local/file.txt', 'wandb', ...below.map((name) => `wandb/${name}`)];
    expect((await fs.promises.readdir(top, { recursive: true })).sort()).toEqual(all);
    const typed = (await calledBack(fs.readdir, top, {
      recursive: true,
      withFileTypes: true,
    })) as nodeFs.Dirent[];
    expect(typed.map(({ parentPath, name }) => join(parentPath, name).slice(top.length + 1)).sort()).toEqual(
      all,
    );
  });

  test('is walked by opendir', async () => {
    const { fs, top } = mounts;
    const found: string[] = [];
    for await (const { name } of await fs.promises.opendir(above)) found.push(name);
    expect(found.sort()).toEqual(['artifacts', ...own, 'runs'].sort());
    const directory = fs.opendirSync(top, { recursive: true });
    expect(directory.path).toBe(top);
    const names: string[] = [];
    for (let entry = directory.readSync(); entry; entry = directory.readSync()) names.push(entry.name);
    expect(names.filter((name) => name.endsWith('.txt')).length).toBe(2 + own.length);
    directory.closeSync();
    expect(thrownBy(() => directory.readSync())).toMatchObject({ code: 'ERR_DIR_CLOSED' });
    const called = (await calledBack(fs.opendir, above)) as nodeFs.Dir;
    expect(await calledBack(called.read.bind(called))).toBeInstanceOf(nodeFs.Dirent);
    await calledBack(called.close.bind(called));
  });

  test('and the mount points themselves are never removed or renamed', async () => {
    const { fs, at, runs } = mounts;
    for (const path of [above, at('wandb/runs'), `${at('wandb/runs')}/`]) {
      expect(thrownBy(() => fs.rmSync(path, { recursive: true, force: true }))).toMatchObject({
        code: 'EBUSY',
        syscall: 'rm',
        path,
      });
      await expect(fs.promises.rm(path, { recursive: true })).rejects.toMatchObject({ code: 'EBUSY' });
      await expect(calledBack(fs.rmdir, path)).rejects.toMatchObject({ code: 'EBUSY', syscall: 'rmdir' });
      expect(thrownBy(() => fs.renameSync(path, at('moved')))).toMatchObject({
        code: 'EBUSY',
        syscall: 'rename',
        path,
        dest: at('moved'),
      });
      expect(thrownBy(() => fs.renameSync(at('local'), path))).toMatchObject({ code: 'EBUSY' });
      expect(thrownBy(() => fs.unlinkSync(path))).toMatchObject({ code: 'EISDIR' });
    }
    expect(thrownBy(() => fs.rmSync(mounts.top, { recursive: true }))).toMatchObject({ code: 'EBUSY' });
    expect(nodeFs.existsSync(join(runs.directory, 'e/p/r/file.txt'))).toBe(true);
    expect(fs.readFileSync(at('local/file.txt'), 'utf8')).toBe('of the disk');
  });

  test('and the mount points themselves are there already for mkdir', async () => {
    const { fs, at } = mounts;
    for (const path of [above, at('wandb/runs')]) {
      expect(thrownBy(() => fs.mkdirSync(path))).toMatchObject({ code: 'EEXIST', syscall: 'mkdir', path });
      await expect(calledBack(fs.mkdir, path)).rejects.toMatchObject({ code: 'EEXIST' });
      expect(fs.mkdirSync(path, { recursive: true })).toBeUndefined();
      expect(await fs.promises.mkdir(path, { recursive: true })).toBeUndefined();
    }
  });

  test('is no file', async () => {
    const { fs } = mounts;
    expect(thrownBy(() => fs.readFileSync(above))).toMatchObject({ code: 'EISDIR' });
    await expect(fs.promises.writeFile(above, '')).rejects.toMatchObject({ code: 'EISDIR' });
    await expect(fs.promises.open(above, 'w')).rejects.toMatchObject({ code: 'EISDIR', syscall: 'open' });
    expect(thrownBy(() => fs.readlinkSync(above))).toMatchObject({ code: 'EINVAL' });
    expect(thrownBy(() => fs.copyFileSync(above, `${above}2`))).toMatchObject({ code: 'EISDIR' });
    const stream = fs.createReadStream(above);
    await expect(stream.toArray()).rejects.toMatchObject({ code: 'EISDIR' });
  });
});

test('what is made beside the mounts is made in the base, with the directory above them', async () => {
  const styles: readonly ((mounts: Mounts, path: string) => unknown)[] = [
    ({ fs }, path) => fs.writeFileSync(path, ''),
    ({ fs }, path) => fs.promises.writeFile(path, ''),
    ({ fs }, path) => fs.appendFileSync(path, ''),
    ({ fs }, path) => fs.mkdirSync(path),
    ({ fs }, path) => calledBack(fs.mkdir, path, 0o700),
    async ({ fs }, path) => (await fs.promises.open(path, 'w')).close(),
    ({ fs }, path) => fs.closeSync(fs.openSync(path, 'w+')),
    ({ fs }, path) => new Promise((resolve) => fs.createWriteStream(path).end('x', () => resolve(null))),
    ({ fs, at }, path) => fs.promises.rename(at('local/file.txt'), path),
    ({ fs, at }, path) => fs.copyFileSync(at('local/file.txt'), path),
    ({ fs, at }, path) => fs.promises.copyFile(at('wandb/artifacts/model.bin'), path),
    ({ fs, at }, path) => fs.promises.cp(at('local'), path, { recursive: true }),
    ({ fs, at }, path) => fs.linkSync(at('local/file.txt'), path),
    ({ fs, at }, path) => calledBack(fs.symlink, at('local/file.txt'), path),
    ({ fs }, path) => fs.renameSync(fs.mkdtempSync(path), path),
  ];
  for (const make of styles) {
    mounts.remove();
    mounts = makeMounts();
    const path = mounts.at('wandb/beside');
    await make(mounts, path);
    expect(mounts.fs.existsSync(path)).toBe(true);
    expect(nodeFs.readdirSync(mounts.at('wandb')).map((name) => basename(name))).toEqual(['beside']);
  }
});

test('what is only looked for beside the mounts makes nothing', () => {
  const { fs, at } = mounts;
  const missing = at('wandb/missing');
  expect(thrownBy(() => fs.readFileSync(missing))).toMatchObject({ code: 'ENOENT', path: missing });
  expect(thrownBy(() => fs.openSync(missing, 'r+'))).toMatchObject({ code: 'ENOENT' });
  expect(thrownBy(() => fs.writeFileSync(missing, '', { flag: 'r+' }))).toMatchObject({ code: 'ENOENT' });
  expect(fs.existsSync(missing)).toBe(false);
  expect(nodeFs.existsSync(at('wandb'))).toBe(false);
});

test('a directory above mount points that the base has not has no attributes to set', () => {
  const { fs, at } = mounts;
  expect(thrownBy(() => fs.chmodSync(at('wandb'), 0o700))).toMatchObject({ code: 'EPERM', syscall: 'chmod' });
  expect(thrownBy(() => fs.utimesSync(at('wandb'), 1, 1))).toMatchObject({ code: 'EPERM', syscall: 'utime' });
  fs.mkdirSync(at('wandb/x'));
  fs.chmodSync(at('wandb'), 0o700);
  expect(nodeFs.statSync(at('wandb')).mode & 0o777).toBe(0o700);
});

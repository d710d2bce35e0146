import nodeFs from 'node:fs';
import { join } from 'node:path';
import { mountAll } from '../../src/node/mounts/mount-all.js';
import { type Calls, callsOf, errorOf, STYLES } from '../semantics/helpers/styles.js';
import { type Mounts, makeMounts } from './support/mounts.js';

let mounts: Mounts;
beforeEach(() => {
  mounts = makeMounts();
});
afterEach(() => mounts.remove());

const WAYS = [
  ['from the base to a tree', 'local/file.txt', 'wandb/runs/e/p/r/copy', 'of the disk'],
  ['from a tree to the base', 'wandb/runs/e/p/r/file.txt', 'local/copy', 'of the run'],
  ['from one tree to another', 'wandb/artifacts/model.bin', 'wandb/runs/e/p/r/copy', 'of the artifact'],
] as const;

const LARGE = Buffer.alloc((5 << 19) + 3, 'abcdefg');

describe.each(STYLES)('%s', (style) => {
  let call: Calls;
  beforeEach(() => {
    call = callsOf(mounts.fs, style);
  });

  describe.each(WAYS)('%s', (_way, source, destination, content) => {
    let from: string;
    let to: string;
    beforeEach(() => {
      from = mounts.at(source);
      to = mounts.at(destination);
    });

    test.each(['rename', 'link'] as const)('%s is EXDEV, of both paths', async (name) => {
      const error = await errorOf(() => call(name, from, to));
      expect(error).toMatchObject({ code: 'EXDEV', errno: -18, syscall: name, path: from, dest: to });
      expect(error.message).toContain(`EXDEV: cross-device link not permitted, ${name} '${from}' -> '${to}'`);
      expect(mounts.fs.existsSync(to)).toBe(false);
    });

    test('copyFile copies content and permissions', async () => {
      const { fs } = mounts;
      fs.chmodSync(from, 0o750);
      await call('copyFile', from, to);
      expect(fs.readFileSync(to, 'utf8')).toBe(content);
      expect(fs.statSync(to).mode & 0o777).toBe(0o750);
      fs.writeFileSync(from, LARGE);
      await call('copyFile', from, to);
      expect(fs.readFileSync(to).equals(LARGE)).toBe(true);
      fs.writeFileSync(from, '');
      await call('copyFile', from, to);
      expect(fs.statSync(to).size).toBe(0);
      const names = fs.readdirSync(join(to, '..'));
      expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    });

    test('copyFile with COPYFILE_EXCL replaces nothing', async () => {
      const { fs } = mounts;
      for (const size of [3, LARGE.length]) {
        fs.writeFileSync(from, LARGE.subarray(0, size));
        fs.writeFileSync(to, 'there');
        const error = await errorOf(() => call('copyFile', from, to, fs.constants.COPYFILE_EXCL));
        expect(error).toMatchObject({ code: 'EEXIST', syscall: 'copyfile', path: from, dest: to });
        expect(fs.readFileSync(to, 'utf8')).toBe('there');
        fs.rmSync(to);
        await call('copyFile', from, to, fs.constants.COPYFILE_EXCL);
        expect(fs.statSync(to).size).toBe(size);
      }
    });

    test('copyFile fails as one call', async () => {
      const missing = await errorOf(() => call('copyFile', `${from}.no`, to));
      expect(missing).toMatchObject({ code: 'ENOENT', syscall: 'copyfile', path: `${from}.no`, dest: to });
      const nowhere = await errorOf(() => call('copyFile', from, `${to}/no/where`));
      expect(nowhere).toMatchObject({ code: 'ENOENT', syscall: 'copyfile', path: from });
      const directory = await errorOf(() => call('copyFile', join(from, '..'), to));
      expect(directory).toMatchObject({ code: 'EISDIR', syscall: 'copyfile' });
      const { COPYFILE_FICLONE_FORCE } = mounts.fs.constants;
      const clone = await errorOf(() => call('copyFile', from, to, COPYFILE_FICLONE_FORCE));
      expect(clone).toMatchObject({ code: 'ENOSYS', syscall: 'copyfile' });
      expect(mounts.fs.existsSync(to)).toBe(false);
    });

    test('cp copies a file, into new directories too', async () => {
      const { fs } = mounts;
      fs.utimesSync(from, 1000, 2000);
      await call('cp', from, `${to}/a/b`, { preserveTimestamps: true });
      expect(fs.readFileSync(`${to}/a/b`, 'utf8')).toBe(content);
      expect(fs.statSync(`${to}/a/b`).mtimeMs).toBe(2_000_000);
    });

    test('cp copies a directory, and heeds its options', async () => {
      const { fs } = mounts;
      const directory = join(from, '..');
      fs.mkdirSync(join(directory, 'sub/empty'), { recursive: true });
      fs.writeFileSync(join(directory, 'sub/deep.txt'), 'deep');
      fs.writeFileSync(join(directory, 'sub/skipped.txt'), 'skipped');
      const error = await errorOf(() => call('cp', directory, to));
      expect(error).toMatchObject({ code: 'ERR_FS_EISDIR' });
      const filter = (path: string): boolean => !path.endsWith('skipped.txt');
      await call('cp', join(directory, 'sub'), to, { recursive: true, filter });
      expect(fs.readdirSync(to, { recursive: true }).sort()).toEqual(['deep.txt', 'empty']);
      expect(fs.readFileSync(join(to, 'deep.txt'), 'utf8')).toBe('deep');

      fs.writeFileSync(join(to, 'deep.txt'), 'kept');
      await call('cp', join(directory, 'sub'), to, { recursive: true, force: false });
      expect(fs.readFileSync(join(to, 'deep.txt'), 'utf8')).toBe('kept');
      expect(fs.readFileSync(join(to, 'skipped.txt'), 'utf8')).toBe('skipped');
      const options = { recursive: true, force: false, errorOnExist: true };
      const exists = await errorOf(() => call('cp', join(directory, 'sub'), to, options));
      expect(exists).toMatchObject({ code: 'ERR_FS_CP_EEXIST' });
      await call('cp', join(directory, 'sub'), to, { recursive: true });
      expect(fs.readFileSync(join(to, 'deep.txt'), 'utf8')).toBe('deep');

      const onFile = await errorOf(() => call('cp', directory, join(to, 'deep.txt'), { recursive: true }));
      expect(onFile).toMatchObject({ code: 'ERR_FS_CP_DIR_TO_NON_DIR' });
      const onDirectory = await errorOf(() => call('cp', from, join(to, 'empty')));
      expect(onDirectory).toMatchObject({ code: 'ERR_FS_CP_NON_DIR_TO_DIR' });
    });
  });

  test('copyFile of a file to itself under another name changes nothing', async () => {
    const { at, runs } = mounts;
    const [one, other] = [at('one'), at('other')];
    const twice = mountAll({ [one]: runs.fs, [other]: runs.fs }, nodeFs);
    const file = join(runs.directory, 'e/p/r/file.txt');
    nodeFs.utimesSync(file, 1000, 2000);
    await callsOf(twice, style)('copyFile', join(one, 'e/p/r/file.txt'), join(other, 'e/p/r/file.txt'));
    expect(nodeFs.statSync(file).mtimeMs).toBe(2_000_000);
    expect(nodeFs.readFileSync(file, 'utf8')).toBe('of the run');
  });

  test('a symbolic link is made where it leads to its own filesystem', async () => {
    const { fs, at } = mounts;
    await call('symlink', at('local/file.txt'), at('local/link'));
    await call('symlink', 'file.txt', at('local/relative'));
    expect(fs.readFileSync(at('local/link'), 'utf8')).toBe('of the disk');
    expect(fs.readlinkSync(at('local/relative'))).toBe('file.txt');
    await call('symlink', 'file.txt', at('wandb/runs/e/p/r/link'));
    expect(fs.readlinkSync(at('wandb/runs/e/p/r/link'))).toBe('file.txt');
    for (const [target, path] of [
      [at('wandb/runs/e'), at('local/bad')],
      ['../wandb/runs/e', at('local/bad')],
      [at('local/file.txt'), at('wandb/runs/e/bad')],
      ['../../artifacts/model.bin', at('wandb/runs/e/bad')],
    ] as const) {
      const error = await errorOf(() => call('symlink', target, path));
      expect(error).toMatchObject({ code: 'EXDEV', syscall: 'symlink', path: target, dest: path });
      expect(error.message).toMatch(/leads to its own filesystem only/);
    }
    const there = await errorOf(() => call('symlink', 'x', at('wandb/runs')));
    expect(there).toMatchObject({ code: 'EEXIST', syscall: 'symlink' });
  });
});

test('a copy that fails half-way leaves nothing behind', async () => {
  const { fs, at, runs } = mounts;
  const from = at('wandb/runs/e/p/r/large');
  fs.writeFileSync(from, LARGE);
  const to = at('local/large');
  const failing = Object.assign(() => {
    throw Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO', syscall: 'write' });
  });
  mounts.base.fs.writeSync = failing;
  const error = await errorOf(() => fs.copyFileSync(from, to));
  expect(error).toMatchObject({ code: 'EIO', syscall: 'copyfile', path: from, dest: to });
  expect(error.cause).toMatchObject({ message: 'EIO: i/o error, write' });
  expect(nodeFs.existsSync(to)).toBe(false);
  expect(nodeFs.readdirSync(join(runs.directory, 'e/p/r')).sort()).toEqual(['file.txt', 'large']);
});

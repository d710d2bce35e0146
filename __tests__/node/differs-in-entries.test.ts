import nodeFs from 'node:fs';
import { join } from 'node:path';
import { createWandbFs, mountAll } from 'wandb-fs';
import { COLLECTION, errnosOf, everywhere, RUN, useTrees, VERSION } from './support/disk-differences.js';

/**
 * What members do with names, links, owners and modes. These are named after rows of 'What differs from a local disk' in
 * docs/SEMANTICS.md; `__tests__/package/semantics-rows.test.ts` holds the names together.
 */
describe('what differs from a local disk', () => {
  const trees = useTrees();

  test('hard and symbolic links in runs', async () => {
    const { fs, artifacts, disk } = trees;
    nodeFs.linkSync(join(disk, 'file'), join(disk, 'hard'));
    nodeFs.symlinkSync('file', join(disk, 'soft'));
    for (const name of ['hard', 'soft']) expect(nodeFs.readFileSync(join(disk, name), 'utf8')).toBe('hello');

    expect(await errnosOf(fs, 'link', `${RUN}/file`, `${RUN}/hard`)).toEqual(everywhere('EPERM'));
    expect(await errnosOf(fs, 'symlink', 'file', `${RUN}/soft`)).toEqual(everywhere('EPERM'));
    // What is wrong with the names is told first, as on a disk.
    for (const name of ['link', 'symlink']) {
      expect(await errnosOf(fs, name, `${RUN}/file`, `${RUN}/dir`)).toEqual(everywhere('EEXIST'));
      expect(await errnosOf(fs, name, `${RUN}/file`, `${RUN}/missing/x`)).toEqual(everywhere('ENOENT'));
      expect(await errnosOf(fs, name, `${RUN}/file`, `${RUN}/file/x`)).toEqual(everywhere('ENOTDIR'));
    }
    artifacts.symlinkSync('v0', `${COLLECTION}/best`);
    expect(artifacts.readlinkSync(`${COLLECTION}/best`)).toBe('v0');
    expect(artifacts.readFileSync(`${COLLECTION}/best/a.txt`, 'utf8')).toBe('a');
    expect(await errnosOf(artifacts, 'link', `${VERSION}/a.txt`, `${VERSION}/b.txt`)).toEqual(
      everywhere('EPERM'),
    );
  });

  test('`readlink` of what is there', async () => {
    const { fs, artifacts, disk } = trees;
    nodeFs.symlinkSync('file', join(disk, 'soft'));
    expect(nodeFs.readlinkSync(join(disk, 'soft'))).toBe('file');
    expect(await errnosOf(nodeFs, 'readlink', join(disk, 'file'))).toEqual(everywhere('EINVAL'));

    for (const path of ['/', 'lab', 'lab/project', RUN, `${RUN}/dir`, `${RUN}/file`])
      expect(await errnosOf(fs, 'readlink', path)).toEqual(everywhere('EINVAL'));
    expect(await errnosOf(fs, 'readlink', `${RUN}/missing`)).toEqual(everywhere('ENOENT'));
    expect(artifacts.readlinkSync(`${COLLECTION}/latest`)).toBe('v0');
    artifacts.mkdirSync(`${COLLECTION}/next`);
    artifacts.symlinkSync('s3://bucket/key', `${COLLECTION}/next/reference`);
    expect(artifacts.readlinkSync(`${COLLECTION}/next/reference`)).toBe('s3://bucket/key');
    artifacts.symlinkSync('file', `${COLLECTION}/next/soft`);
    expect(artifacts.readlinkSync(`${COLLECTION}/next/soft`)).toBe('file');
    expect(await errnosOf(artifacts, 'readlink', `${VERSION}/a.txt`)).toEqual(everywhere('EINVAL'));
  });

  test('`chown` to somebody else', async () => {
    const { fs, disk } = trees;
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    expect(await errnosOf(nodeFs, 'chown', join(disk, 'file'), uid + 1, gid)).toEqual(
      everywhere(uid === 0 ? 'no error' : 'EPERM'),
    );

    for (const name of ['chown', 'lchown']) {
      expect(await errnosOf(fs, name, `${RUN}/file`, uid + 1, gid)).toEqual(everywhere('EPERM'));
      expect(await errnosOf(fs, name, `${RUN}/file`, uid, gid)).toEqual(everywhere('no error'));
      expect(await errnosOf(fs, name, `${RUN}/file`, -1, -1)).toEqual(everywhere('no error'));
    }
    const fd = fs.openSync(`${RUN}/file`, 'r');
    expect(await errnosOf(fs, 'fchown', fd, uid + 1, gid)).toEqual(everywhere('EPERM', 2));
    fs.closeSync(fd);
    const handle = await fs.promises.open(`${RUN}/file`);
    await expect(handle.chown(uid + 1, gid)).rejects.toMatchObject({ code: 'EPERM' });
    await handle.close();
    expect(fs.statSync(`${RUN}/file`)).toMatchObject({ uid, gid });
  });

  test('`chmod`, `utimes`', async () => {
    const { server, fs, artifacts, disk } = trees;
    nodeFs.chmodSync(join(disk, 'file'), 0o600);
    nodeFs.utimesSync(join(disk, 'file'), 1, 2);
    expect(nodeFs.statSync(join(disk, 'file'))).toMatchObject({ mode: 0o100600, mtimeMs: 2000 });

    const other = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey });
    const path = `${RUN}/file`;
    const before = other.statSync(path);
    fs.chmodSync(path, 0o600);
    fs.utimesSync(path, 1, 2);
    fs.lutimesSync(path, 1, 3);
    const fd = fs.openSync(path, 'r+');
    fs.fchmodSync(fd, 0o640);
    fs.futimesSync(fd, 4, 5);
    fs.closeSync(fd);
    expect(fs.statSync(path)).toMatchObject({ mode: 0o100640, atimeMs: 4000, mtimeMs: 5000 });
    fs.chmodSync(`${RUN}/dir`, 0o600);
    fs.accessSync(`${RUN}/dir`, fs.constants.X_OK);
    other.wandb.refresh();
    expect(other.statSync(path)).toMatchObject({ mode: before.mode, mtimeMs: before.mtimeMs });
    expect(await errnosOf(artifacts, 'chmod', `${VERSION}/a.txt`, 0o600)).toEqual(everywhere('EROFS'));
    await other.wandb.close();
  });

  test('modes of what is in runs', async () => {
    const { fs, disk } = trees;
    nodeFs.chmodSync(join(disk, 'file'), 0);
    const isRoot = process.getuid?.() === 0;
    expect(await errnosOf(nodeFs, 'readFile', join(disk, 'file'))).toEqual(
      everywhere(isRoot ? 'no error' : 'EACCES'),
    );

    const path = `${RUN}/dir/closed`;
    fs.writeFileSync(path, 'x');
    fs.chmodSync(path, 0);
    fs.chmodSync(`${RUN}/dir`, 0);
    expect(fs.statSync(path).mode & 0o777).toBe(0);
    expect(await errnosOf(fs, 'access', path, nodeFs.constants.R_OK | nodeFs.constants.W_OK)).toEqual(
      everywhere('no error'),
    );
    for (const name of ['readFile', 'readdir'])
      expect(await errnosOf(fs, name, name === 'readdir' ? `${RUN}/dir` : path)).toEqual(
        everywhere('no error'),
      );
    expect(await errnosOf(fs, 'writeFile', path, 'y')).toEqual(everywhere('no error'));
    fs.chmodSync(`${RUN}/dir`, 0o755);
  });

  test('`lchmod`', async () => {
    const { fs, artifacts, disk } = trees;
    if (process.platform !== 'darwin') {
      expect([nodeFs.lchmod, nodeFs.lchmodSync]).toEqual([undefined, undefined]);
      await expect(nodeFs.promises.lchmod(join(disk, 'file'), 0o600)).rejects.toMatchObject({
        code: 'ERR_METHOD_NOT_IMPLEMENTED',
      });
    }

    for (const name of ['file', 'dir']) {
      expect(await errnosOf(fs, 'lchmod', `${RUN}/${name}`, 0o700)).toEqual(everywhere('no error'));
      expect(fs.statSync(`${RUN}/${name}`).mode & 0o777).toBe(0o700);
    }
    expect(await errnosOf(artifacts, 'lchmod', `${COLLECTION}/latest`, 0o600)).toEqual(everywhere('ENOTSUP'));
    artifacts.mkdirSync(`${COLLECTION}/modes`);
    artifacts.symlinkSync('missing', `${COLLECTION}/modes/soft`);
    expect(await errnosOf(artifacts, 'lchmod', `${COLLECTION}/modes/soft`, 0o600)).toEqual(
      everywhere('no error'),
    );
    expect(artifacts.lstatSync(`${COLLECTION}/modes/soft`).mode & 0o777).toBe(0o600);
  });

  test('rename of a run, or between runs', async () => {
    const { fs, disk } = trees;
    for (const name of ['run', 'other']) nodeFs.mkdirSync(join(disk, name));
    nodeFs.renameSync(join(disk, 'file'), join(disk, 'run/file'));
    nodeFs.renameSync(join(disk, 'run/file'), join(disk, 'other/file'));
    nodeFs.renameSync(join(disk, 'other'), join(disk, 'renamed'));
    expect(nodeFs.readFileSync(join(disk, 'renamed/file'), 'utf8')).toBe('hello');

    expect(await errnosOf(fs, 'rename', RUN, 'lab/project/renamed')).toEqual(everywhere('EXDEV'));
    for (const name of ['file', 'dir']) {
      expect(await errnosOf(fs, 'rename', `${RUN}/${name}`, `lab/project/other/${name}`)).toEqual(
        everywhere('EXDEV'),
      );
    }
    // As tools go on then.
    fs.cpSync(`${RUN}/dir`, 'lab/project/other/dir', { recursive: true });
    expect(fs.readFileSync('lab/project/other/dir/inner', 'utf8')).toBe('x');
  });

  test('`mkdir /entity`', async () => {
    const { fs, artifacts, disk } = trees;
    nodeFs.mkdirSync(join(disk, 'nobody'));

    expect(await errnosOf(fs, 'mkdir', '/nobody')).toEqual(everywhere('EPERM'));
    expect(await errnosOf(artifacts, 'mkdir', '/nobody')).toEqual(everywhere('EPERM'));
  });

  test('`rmdir`, `rm -r` of a run or project', async () => {
    const { server, fs, disk } = trees;
    nodeFs.mkdirSync(join(disk, 'project/run'), { recursive: true });
    nodeFs.rmdirSync(join(disk, 'project/run'));
    nodeFs.rmSync(join(disk, 'project'), { recursive: true });
    expect(nodeFs.readdirSync(disk)).toEqual(['file']);

    await server.seed({ 'lab/doomed/empty': {}, 'lab/doomed/full': { file: 'x' } });
    const options = { baseUrl: server.url, apiKey: server.apiKey };
    const runs = createWandbFs({ ...options, allowDelete: ['run'] });
    const projects = createWandbFs({ ...options, allowDelete: ['project'] });
    for (const [on, paths] of [
      [fs, ['lab/doomed/empty', 'lab/doomed/full', 'lab/doomed']],
      [runs, ['lab/doomed']],
      [projects, ['lab/doomed/empty', 'lab/doomed/full']],
    ] as const) {
      for (const path of paths)
        expect(await errnosOf(on, 'rm', path, { recursive: true })).toEqual(everywhere('EPERM'));
    }
    expect(await errnosOf(fs, 'rmdir', 'lab/doomed/empty')).toEqual(everywhere('EPERM'));
    runs.rmdirSync('lab/doomed/empty');
    expect(runs.readdirSync('lab/doomed')).toEqual(['full']);
    projects.rmSync('lab/doomed', { recursive: true });
    expect(projects.readdirSync('lab')).toEqual(['project']);
    await Promise.all([runs.wandb.close(), projects.wandb.close()]);
  });

  test('`http:` and `https:` URLs as paths', async () => {
    const { server, fs } = trees;
    const page = new URL(`${server.url}/lab/project/runs/run/files/file`);
    const elsewhere = new URL('https://example.org/lab/project/runs/run/files/file');
    const refused = everywhere('ERR_INVALID_URL_SCHEME');
    expect(await errnosOf(nodeFs, 'readFile', page)).toEqual(refused);
    expect(await errnosOf(fs, 'readFile', page)).toEqual(everywhere('no error'));
    expect(await errnosOf(fs, 'readFile', elsewhere)).toEqual(everywhere('ENOENT'));
    expect(await errnosOf(mountAll({ '/mounted': fs }, nodeFs), 'readFile', page)).toEqual(refused);
  });

  test('`realpath` of what is no path', async () => {
    const { fs } = trees;
    for (const value of [7.5, null, {}]) {
      expect(() => fs.realpathSync(value as never)).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
      );
    }
  });
});

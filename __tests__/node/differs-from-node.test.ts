import { join } from 'node:path';
import { promisify } from 'node:util';
import { createWandbArtifactFs, createWandbFs, type WandbFs } from 'wandb-fs';
import type { FakeWandb } from 'wandb-fs/testing';
import { startServer } from '../helpers/server.js';

/** These are named after the rows of 'What differs from a local disk' in docs/SEMANTICS.md. */

const RUN = 'lab/project/run';
const VERSION = '/lab/project/dataset/words/v0';

/** The errnos of a member in all its styles. */
async function errnosOf(on: WandbFs, name: string, ...args: readonly unknown[]): Promise<readonly string[]> {
  const calls = [
    async () => Reflect.get(on, `${name}Sync`)(...args),
    async () => promisify(Reflect.get(on, name))(...args),
    ...(name in on.promises ? [async () => Reflect.get(on.promises, name)(...args)] : []),
  ];
  return Promise.all(
    calls.map((call) =>
      call().then(
        () => 'no error',
        ({ code }: NodeJS.ErrnoException) => code ?? 'no errno',
      ),
    ),
  );
}

const everywhere = (code: string, styles = 3): readonly string[] => Array(styles).fill(code);

describe('what differs from a local disk', () => {
  let server: FakeWandb;
  let fs: WandbFs;
  let artifacts: WandbFs;

  beforeAll(async () => {
    server = await startServer();
    await server.seed({ [RUN]: { file: 'hello', 'dir/inner': 'x' }, 'lab/project/other': {} });
    const options = { baseUrl: server.url, apiKey: server.apiKey };
    fs = createWandbFs(options);
    artifacts = createWandbArtifactFs(options);
    artifacts.mkdirSync('/lab/project/dataset/words/draft', { recursive: true });
    artifacts.writeFileSync('/lab/project/dataset/words/draft/a.txt', 'a');
    await artifacts.wandb.commit('/lab/project/dataset/words/draft');
  });
  afterAll(() => Promise.all([fs.wandb.close(), artifacts.wandb.close()]));

  test('hard and symbolic links in runs', async () => {
    expect(await errnosOf(fs, 'link', `${RUN}/file`, `${RUN}/hard`)).toEqual(everywhere('EPERM'));
    expect(await errnosOf(fs, 'symlink', 'file', `${RUN}/soft`)).toEqual(everywhere('EPERM'));
    // What is wrong with the names is told first, as on a disk.
    for (const name of ['link', 'symlink']) {
      expect(await errnosOf(fs, name, `${RUN}/file`, `${RUN}/dir`)).toEqual(everywhere('EEXIST'));
      expect(await errnosOf(fs, name, `${RUN}/file`, `${RUN}/missing/x`)).toEqual(everywhere('ENOENT'));
      expect(await errnosOf(fs, name, `${RUN}/file`, `${RUN}/file/x`)).toEqual(everywhere('ENOTDIR'));
    }
    artifacts.symlinkSync('v0', '/lab/project/dataset/words/best');
    expect(artifacts.readlinkSync('/lab/project/dataset/words/best')).toBe('v0');
    expect(await errnosOf(artifacts, 'link', `${VERSION}/a.txt`, `${VERSION}/b.txt`)).toEqual(
      everywhere('EPERM'),
    );
  });

  test('`chown` to somebody else', async () => {
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    for (const name of ['chown', 'lchown']) {
      expect(await errnosOf(fs, name, `${RUN}/file`, uid + 1, gid)).toEqual(everywhere('EPERM'));
      expect(await errnosOf(fs, name, `${RUN}/file`, uid, gid)).toEqual(everywhere('no error'));
    }
    const fd = fs.openSync(`${RUN}/file`, 'r');
    expect(await errnosOf(fs, 'fchown', fd, uid + 1, gid)).toEqual(everywhere('EPERM', 2));
    fs.closeSync(fd);
    const handle = await fs.promises.open(`${RUN}/file`);
    await expect(handle.chown(uid + 1, gid)).rejects.toMatchObject({ code: 'EPERM' });
    await handle.close();
  });

  test('`chmod`, `utimes`', async () => {
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

  test('rename of a run, or between runs', async () => {
    expect(await errnosOf(fs, 'rename', RUN, 'lab/project/renamed')).toEqual(everywhere('EXDEV'));
    expect(await errnosOf(fs, 'rename', `${RUN}/file`, 'lab/project/other/file')).toEqual(
      everywhere('EXDEV'),
    );
  });

  test('`mkdir /entity`', async () => {
    expect(await errnosOf(fs, 'mkdir', '/nobody')).toEqual(everywhere('EPERM'));
  });

  test('`rmdir`, `rm -r` of a run or project', async () => {
    expect(await errnosOf(fs, 'rmdir', 'lab/project/other')).toEqual(everywhere('EPERM'));
    expect(await errnosOf(fs, 'rm', RUN, { recursive: true })).toEqual(everywhere('EPERM'));
    expect(await errnosOf(fs, 'rm', 'lab/project', { recursive: true })).toEqual(everywhere('EPERM'));
  });

  test('`cp` over a file that is open', async () => {
    fs.writeFileSync(`${RUN}/over`, 'before');
    const handle = await fs.promises.open(`${RUN}/over`);
    fs.writeFileSync(`${RUN}/from`, 'after');
    await fs.promises.cp(`${RUN}/from`, `${RUN}/over`);
    expect(await handle.readFile('utf8')).toBe('after');
    await handle.close();
  });

  test('mistakes that `cpSync` tells', async () => {
    const way = [`${RUN}/dir`, `${RUN}/file/below`] as const;
    for (const options of [{}, { recursive: true, dereference: true }]) {
      const syscall = 'dereference' in options ? 'stat' : 'lstat';
      const told = expect.objectContaining({ code: 'ENOTDIR', syscall, path: way[1] });
      expect(() => fs.cpSync(...way, options)).toThrow(told);
      await expect(fs.promises.cp(...way, options)).rejects.toEqual(told);
    }
  });

  test('`realpath` of what is no path', async () => {
    for (const value of [7.5, null, {}]) {
      expect(() => fs.realpathSync(value as never)).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
      );
    }
  });

  test('`statfs`', () => {
    for (const [on, path] of [
      [fs, RUN],
      [artifacts, VERSION],
    ] as const) {
      const { bavail, bsize } = on.statfsSync(path);
      expect(bavail * bsize).toBe(2 ** 50);
    }
  });

  test('`openAsBlob`', async () => {
    const path = `${RUN}/blob`;
    fs.writeFileSync(path, 'before');
    const blob = await fs.openAsBlob(path);
    fs.writeFileSync(path, 'after');
    expect(await blob.text()).toBe('before');
    expect(await (await artifacts.openAsBlob(`${VERSION}/a.txt`)).text()).toBe('a');
  });

  test('`lchmod`', async () => {
    expect(await errnosOf(fs, 'lchmod', `${RUN}/file`, 0o600)).toEqual(everywhere('no error'));
    expect(fs.statSync(`${RUN}/file`).mode & 0o777).toBe(0o600);
    const alias = '/lab/project/dataset/words/latest';
    expect(await errnosOf(artifacts, 'lchmod', alias, 0o600)).toEqual(everywhere('ENOTSUP'));
  });

  test('`readableWebStream`', async () => {
    const handle = await fs.promises.open(`${RUN}/dir/inner`);
    for await (const chunk of handle.readableWebStream()) expect(chunk.constructor.name).toBe('Uint8Array');
    await handle.close();
  });

  test('watchers', async () => {
    const watcher = fs.watch(RUN);
    const seen = new Promise((resolve) => watcher.once('change', (_event, name) => resolve(name)));
    fs.writeFileSync(join(RUN, 'new'), '');
    expect(await seen).toBe('new');
    watcher.close();
  });

  test('members of another Node', () => {
    for (const on of [fs, artifacts]) {
      for (const name of ['F_OK', 'glob', 'globSync', 'mkdtempDisposableSync', 'openAsBlobSync']) {
        expect(on).toHaveProperty(name);
      }
      expect(on.promises).toHaveProperty('mkdtempDisposable');
    }
  });
});

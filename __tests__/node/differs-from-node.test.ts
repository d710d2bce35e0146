import nodeFs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createWandbArtifactFs, createWandbFs, mountAll, type WandbFs } from 'wandb-fs';
import { makeDirectory } from '../helpers/directories.js';
import { packageRoot, runWell } from '../helpers/processes.js';
import { useServer } from '../helpers/server.js';
import { requestsOf } from '../semantics/helpers/requests.js';
import { eventually } from '../semantics/helpers/waiting.js';
import { inAnyNode } from './support/node-members.js';

const RUN = 'lab/project/run';
const COLLECTION = '/lab/project/dataset/words';
const VERSION = `${COLLECTION}/v0`;

/** The errnos of a member in all its styles. */
async function errnosOf(
  on: typeof nodeFs,
  name: string,
  ...args: readonly unknown[]
): Promise<readonly string[]> {
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

/**
 * What members do. These are named after rows of 'What differs from a local disk' in docs/SEMANTICS.md;
 * `__tests__/package/semantics-rows.test.ts` holds the names together.
 */
describe('what differs from a local disk', () => {
  const server = useServer();
  let fs: WandbFs;
  let artifacts: WandbFs;
  let disk: string;

  beforeAll(async () => {
    await server.seed({ [RUN]: { file: 'hello', 'dir/inner': 'x' }, 'lab/project/other': {} });
    const options = { baseUrl: server.url, apiKey: server.apiKey };
    fs = createWandbFs(options);
    artifacts = createWandbArtifactFs(options);
    artifacts.mkdirSync(`${COLLECTION}/draft`, { recursive: true });
    artifacts.writeFileSync(`${COLLECTION}/draft/a.txt`, 'a');
    await artifacts.wandb.commit(`${COLLECTION}/draft`);
  });
  afterAll(() => Promise.all([fs.wandb.close(), artifacts.wandb.close()]));
  beforeEach(async () => {
    disk = await makeDirectory();
    nodeFs.writeFileSync(join(disk, 'file'), 'hello');
  });

  test('hard and symbolic links in runs', async () => {
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

  test('a `Dir` that nobody has closed', async () => {
    const script = `
      import nodeFs from 'node:fs';
      import { setTimeout as sleep } from 'node:timers/promises';
      import { createWandbFs } from 'wandb-fs';
      const fs = createWandbFs({ baseUrl: '${server.url}', apiKey: '${server.apiKey}' });
      let told = 0;
      const listen = ({ message }) => void (told += /garbage collection/.test(message) ? 1 : 0);
      process.on('warning', listen).on('uncaughtException', listen);
      const leave = async (on, path) => {
        const dir = await on.promises.opendir(path);
        await dir.read();
      };
      await leave(fs, '${RUN}');
      for (let round = 0; round < 20; round++) { gc(); await sleep(1); }
      const before = told;
      await leave(nodeFs, '${disk}');
      for (let round = 0; told === before && round < 500; round++) { gc(); await sleep(10); }
      console.log(before, told);`;
    const args = ['--expose-gc', '--no-warnings', '--input-type=module', '-e', script];
    expect(await runWell(process.execPath, args, { cwd: packageRoot })).toBe('0 1\n');
  });

  test('a `FileHandle` in a transfer list', async () => {
    const sent = async (on: typeof nodeFs, path: string): Promise<unknown> => {
      const { port1, port2 } = new MessageChannel();
      const handle = await on.promises.open(path);
      try {
        Reflect.apply(port1.postMessage, port1, [handle, [handle]]);
        return 'sent';
      } catch (error) {
        return (error as Error).message;
      } finally {
        const isOpen = handle.fd >= 0;
        if (isOpen) await handle.close();
        port1.close();
        port2.close();
      }
    };
    expect(await sent(nodeFs, join(disk, 'file'))).toBe('sent');
    expect(await sent(fs, `${RUN}/file`)).toContain('transferList');
  });

  test("what calls make use of each other's members", () => {
    const flushes = (on: typeof nodeFs, path: string): number => {
      const spy = jest.spyOn(on, 'fsyncSync');
      try {
        on.writeFileSync(path, 'hello', { flush: true } as nodeFs.WriteFileOptions);
        return spy.mock.calls.length;
      } finally {
        spy.mockRestore();
      }
    };
    expect(flushes(nodeFs, join(disk, 'file'))).toBe(1);
    expect(flushes(fs, `${RUN}/file`)).toBe(0);
  });

  test('when a call ends that finds all it needs here', async () => {
    const order = async (on: typeof nodeFs, path: string): Promise<string> => {
      await on.promises.stat(path);
      await sleep(1);
      const told: string[] = [];
      const tick = new Promise<void>((resolve) => {
        process.nextTick(() => {
          told.push('tick');
          resolve();
        });
      });
      await Promise.all([tick, on.promises.stat(path).then(() => told.push('call'))]);
      return told.join();
    };
    expect(await order(nodeFs, join(disk, 'file'))).toBe('tick,call');
    expect(await order(fs, `${RUN}/file`)).toBe('call,tick');
  });

  test('`beforeExit`', async () => {
    const told = (write: string): Promise<string> =>
      runWell(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `
      import fs from 'node:fs';
      import { createWandbFs } from 'wandb-fs';
      const wandb = createWandbFs({ baseUrl: '${server.url}', apiKey: '${server.apiKey}' });
      process.on('beforeExit', () => process.stdout.write('told '));
      ${write}`,
        ],
        { cwd: packageRoot },
      );
    expect(await told(`fs.writeFileSync('${join(disk, 'file')}', 'x');`)).toBe('told ');
    expect(await told(`wandb.writeFileSync('${RUN}/last', 'x');`)).toBe('told told ');
  });

  test('rename of a run, or between runs', async () => {
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
    nodeFs.mkdirSync(join(disk, 'nobody'));

    expect(await errnosOf(fs, 'mkdir', '/nobody')).toEqual(everywhere('EPERM'));
    expect(await errnosOf(artifacts, 'mkdir', '/nobody')).toEqual(everywhere('EPERM'));
  });

  test('`rmdir`, `rm -r` of a run or project', async () => {
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

  test('`http:` and `https:` URLs as paths', async () => {
    const page = new URL(`${server.url}/lab/project/runs/run/files/file`);
    const elsewhere = new URL('https://example.org/lab/project/runs/run/files/file');
    const refused = everywhere('ERR_INVALID_URL_SCHEME');
    expect(await errnosOf(nodeFs, 'readFile', page)).toEqual(refused);
    expect(await errnosOf(fs, 'readFile', page)).toEqual(everywhere('no error'));
    expect(await errnosOf(fs, 'readFile', elsewhere)).toEqual(everywhere('ENOENT'));
    expect(await errnosOf(mountAll({ '/mounted': fs }, nodeFs), 'readFile', page)).toEqual(refused);
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
      const { bavail, blocks, bsize } = on.statfsSync(path);
      expect([bavail * bsize, blocks * bsize]).toEqual([2 ** 50, 2 ** 50]);
    }
    const { bavail, blocks } = nodeFs.statfsSync(disk);
    expect(bavail).toBeLessThan(blocks);
  });

  test('`openAsBlob`', async () => {
    const onDisk = await nodeFs.openAsBlob(join(disk, 'file'));
    expect(await onDisk.text()).toBe('hello');
    nodeFs.writeFileSync(join(disk, 'file'), 'changed since');
    await expect(onDisk.text()).rejects.toMatchObject({ name: 'NotReadableError' });

    const path = `${RUN}/blob`;
    fs.writeFileSync(path, 'before');
    const blob = await fs.openAsBlob(path);
    fs.writeFileSync(path, 'after');
    expect(await blob.text()).toBe('before');
    fs.unlinkSync(path);
    expect(await blob.text()).toBe('before');
    expect(await (await artifacts.openAsBlob(`${VERSION}/a.txt`)).text()).toBe('a');
  });

  test('`lchmod`', async () => {
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

  test('`readableWebStream`', async () => {
    const kindsOf = async (handle: nodeFs.promises.FileHandle): Promise<readonly string[]> => {
      const kinds: string[] = [];
      for await (const chunk of handle.readableWebStream()) kinds.push(chunk.constructor.name);
      await handle.close();
      return kinds;
    };
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    const onDisk = await kindsOf(await nodeFs.promises.open(join(disk, 'file')));
    const hasBytes = major >= 24 || (major === 22 && minor >= 15);
    expect(onDisk).toEqual([hasBytes ? 'Uint8Array' : 'ArrayBuffer']);

    expect(await kindsOf(await fs.promises.open(`${RUN}/dir/inner`))).toEqual(['Uint8Array']);
    const handle = await fs.promises.open(`${RUN}/dir/inner`);
    const reader = handle.readableWebStream().getReader({ mode: 'byob' });
    expect((await reader.read(new Uint8Array(4))).value).toEqual(new Uint8Array([120]));
    await reader.cancel();
    await handle.close();
  });

  test('watchers', async () => {
    // What other tests wrote isn't to be seen among the requests below.
    await fs.wandb.flush();
    const told: string[] = [];
    const onDisk = nodeFs.watch(disk, (_event, name) => told.push(`disk ${name}`));
    nodeFs.writeFileSync(join(disk, 'new'), '');
    await eventually(
      async () => told,
      (seen) => seen.includes('disk new'),
    );
    onDisk.close();

    const watching = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey, listingTtl: 60_000 });
    const run = 'lab/project/watched';
    await server.seed({ [run]: { file: 'x' } });
    watching.readdirSync(run);
    const watcher = watching.watch(run, (_event, name) => told.push(`here ${name}`));
    watching.watchFile(`${run}/file`, { interval: 20 }, ({ size }) => told.push(`size ${size}`));
    told.length = 0;
    watching.writeFileSync(`${run}/new`, '');
    await eventually(
      async () => told,
      (seen) => seen.includes('here new'),
    );
    watcher.close();
    await watching.wandb.flush();
    // What others change is told of by no one; the next listing shows it.
    told.length = 0;
    await server.seed({ [run]: { file: 'longer' } });
    expect(await requestsOf(server, () => sleep(100))).toEqual([]);
    expect(told).toEqual([]);
    watching.wandb.refresh();
    await eventually(
      async () => told,
      (seen) => seen.includes('size 6'),
    );
    await watching.wandb.close();
  });

  test('members of another Node', () => {
    const missing = (from: object, members: ReadonlySet<string>) =>
      [...members].filter((name) => !(name in from) && name !== 'Utf8Stream');
    for (const on of [fs, artifacts]) {
      expect(missing(on, inAnyNode('fs'))).toEqual([]);
      expect(missing(on.promises, inAnyNode('fs.promises'))).toEqual([]);
    }
    // No Node has all of these.
    for (const name of ['F_OK', 'globSync', 'mkdtempDisposableSync']) {
      expect(inAnyNode('fs')).toContain(name);
      expect(fs).toHaveProperty(name);
    }
    expect('Utf8Stream' in fs).toBe('Utf8Stream' in nodeFs);
  });
});

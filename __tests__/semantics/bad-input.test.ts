import nodeFs from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { WandbFs } from 'wandb-fs';
import { makeDirectory } from '../helpers/directories.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { ATTEMPTS, MISTAKES } from './helpers/mistakes.js';
import { connect, makeRun, mount } from './helpers/mounts.js';
import { measure, NOTHING } from './helpers/requests.js';
import { call, errorOf, errorsOf, STYLES } from './helpers/styles.js';

const server = useServer(STANDARD);
let run: string;
beforeEach(async () => {
  run = await makeRun(server, { 'file.txt': 'content', 'dir/inner.txt': 'inner' });
});

describe('paths that lead nowhere', () => {
  let fs: WandbFs;
  beforeAll(() => {
    fs = connect(server);
  });
  afterAll(() => fs.wandb.close());

  test.each([
    ['an unknown entity', () => 'nobody/project/run-1/file.txt'],
    ['an unknown project', () => 'team/nothing/run-1/file.txt'],
    ['an unknown run', () => 'team/project/never-run/file.txt'],
    ['an unknown file', () => `${run}/missing.txt`],
    ['an unknown directory', () => `${run}/missing/file.txt`],
  ])('%s is ENOENT, whatever is asked', async (_, pathOf) => {
    const path = pathOf();
    for (const name of ['stat', 'lstat', 'readFile', 'readdir', 'unlink', 'access', 'truncate', 'rmdir']) {
      for (const error of await errorsOf(fs, name, path)) {
        expect(error).toMatchObject({ code: 'ENOENT', errno: -2 });
        expect(error.message).toMatch(/^ENOENT: no such file or directory, \w+ '/);
        expect(error.message).toContain(path);
      }
    }
    expect(fs.existsSync(path)).toBe(false);
  });

  test('writing below a run that is not there is ENOENT and makes none', async () => {
    for (const error of await errorsOf(fs, 'writeFile', 'team/project/never-run/f', 'x'))
      expect(error).toMatchObject({ code: 'ENOENT', syscall: 'open' });
    for (const error of await errorsOf(fs, 'writeFile', `${run}/missing/f`, 'x'))
      expect(error).toMatchObject({ code: 'ENOENT', syscall: 'open' });
    expect(fs.existsSync('team/project/never-run')).toBe(false);
  });

  test('a path outside the mount is ENOENT without a request', async () => {
    const mounted = mount(server, { mountPoint: '/mnt/run', root: run });
    const outside = ['/', '/mnt', '/mnt/running', '/etc/passwd', '/mnt/run/../other', 'relative', ''];
    const ask = async (): Promise<void> => {
      for (const path of outside) {
        for (const name of ['stat', 'readFile', 'readdir', 'unlink', 'mkdir']) {
          for (const error of await errorsOf(mounted, name, path)) expect(error.code).toBe('ENOENT');
        }
        for (const error of await errorsOf(mounted, 'writeFile', path, 'x'))
          expect(error.code).toBe('ENOENT');
        expect(mounted.existsSync(path)).toBe(false);
      }
    };
    expect(await measure(server, ask)).toEqual(NOTHING);
    expect(mounted.readFileSync('/mnt/run/file.txt', 'utf8')).toBe('content');
  });
});

/** The same mistake made on a real disk tells what must come out here. */
describe('mistakes fail as they do on a disk', () => {
  let disk: string;
  let fs: WandbFs;
  beforeAll(async () => {
    disk = await makeDirectory();
    fs = connect(server);
    nodeFs.writeFileSync(join(disk, 'file.txt'), 'content');
    nodeFs.mkdirSync(join(disk, 'dir'));
    nodeFs.writeFileSync(join(disk, 'dir/inner.txt'), 'inner');
  });
  afterAll(() => fs.wandb.close());

  test.each(MISTAKES)('%s', async (_, name, ...parameters) => {
    for (const style of STYLES) {
      const argumentsAt = (root: string) =>
        parameters.map((given) => (typeof given === 'function' ? given(root) : given));
      const real = await errorOf(() => call(nodeFs as WandbFs, style, name, ...argumentsAt(disk)));
      const ours = await errorOf(() => call(fs, style, name, ...argumentsAt(`/${run}`)));
      const { code, errno, syscall } = real;
      expect({ style, code: ours.code, errno: ours.errno, syscall: ours.syscall }).toEqual({
        style,
        code,
        errno,
        syscall,
      });
      const sentence = real.message.replaceAll(disk, `/${run}`);
      expect(ours.message.startsWith(sentence)).toBe(true);
    }
    // Whatever was tried, nothing has changed.
    expect(fs.readFileSync(`${run}/file.txt`, 'utf8')).toBe('content');
    expect(fs.readdirSync(run, { recursive: true })).toEqual(['dir', 'file.txt', join('dir', 'inner.txt')]);
  });

  test.each(ATTEMPTS)('%s', async (_, attempt) => {
    const outcome = async (work: () => unknown): Promise<unknown> => {
      try {
        return work();
      } catch (error) {
        const { code, errno, syscall, message } = error as NodeJS.ErrnoException;
        return { code, errno, syscall, message };
      }
    };
    const real = await outcome(() => attempt(nodeFs, join(disk, 'file.txt')));
    const ours = await outcome(() => attempt(fs, `/${run}/file.txt`));
    if (typeof real === 'object') expect(ours).toMatchObject(real as object);
    else expect(ours).toBe(real);
  });

  test('an fd that was closed is EBADF for every call', async () => {
    const fd = fs.openSync(`${run}/file.txt`, 'r+');
    fs.closeSync(fd);
    const calls: [string, ...unknown[]][] = [
      ['read', fd, Buffer.alloc(1), 0, 1, 0],
      ['write', fd, Buffer.alloc(1)],
      ['fstat', fd],
      ['fsync', fd],
      ['ftruncate', fd],
      ['close', fd],
    ];
    for (const [name, ...parameters] of calls) {
      for (const style of ['sync', 'callback'] as const) {
        const error = await errorOf(() => call(fs, style, name, ...parameters));
        expect(error).toMatchObject({ code: 'EBADF', errno: -9, syscall: name });
      }
    }
    const handle = await fs.promises.open(`${run}/file.txt`);
    await handle.close();
    expect(await errorOf(() => handle.read(Buffer.alloc(1), 0, 1, 0))).toMatchObject({ code: 'EBADF' });
    expect(await errorOf(() => handle.stat())).toMatchObject({ code: 'EBADF' });
  });
});

test('with `readOnly` every change is EROFS, and reading goes on', async () => {
  const fs = mount(server, { readOnly: true });
  const changes: [string, ...unknown[]][] = [
    ['writeFile', `${run}/file.txt`, 'x'],
    ['appendFile', `${run}/file.txt`, 'x'],
    ['unlink', `${run}/file.txt`],
    ['mkdir', `${run}/made`],
    ['rename', `${run}/file.txt`, `${run}/other`],
    ['truncate', `${run}/file.txt`],
  ];
  for (const [name, ...parameters] of changes) {
    for (const error of await errorsOf(fs, name, ...parameters)) expect(error.code).toBe('EROFS');
  }
  expect(fs.readFileSync(`${run}/file.txt`, 'utf8')).toBe('content');
});

test('a closed fs object refuses every call, and says why', async () => {
  for (const isUsed of [true, false]) {
    const fs = mount(server);
    if (isUsed) fs.readdirSync(run);
    await fs.wandb.close();
    for (const error of await errorsOf(fs, 'readdir', run)) {
      expect(error.code).toBe('EBADF');
      expect(error.message).toMatch(/closed/);
    }
    await fs.wandb.close();
  }
});

describe('options', () => {
  test.each<[string, Record<string, unknown>]>([
    ['listingTtl', { listingTtl: 'long' }],
    ['baseUrl', { baseUrl: 'api.wandb.ai' }],
    ['baseUrl', { baseUrl: 'https://wandb.ai' }],
    ['writeback', { writeback: 'never' }],
    ['sync', { sync: true }],
    ['allowDelete', { allowDelete: ['everything'] }],
    ['cacheBytes', { cacheBytes: -1 }],
    ['apiKey', { apiKey: 'with space' }],
  ])('a bad `%s` is a TypeError or RangeError that names it (%j)', async (name, options) => {
    const error = await errorOf(() => Promise.resolve(mount(server, options).readdirSync('/')));
    expect(error.code).toMatch(/^ERR_(INVALID_ARG_(TYPE|VALUE)|OUT_OF_RANGE)$/);
    expect(error.message).toContain(name);
    expect(inspect(error)).not.toContain('with space');
  });
});

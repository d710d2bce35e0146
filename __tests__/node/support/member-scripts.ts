import type nodeFs from 'node:fs';
import { asyncDispose } from '../../../src/node/faces/node-version.js';

/** A member in one of its styles, by its plain name. */
export type Call = (name: string, ...args: readonly unknown[]) => Promise<unknown>;

export interface Scene {
  readonly call: Call;
  readonly fs: typeof nodeFs;
  readonly at: (name: string) => string;
  /** A file that is open for reading and writing. */
  readonly withFd: <T>(use: (fd: number) => Promise<T>) => Promise<T>;
}

type Script = (scene: Scene) => Promise<unknown>;

const uid = process.getuid?.() ?? -1;
const gid = process.getgid?.() ?? -1;
const text = ({ fs, at }: Scene, name: string): string => fs.readFileSync(at(name), 'latin1');
const modeOf = ({ fs, at }: Scene, name: string): number => fs.lstatSync(at(name)).mode;
const timesOf = ({ fs, at }: Scene, name: string): readonly number[] => {
  const { atimeMs, mtimeMs } = fs.lstatSync(at(name));
  return [atimeMs, mtimeMs];
};

/** What each member does, where the calls that succeed aren't held against Node's elsewhere. */
export const SCRIPTS: Readonly<Record<string, Script>> = {
  chmod: async (s) => [await s.call('chmod', s.at('file'), 0o600), modeOf(s, 'file')],
  chown: ({ call, at }) => call('chown', at('file'), uid, gid),
  close: async ({ call, fs, at }) => {
    const fd = fs.openSync(at('file'), 'r');
    return call('close', fd);
  },
  exists: async ({ call, at }) => [await call('exists', at('file')), await call('exists', at('none'))],
  fchmod: (s) => s.withFd(async (fd) => [await s.call('fchmod', fd, '640'), modeOf(s, 'file')]),
  fchown: (s) => s.withFd((fd) => s.call('fchown', fd, uid, gid)),
  fdatasync: (s) => s.withFd((fd) => s.call('fdatasync', fd)),
  fstat: (s) =>
    s.withFd(async (fd) => {
      const [stats, big] = [await s.call('fstat', fd), await s.call('fstat', fd, { bigint: true })];
      return [(stats as nodeFs.Stats).size, (big as nodeFs.BigIntStats).size];
    }),
  fsync: (s) => s.withFd((fd) => s.call('fsync', fd)),
  ftruncate: (s) =>
    s.withFd(async (fd) => [
      await s.call('ftruncate', fd, 4),
      text(s, 'file'),
      await s.call('ftruncate', fd),
      text(s, 'file'),
    ]),
  futimes: (s) => s.withFd(async (fd) => [await s.call('futimes', fd, 10, 20.5), timesOf(s, 'file')]),
  lchown: ({ call, at }) => call('lchown', at('file'), uid, gid),
  link: async (s) => [await s.call('link', s.at('file'), s.at('hard')), text(s, 'hard')],
  lstat: async ({ call, at }) => {
    const stats = (await call('lstat', at('link'))) as nodeFs.Stats;
    return [stats.isSymbolicLink(), stats.isFile()];
  },
  lutimes: async (s) => [
    await s.call('lutimes', s.at('link'), 1, new Date(2500)),
    timesOf(s, 'link'),
    timesOf(s, 'file').length,
  ],
  mkdtemp: async ({ call, fs, at }) => {
    const made = [await call('mkdtemp', at('t-')), await call('mkdtemp', at('t-'), 'buffer')] as string[];
    return made.map((path) => [String(path).replace(/......$/, ''), fs.statSync(path).isDirectory()]);
  },
  open: async ({ call, fs, at }) => {
    const opened = (await call('open', at('new'), 'wx', 0o640)) as number | nodeFs.promises.FileHandle;
    const mode = fs.statSync(at('new')).mode;
    if (typeof opened === 'number') fs.closeSync(opened);
    else await opened.close();
    return mode;
  },
  opendir: async ({ call, at }) => {
    const dir = (await call('opendir', at('dir'), { recursive: true })) as nodeFs.Dir;
    const names: string[] = [];
    for await (const { name } of dir) names.push(name);
    return [names.sort(), dir.path];
  },
  read: (s) =>
    s.withFd(async (fd) => {
      const buffer = Buffer.alloc(4, '.');
      return [await s.call('read', fd, buffer, 1, 3, 6), String(buffer)];
    }),
  readlink: async ({ call, at }) => [
    await call('readlink', at('link')),
    await call('readlink', at('link'), 'hex'),
  ],
  readv: (s) =>
    s.withFd(async (fd) => {
      const buffers = [Buffer.alloc(2), Buffer.alloc(3)];
      return [await s.call('readv', fd, buffers, 6), buffers.map(String)];
    }),
  symlink: async ({ call, fs, at }) => [
    await call('symlink', 'file', at('soft')),
    await call('symlink', at('dir'), at('soft-dir'), 'dir'),
    fs.readFileSync(at('soft'), 'utf8'),
    fs.readdirSync(at('soft-dir')),
  ],
  unlink: async ({ call, fs, at }) => [await call('unlink', at('link')), fs.existsSync(at('link'))],
  utimes: async (s) => [await s.call('utimes', s.at('file'), '3', new Date(4000)), timesOf(s, 'file')],
  write: (s) =>
    s.withFd(async (fd) => [
      await s.call('write', fd, Buffer.from('abc'), 1, 2, 0),
      await s.call('write', fd, 'xyz', 4, 'utf8'),
      text(s, 'file'),
    ]),
  writev: (s) =>
    s.withFd(async (fd) => [
      await s.call('writev', fd, [Buffer.from('12'), Buffer.from('3')], 2),
      text(s, 'file'),
    ]),
};

type Handle = nodeFs.promises.FileHandle;

/** What each method does on an open file. */
export const HANDLE_SCRIPTS: Readonly<Record<string, (handle: Handle) => Promise<unknown>>> = {
  appendFile: async (handle) => [await handle.appendFile('!'), await handle.appendFile('?', 'utf8')],
  chmod: async (handle) => [await handle.chmod(0o640), (await handle.stat()).mode],
  chown: (handle) => handle.chown(uid, gid),
  close: async (handle) => [await handle.close(), await handle.close(), handle.fd],
  createReadStream: async (handle) => {
    const stream = handle.createReadStream({ start: 1, end: 4, encoding: 'utf8' });
    return [await stream.toArray(), handle.fd];
  },
  createWriteStream: async (handle) => {
    const stream = handle.createWriteStream({ start: 2 });
    const closed = new Promise<void>((resolve) => stream.once('close', () => resolve()));
    stream.end('XY');
    await closed;
    return handle.fd;
  },
  datasync: (handle) => handle.datasync(),
  fd: async (handle) => [typeof handle.fd, handle.fd > 2],
  getAsyncId: async (handle) => typeof Reflect.get(handle, 'getAsyncId').call(handle),
  read: (handle) => handle.read(Buffer.alloc(3), 0, 3, 6),
  readFile: async (handle) => [await handle.readFile('utf8'), await handle.readFile('utf8')],
  readLines: async (handle) => {
    await handle.write('a\nb\r\nc', 0);
    const lines: string[] = [];
    for await (const line of handle.readLines({ start: 0 })) lines.push(line);
    return lines;
  },
  readableWebStream: async (handle) => {
    const chunks: Buffer[] = [];
    for await (const chunk of handle.readableWebStream({ type: 'bytes' })) chunks.push(Buffer.from(chunk));
    return [String(Buffer.concat(chunks)), handle.fd > 0];
  },
  readv: (handle) => handle.readv([Buffer.alloc(2), Buffer.alloc(4)], 5),
  stat: async (handle) => [(await handle.stat()).size, (await handle.stat({ bigint: true })).size],
  sync: (handle) => handle.sync(),
  truncate: async (handle) => [
    await handle.truncate(5),
    await handle.readFile('utf8'),
    await handle.truncate(),
  ],
  utimes: async (handle) => [await handle.utimes(1, new Date(2000)), (await handle.stat()).mtimeMs],
  write: async (handle) => [await handle.write('ab', 1), await handle.write(Buffer.from('cd'), 0, 1)],
  writeFile: (handle) => handle.writeFile('HE'),
  writev: (handle) => handle.writev([Buffer.from('1'), Buffer.from('2')], 3),
  '[Symbol.asyncDispose]': async (handle) => [
    await Reflect.get(handle, asyncDispose).call(handle),
    handle.fd,
  ],
};

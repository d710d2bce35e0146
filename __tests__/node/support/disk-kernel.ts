import nodeFs from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { noCounters } from '../../../src/contract/counters.js';
import type { Kind } from '../../../src/contract/entry.js';
import { type ErrnoCode, Failure } from '../../../src/contract/failure.js';
import { treePath } from '../../../src/contract/tree-path.js';
import type { Attributes, DirectoryEntry, Kernel } from '../../../src/kernel/syscalls.js';

/**
 * The primitives over a directory of the real disk. With it, what the faces do can be compared one to one with what
 * Node's own do: any difference is the faces'.
 */
export function diskKernel(base: string): Kernel {
  const at = (path: string): string => (path === '' ? base : join(base, path));
  return {
    open: (_op, path, flags, mode) => asFailure(() => nodeFs.openSync(at(path), flags, mode)),
    close: (_op, fd) => asFailure(() => nodeFs.closeSync(fd)),
    read: (_op, fd, target, position) =>
      asFailure(() => nodeFs.readSync(fd, target, 0, target.byteLength, position)),
    readWhole: () => null,
    write: (_op, fd, bytes, position) =>
      asFailure(() => nodeFs.writeSync(fd, bytes, 0, bytes.byteLength, position)),
    ftruncate: (_op, fd, length) => asFailure(() => nodeFs.ftruncateSync(fd, length)),
    fsync: (_op, fd) => asFailure(() => nodeFs.fsyncSync(fd)),
    stat: (_op, path) => asFailure(() => attributesOf(nodeFs.statSync(at(path)))),
    lstat: (_op, path) => asFailure(() => attributesOf(nodeFs.lstatSync(at(path)))),
    fstat: (_op, fd) => asFailure(() => attributesOf(nodeFs.fstatSync(fd))),
    fsize: (fd) => asFailure(() => attributesOf(nodeFs.fstatSync(fd)).size),
    opendir: (_op, path) => {
      const pages = [entriesIn(at(path))];
      return { isEnded: false, next: () => pages.pop() ?? null };
    },
    readdir: (_op, path) => entriesIn(at(path)),
    access: (_op, path, mode) => asFailure(() => nodeFs.accessSync(at(path), mode)),
    mkdir: (_op, path, mode) => asFailure(() => void nodeFs.mkdirSync(at(path), mode)),
    rmdir: (_op, path) => asFailure(() => nodeFs.rmdirSync(at(path))),
    unlink: (_op, path) => asFailure(() => nodeFs.unlinkSync(at(path))),
    removeTree: (_op, path) => asFailure(() => nodeFs.rmSync(at(path), { recursive: true })),
    rename: (_op, from, to) => asFailure(() => nodeFs.renameSync(at(from), at(to))),
    utimes: (_op, path, atimeMs, mtimeMs) =>
      asFailure(() => nodeFs.utimesSync(at(path), atimeMs / 1000, mtimeMs / 1000)),
    lutimes: (_op, path, atimeMs, mtimeMs) =>
      asFailure(() => nodeFs.lutimesSync(at(path), atimeMs / 1000, mtimeMs / 1000)),
    futimes: (_op, fd, atimeMs, mtimeMs) =>
      asFailure(() => nodeFs.futimesSync(fd, atimeMs / 1000, mtimeMs / 1000)),
    chmod: (_op, path, mode) => asFailure(() => nodeFs.chmodSync(at(path), mode)),
    lchmod: (_op, path, mode) =>
      asFailure(() => {
        if (nodeFs.lstatSync(at(path)).isSymbolicLink()) throw new Failure('ENOTSUP');
        nodeFs.chmodSync(at(path), mode);
      }),
    fchmod: (_op, fd, mode) => asFailure(() => nodeFs.fchmodSync(fd, mode)),
    chown: (_op, path, uid, gid) => asFailure(() => nodeFs.chownSync(at(path), uid, gid)),
    lchown: (_op, path, uid, gid) => asFailure(() => nodeFs.lchownSync(at(path), uid, gid)),
    fchown: (_op, fd, uid, gid) => asFailure(() => nodeFs.fchownSync(fd, uid, gid)),
    readlink: (_op, path) => asFailure(() => nodeFs.readlinkSync(at(path))),
    realpath: (_op, path) => treePath(asFailure(() => relative(base, nodeFs.realpathSync(at(path))))),
    symlink: (_op, target, path) =>
      asFailure(() => {
        const own = target.kind === 'path' && target.isAbsolute && target.path !== null;
        const text = target.kind === 'uri' ? target.uri : target.text;
        nodeFs.symlinkSync(own ? relative(dirname(at(path)), at(target.path)) : text, at(path));
      }),
    clone: () => false,
    startFrom: () => {},
    link: (_op, from, to) => asFailure(() => nodeFs.linkSync(at(from), at(to))),
    commit: () => {
      throw new Failure('EINVAL');
    },
    info: () => ({ kind: 'directory' }),
    listed: () => {
      throw new Failure('ENOTSUP');
    },
    signedUrl: () => '',
    consoleLines: () => {
      throw new Failure('ENOTSUP');
    },
    find: () => {
      throw new Failure('ENOTSUP');
    },
    missing: () => null,
    flush: () => {},
    refresh: () => {},
    prefetch: () => {},
    journal: () => null,
    cancelReads: () => {},
    aheadBytes: () => 0,
    counters: noCounters,
    onEvent: () => {},
    shutdown: () => {},
  };
}

const entriesIn = (path: string): readonly DirectoryEntry[] =>
  asFailure(() =>
    nodeFs
      .readdirSync(path, { withFileTypes: true })
      .map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  );

function asFailure<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code?.startsWith('E') && !code.startsWith('ERR_') ? new Failure(code as ErrnoCode) : error;
  }
}

const kindOf = (entry: { isDirectory(): boolean; isSymbolicLink(): boolean }): Kind =>
  entry.isDirectory() ? 'directory' : entry.isSymbolicLink() ? 'symlink' : 'file';

function attributesOf(stats: nodeFs.Stats): Attributes {
  const { dev, ino, mode, nlink, uid, gid, size, blksize, blocks } = stats;
  const { atimeMs, mtimeMs, ctimeMs, birthtimeMs } = stats;
  return {
    kind: kindOf(stats),
    dev,
    ino,
    mode,
    nlink,
    uid,
    gid,
    size,
    blksize,
    blocks,
    atimeMs,
    mtimeMs,
    ctimeMs,
    birthtimeMs,
  };
}

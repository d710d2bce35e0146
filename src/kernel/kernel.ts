import { Failure } from '../contract/failure.js';
import { type TreePath, upperPath } from '../contract/tree-path.js';
import { signedUrl } from './content/reading/signing.js';
import { Core, type KernelOptions } from './core.js';
import { Files } from './files.js';
import { AttributeCalls } from './namespace/attributes.js';
import { Directories } from './namespace/directories.js';
import { findRuns } from './namespace/finding.js';
import { info } from './namespace/info.js';
import { throughLinks } from './namespace/links.js';
import { missing } from './namespace/missing.js';
import { Removal } from './namespace/removal.js';
import { Rename } from './namespace/rename.js';
import { assertFree, ensureListed, resolve } from './namespace/resolve.js';
import { Fault, type Operation } from './operation/operation.js';
import type { Kernel } from './syscalls.js';
import { Versions } from './versions/versions.js';
import { outlookOfClose } from './writeback/flush-failure.js';
import { recover } from './writeback/recovery.js';
import { Writeback } from './writeback/writeback.js';

export type { KernelOptions } from './core.js';

/** Makes the kernel of a remote: all primitives over one superblock. */
export function createKernel(options: KernelOptions): Kernel {
  const core = new Core(options);
  const writeback = new Writeback(core);
  const files = new Files(core, writeback);
  const directories = new Directories(core);
  const removal = new Removal(core, files, writeback);
  const versions = new Versions(core, removal, writeback);
  const renaming = new Rename(core, removal, writeback, versions);
  const attributes = new AttributeCalls(core);
  const report = recoverOrLeave(core, writeback);
  const inodeOf = (fd: number) => core.descriptors.get(fd).inode;

  return {
    open: (op, path, flags, mode) => files.open(op, path, flags, mode),
    close: (op, fd) => files.close(op, fd),
    read: (op, fd, buffer, offset, length, position) => files.read(op, fd, buffer, offset, length, position),
    write: (op, fd, bytes, position) => files.write(op, fd, bytes, position),
    ftruncate: (op, fd, length) => files.ftruncate(op, fd, length),
    fsync: (op, fd) => files.fsync(op, fd),
    stat: (op, path) => attributes.stat(op, path),
    lstat: (op, path) => attributes.lstat(op, path),
    fstat: (op, fd) => attributes.fstat(op, fd),
    readdir: (op, path) => directories.readdir(op, path),
    access: (op, path, mode) => attributes.access(op, path, mode),
    mkdir: (op, path, mode) => directories.mkdir(op, path, mode),
    rmdir: (op, path) => removal.rmdir(op, path),
    unlink: (op, path) => removal.unlink(op, path),
    removeTree: (op, path) => removal.removeTree(op, path),
    rename: (op, from, to) => renaming.rename(op, from, to),
    utimes: (op, path, atimeMs, mtimeMs) => attributes.setTimes(resolve(core, op, path), atimeMs, mtimeMs),
    lutimes: (op, path, atimeMs, mtimeMs) =>
      attributes.setTimes(resolve(core, op, path, true), atimeMs, mtimeMs),
    futimes: (_op, fd, atimeMs, mtimeMs) => attributes.setTimes(inodeOf(fd), atimeMs, mtimeMs),
    chmod: (op, path, mode) => attributes.setMode(resolve(core, op, path), mode),
    fchmod: (_op, fd, mode) => attributes.setMode(inodeOf(fd), mode),
    chown: (op, path, uid, gid) => {
      attributes.setOwner(resolve(core, op, path), uid, gid);
    },
    fchown: (_op, fd, uid, gid) => {
      attributes.setOwner(inodeOf(fd), uid, gid);
    },
    readlink: (op, path) => versions.readlink(op, path),
    realpath: (op, path) => resolve(core, op, path).path,
    symlink: (op, target, path) => versions.symlink(op, target, path),
    clone: (op, from, to, isExclusive) => versions.clone(op, from, to, isExclusive),
    startFrom: (op, from, to) => versions.startFrom(op, from, to),
    link: (op, from, to) => {
      resolve(core, op, from);
      assertFree(core, op, to);
      throw new Failure('EPERM', 'W&B holds no hard links; copy the file instead.');
    },

    commit: (op, path, options) => versions.commit(op, path, options),
    info: (op, path) => info(core, op, path),
    signedUrl: (op, path) => signedUrl(core, op, path),
    find: (op, query) => findRuns(core, op, query),

    flush: (op) => {
      if (core.isClosed) throw new Failure('EBADF', 'This filesystem is closed.');
      writeback.flush(op, null);
    },
    missing: (op, path) => missing(core, op, path),
    refresh: (path) => refresh(core, path),
    prefetch: (op, path) => prefetch(core, files, op, path),
    journal: report,
    counters: () => ({
      dirty: writeback.dirtyCount,
      uploaded: writeback.uploaded,
      uploadedBytes: writeback.uploadedBytes,
      downloads: core.pages.downloads,
      downloadedBytes: core.pages.downloadedBytes,
      pageHits: core.pages.hits,
      pageMisses: core.pages.misses,
      pageBytes: core.pages.bytes,
      overlayBytes: core.overlay.memoryBytes,
      spooledBytes: core.overlay.spooledBytes,
    }),
    cancelReads: () => core.loads.cancelAll(),
    onUpload: (listener) => {
      writeback.listener = listener;
    },
    shutdown: (op) => shutdown(core, files, writeback, op),
  };
}

/** Where it fails nothing is held: the next attempt, or another process, finds all that this one has taken over. */
function recoverOrLeave(core: Core, writeback: Writeback): ReturnType<typeof recover> {
  try {
    return recover(core, writeback);
  } catch (thrown) {
    core.journal?.close();
    throw thrown;
  }
}

/** Forgets listings, so that the next call asks the server; what is dirty or open stays as it is. */
function refresh(core: Core, path: TreePath): void {
  const real = core.hasVersions ? throughLinks(core, path, false) : path;
  if (real !== path) {
    refreshAt(core, upperPath(path, core.unitDepth));
    refreshAt(core, real);
  } else refreshAt(core, path);
}

function refreshAt(core: Core, path: TreePath): void {
  core.forgetNegatives(path);
  const name = path === '' ? undefined : core.scopeOfName(path);
  name?.scope.expire(core.tick().epoch);
  const at = name ? name.scope.childAt(name.relative) : core.root;
  if (at) core.expireTree(at);
}

function prefetch(core: Core, files: Files, op: Operation, path: TreePath): void {
  const inode = resolve(core, op, path);
  if (inode.isDirectory) ensureListed(core, op, inode);
  else if (!inode.local?.content) files.touchFirstPage(op, inode);
}

/** If an upload fails, the filesystem stays as it is but for its fds: the caller may try again. */
function shutdown(core: Core, files: Files, writeback: Writeback, op: Operation): void {
  if (core.isClosed) {
    if (!core.isEnded) throw endFault(core);
    return;
  }
  for (const fd of core.descriptors.all()) files.release(fd);
  const outlook = outlookOfClose(core.options.journal?.dir ?? null);
  writeback.flush(op, null, outlook);
  if (writeback.hasUnsent) {
    // Something was closed while the flush was on its way.
    op.state = undefined;
    writeback.flush(op, null, outlook);
  }
  core.isClosed = true;
  core.pages.clear();
  throw endFault(core);
}

/** Whoever closes waits until the owner has ended. */
const endFault = (core: Core): Fault =>
  new Fault('close', () =>
    core.loads.start(
      'close',
      'close',
      {},
      (_value, failure) => {
        // The owner reads nothing any more.
        core.handedOver.clear();
        core.overlay.close();
        core.isEnded = true;
        return failure;
      },
      { isCancellable: false },
    ),
  );

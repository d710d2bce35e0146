import { Failure } from '../contract/failure.js';
import { type TreePath, upperPath } from '../contract/tree-path.js';
import type { Journal } from './content/journal/journal.js';
import { fsync, ftruncate, write } from './content/local/writing.js';
import { close, fsize, open, readWhole, release } from './content/open-files.js';
import { pageKey } from './content/reading/pages.js';
import { read, readPage } from './content/reading/read.js';
import { lookedUpAnew } from './content/reading/staleness.js';
import { Core, type KernelOptions } from './core.js';
import {
  access,
  fstat,
  lstat,
  setMode,
  setModeOfName,
  setOwner,
  setTimes,
  stat,
} from './namespace/attributes.js';
import { mkdir, opendir, readdir } from './namespace/directories.js';
import { consoleLines, findUnits, info, listed, signedUrl } from './namespace/info.js';
import type { Inode } from './namespace/inode.js';
import { throughLinks } from './namespace/links/aliases.js';
import { missing } from './namespace/missing.js';
import { removeTree, rmdir, unlink } from './namespace/removal.js';
import { rename } from './namespace/rename.js';
import { ensureListed, resolve } from './namespace/resolve.js';
import type { Fault, Operation } from './operation/operation.js';
import type { Kernel } from './syscalls.js';
import { commit } from './versions/commit.js';
import { clone, startFrom } from './versions/drafts.js';
import { link, readlink, symlink } from './versions/links.js';
import { flush, outlookOfClose } from './writeback/flush.js';
import { recover } from './writeback/recovery.js';

/** Bytes that may be loaded ahead of one caller, and the part of the cache that it may be. */
const MOST_AHEAD = 16 * 1024 * 1024;
const SHARE_OF_CACHE = 4;

/** Makes the kernel of a remote: all primitives over one superblock. What only changes need is made for the first one. */
export function createKernel(options: KernelOptions): Kernel {
  const core = new Core(options);
  const report = core.journal && recoverOrLeave(core, core.journal);
  const inodeOf = (fd: number) => core.descriptors.get(fd).inode;

  return {
    open: (op, path, flags, mode) => open(core, op, path, flags, mode),
    close: (op, fd) => close(core, op, fd),
    read: (op, fd, target, position) => read(core, op, fd, target, position),
    readWhole: (op, path, isOwned) => readWhole(core, op, path, isOwned),
    write: (op, fd, bytes, position) => write(core, op, fd, bytes, position),
    ftruncate: (op, fd, length) => ftruncate(core, op, fd, length),
    fsync: (op, fd) => fsync(core, op, fd),
    stat: (op, path) => stat(core, op, path),
    lstat: (op, path) => lstat(core, op, path),
    fstat: (op, fd) => fstat(core, op, fd),
    fsize: (fd) => fsize(core, fd),
    opendir: (op, path, paging) => opendir(core, op, path, paging),
    readdir: (op, path) => readdir(core, op, path),
    access: (op, path, mode) => access(core, op, path, mode),
    mkdir: (op, path, mode) => mkdir(core, op, path, mode),
    rmdir: (op, path) => rmdir(core, op, path),
    unlink: (op, path) => unlink(core, op, path),
    removeTree: (op, path) => removeTree(core, op, path),
    rename: (op, from, to) => rename(core, op, from, to),
    utimes: (op, path, atimeMs, mtimeMs) => setTimes(core, resolve(core, op, path), atimeMs, mtimeMs),
    lutimes: (op, path, atimeMs, mtimeMs) => setTimes(core, resolve(core, op, path, true), atimeMs, mtimeMs),
    futimes: (_op, fd, atimeMs, mtimeMs) => setTimes(core, inodeOf(fd), atimeMs, mtimeMs),
    chmod: (op, path, mode) => setMode(core, resolve(core, op, path), mode),
    lchmod: (op, path, mode) => setModeOfName(core, op, path, mode),
    fchmod: (_op, fd, mode) => setMode(core, inodeOf(fd), mode),
    chown: (op, path, uid, gid) => setOwner(core, resolve(core, op, path), uid, gid),
    lchown: (op, path, uid, gid) => setOwner(core, resolve(core, op, path, true), uid, gid),
    fchown: (_op, fd, uid, gid) => setOwner(core, inodeOf(fd), uid, gid),
    readlink: (op, path) => readlink(core, op, path),
    realpath: (op, path) => resolve(core, op, path).path,
    symlink: (op, target, path) => symlink(core, op, target, path),
    clone: (op, from, to, isExclusive) => clone(core, op, from, to, isExclusive),
    startFrom: (op, from, to) => startFrom(core, op, from, to),
    link: (op, from, to) => link(core, op, from, to),

    commit: (op, path, options) => commit(core, op, path, options),
    info: (op, path) => info(core, op, path),
    listed: (op, path) => listed(core, op, path),
    signedUrl: (op, path) => signedUrl(core, op, path),
    find: (op, query) => findUnits(core, op, query),
    consoleLines: (op, query) => consoleLines(core, op, query),

    flush: (op) => {
      core.assertOpen();
      flush(core, op, null);
    },
    missing: (op, path) => missing(core, op, path),
    refresh: (path) => refresh(core, path),
    prefetch: (op, path, bytes) => prefetch(core, op, path, bytes),
    aheadBytes: () => Math.min(MOST_AHEAD, options.cacheBytes / SHARE_OF_CACHE),
    journal: () => report?.() ?? null,
    counters: () => ({
      ...core.remote.counters(),
      dirty: core.made.writeback?.dirty.size ?? 0,
      uploaded: core.made.writeback?.uploaded ?? 0,
      uploadedBytes: core.made.writeback?.uploadedBytes ?? 0,
      downloads: core.pages.downloads,
      downloadedBytes: core.pages.downloadedBytes,
      pageHits: core.pages.hits,
      pageMisses: core.pages.misses,
      pageBytes: core.pages.bytes,
      readAhead: core.made.readAhead?.fetched ?? 0,
      readAheadUsed: core.made.readAhead?.used ?? 0,
      readAheadWasted: core.made.readAhead?.wasted ?? 0,
      overlayBytes: core.made.overlay?.files.memoryBytes ?? 0,
      spooledBytes: core.made.overlay?.files.spooledBytes ?? 0,
    }),
    cancelReads: () => core.loads.cancelAll(),
    onEvent: (listener) => {
      core.listener = listener;
    },
    shutdown: (op) => shutdown(core, op),
  };
}

/** Where it fails nothing is held: the next attempt, or another process, finds all that this one has taken over. */
function recoverOrLeave(core: Core, journal: Journal): ReturnType<typeof recover> {
  try {
    return recover(core, journal);
  } catch (thrown) {
    journal.close();
    throw thrown;
  }
}

/** Forgets listings, so that the next call asks the server; what is dirty or open stays as it is. */
function refresh(core: Core, path: TreePath): void {
  const real = core.shape.links ? throughLinks(core, path, false) : path;
  if (real !== path) refreshAt(core, upperPath(path, core.unitDepth));
  refreshAt(core, real);
}

function refreshAt(core: Core, path: TreePath): void {
  core.names.forgetNegatives(path);
  const name = path === '' ? undefined : core.names.scopeOfName(path);
  name?.scope.known.expire(core.timeline.tick().epoch);
  const at = name ? name.scope.childAt(name.relative) : core.root;
  if (at) core.names.expireTree(at);
}

function prefetch(core: Core, op: Operation, path: TreePath, bytes = 1): void {
  const found = resolve(core, op, path);
  // What was refused once isn't just asked for again: the same answer would come, and come.
  const inode = found.local?.content ? found : lookedUpAnew(core, op, found, path);
  if (!inode) throw new Failure('ENOENT');
  if (inode.isDirectory) ensureListed(core, op, inode);
  else if (!inode.local?.content) readBeginning(core, op, inode, bytes);
}

/** Content from the first byte on, in one request; where its first page is here already nothing is asked for. */
function readBeginning(core: Core, op: Operation, inode: Inode, bytes: number): void {
  const key = inode.entry && pageKey(inode.entry, 0);
  if (key !== null && (core.pages.get(key) ?? op.pages.get(key))) return;
  readPage(core, op, { inode, readAhead: null }, 0, new Uint8Array(bytes));
}

/** If an upload fails, the filesystem stays as it is but for its fds: the caller may try again. */
function shutdown(core: Core, op: Operation): void {
  if (core.isClosed) {
    if (!core.isEnded) throw endFault(core);
    return;
  }
  for (const fd of core.descriptors.files.keys()) release(core, fd);
  const outlook = outlookOfClose(core.options.journal?.dir ?? null);
  flush(core, op, null, outlook);
  if (core.writeback.hasUnsent) {
    // Something was closed while the flush was on its way.
    op.progress = null;
    flush(core, op, null, outlook);
  }
  core.isClosed = true;
  core.pages.clear();
  throw endFault(core);
}

/** Whoever closes waits until the owner has ended. */
const endFault = (core: Core): Fault =>
  core.loads.fault('close', 'close', {}, (_value, failure) => {
    // The owner reads nothing any more.
    core.made.leases?.clear();
    core.made.overlay?.files.close();
    core.isEnded = true;
    return failure;
  });

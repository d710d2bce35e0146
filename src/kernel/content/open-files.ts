import { Failure } from '../../contract/failure.js';
import { joinPath, type TreePath } from '../../contract/tree-path.js';
import { constants } from '../../platform/disk.js';
import { theGlobal } from '../../platform/realm.js';
import type { Core } from '../core.js';
import { Inode } from '../namespace/inode.js';
import { resolveParent } from '../namespace/naming.js';
import { find, realPath } from '../namespace/resolve.js';
import { Fault, type Operation } from '../operation/operation.js';
import { flush } from '../writeback/flush.js';
import { makeEmpty } from './local/writing.js';
import { wholePage } from './reading/read.js';
import type { WholeRead } from './reading/whole-read.js';
import { leave, type Sequence } from './reading/windows.js';

const { O_CREAT, O_DIRECTORY, O_DSYNC, O_EXCL, O_NOFOLLOW, O_RDONLY, O_SYNC, O_TRUNC, O_WRONLY } = constants;
const ACCESS_MODE = O_WRONLY | constants.O_RDWR;

/** An open file description: what `open` returned a number for. */
export class OpenFile {
  position = 0;
  /** Who reads at the position now: others that want to read there come after it. */
  reader: Operation | null = null;
  /** Bytes of this version were returned: from here on the file must not turn into another one. */
  hasRead = false;
  readonly readAhead: Sequence = {
    next: 0,
    at: 0,
    blocks: 1,
    depth: 0,
    turn: Number.POSITIVE_INFINITY,
    windows: null,
  };
  /** Of who reads all of it in order; null once it has ended, or of another version. */
  whole: WholeRead | null = null;

  constructor(
    public inode: Inode,
    /** Where it was opened. */
    readonly path: TreePath,
    readonly flags: number,
  ) {}

  /** Reads at the position take turns. */
  takeTurn(op: Operation): void {
    const { reader } = this;
    if (reader && reader !== op && !reader.isEnded && reader.load && !reader.load.isSettled) {
      const { load } = reader;
      throw new Fault('turn', () => load, { isContention: true });
    }
    this.reader = op;
  }

  get canRead(): boolean {
    return (this.flags & ACCESS_MODE) !== O_WRONLY;
  }

  get canWrite(): boolean {
    return (this.flags & ACCESS_MODE) !== O_RDONLY;
  }

  get isAppending(): boolean {
    return (this.flags & constants.O_APPEND) !== 0;
  }
}

/**
 * Numbers that neither the OS (small) nor memfs (from 2^31 - 1 down) nor node:vfs (from 0x40000000 up) gives out, from
 * one counter for all copies of this package in the process: a union tries every layer's `read(fd)`.
 */
const FIRST_FD = 0x60000000;
const COUNTER = Symbol.for('wandb-fs.nextFd.2');
const shared = theGlobal as { [COUNTER]?: { next: number } };
/** An object of its own: what is set on the global object takes as long as the rest of an open. */
shared[COUNTER] ??= { next: FIRST_FD };
const counter = shared[COUNTER];

export class Descriptors {
  readonly files = new Map<number, OpenFile>();

  add(file: OpenFile): number {
    const fd = counter.next++;
    this.files.set(fd, file);
    return fd;
  }

  /** Throws EBADF for a number that isn't open here. */
  get(fd: number): OpenFile {
    const file = this.files.get(fd);
    if (!file) throw new Failure('EBADF');
    return file;
  }
}

export function open(core: Core, op: Operation, path: TreePath, flags: number, mode: number): number {
  if ((flags & O_CREAT) !== 0 && path.endsWith('/')) {
    resolveParent(core, op, path);
    throw new Failure('EISDIR');
  }
  // What is to be made by nobody else isn't made behind a link either.
  const isExclusive = (flags & O_CREAT) !== 0 && (flags & O_EXCL) !== 0;
  const found = find(core, op, path, isExclusive || (flags & O_NOFOLLOW) !== 0);
  const inode = found ? admit(core, found, flags) : create(core, op, path, flags, mode);
  const file = new OpenFile(inode, inode.path, flags);
  if (inode.local?.content) core.overlay.hold(inode);
  if (found && (flags & O_TRUNC) !== 0) makeEmpty(core, inode);
  else if (inode.local?.content) dropUnusable(core, inode);
  const local = inode.ensureLocal();
  local.opens++;
  if (file.canWrite) local.writers++;
  return core.descriptors.add(file);
}

/**
 * All of a file, as whoever opens it now reads it, where all of it is here and it is small; null: it has to be opened.
 * There is no fd that somebody could see.
 *
 * @param isOwned the bytes are the caller's to keep; else they may be those of a page, to be looked at in this turn
 */
export function readWhole(core: Core, op: Operation, path: TreePath, isOwned: boolean): Buffer | null {
  const inode = find(core, op, path);
  if (!inode) throw new Failure('ENOENT');
  const { local, entry } = inode;
  if (inode.isDirectory || local?.staleness || local?.copyUp) return null;
  admit(core, inode, O_RDONLY);
  const size = inode.size ?? core.pages.blockBytes + 1;
  if (size > core.pages.blockBytes) return null;
  if (local?.content) return core.overlay.readWhole(inode);
  return entry && wholePage(core, entry, isOwned);
}

export function fsize(core: Core, fd: number): number {
  const { inode } = core.descriptors.get(fd);
  return inode.isDirectory ? 0 : (inode.size ?? 0);
}

export function close(core: Core, op: Operation, fd: number): void {
  if (op.progress?.of === 'flush') {
    // The fd is closed already; what is left is to wait for the upload.
    flush(core, op, null);
    return;
  }
  const { inode, canWrite, flags } = release(core, fd);
  const isThrough = canWrite && (core.options.writeback === 'through' || (flags & (O_SYNC | O_DSYNC)) !== 0);
  if (isThrough && inode.isPending) flush(core, op, [inode]);
}

/** Closes an fd and hands over what it leaves dirty; waits for nothing. */
export function release(core: Core, fd: number): OpenFile {
  const file = core.descriptors.get(fd);
  core.descriptors.files.delete(fd);
  const { inode, canWrite, readAhead } = file;
  if (readAhead.windows) leave(readAhead);
  const local = inode.ensureLocal();
  local.opens--;
  if (canWrite) local.writers--;
  try {
    if (canWrite && local.writers === 0 && inode.parent && inode.isDirty) core.keeping.record(inode);
  } finally {
    // What the journal's disk refuses is sent all the same.
    if (local.writers === 0 && inode.isPending) core.writeback.submitClosed(inode);
    if (local.opens === 0) {
      if (local.holdsContent) core.writeback.onClosed(inode);
      // As after a file was opened only to be read.
      if (local.saysNothing) inode.local = null;
    }
  }
  return file;
}

/** What stands at the path, if it may be opened so. */
function admit(core: Core, inode: Inode, flags: number): Inode {
  if ((flags & O_CREAT) !== 0 && (flags & O_EXCL) !== 0) throw new Failure('EEXIST');
  if (inode.target !== null && (flags & O_NOFOLLOW) !== 0)
    throw new Failure((flags & O_DIRECTORY) !== 0 ? 'ENOTDIR' : 'ELOOP');
  const isWriting = (flags & ACCESS_MODE) !== O_RDONLY || (flags & O_TRUNC) !== 0;
  if (inode.isDirectory) {
    if (isWriting || (flags & O_CREAT) !== 0) throw new Failure('EISDIR');
    core.assertPermitted(inode, 'read');
    return inode;
  }
  if ((flags & O_DIRECTORY) !== 0) throw new Failure('ENOTDIR');
  if ((flags & ACCESS_MODE) !== O_WRONLY) core.assertPermitted(inode, 'read');
  if (isWriting) assertWritable(core, inode);
  else if (inode.special?.refusal) throw new Failure('EACCES', inode.special.refusal);
  // What is on its way to be removed or replaced could not keep its content for a new fd; a draft on its way to be a
  // version can be read.
  if (isWriting || !inode.draft) core.made.locks?.assertFree(inode.path);
  return inode;
}

function create(core: Core, op: Operation, path: TreePath, flags: number, mode: number): Inode {
  if ((flags & O_CREAT) === 0) throw new Failure('ENOENT');
  // A link that leads to nothing is made what it leads to.
  const end = core.hasDrafts ? realPath(core, op, path) : path;
  if (end.endsWith('/')) throw new Failure('EISDIR');
  const { parent, name } = resolveParent(core, op, end);
  core.assertMutable(parent, name);
  core.assertPermitted(parent, 'write');
  if (parent.depth < core.unitDepth) throw new Failure('EPERM', core.shape.refusals.file);
  core.locks.assertFree(joinPath(parent.path, name));
  // Its content first: where the disk takes none there is no such name.
  const content = core.overlay.makeEmpty();
  const inode = new Inode('file', null);
  inode.attach(parent, name);
  core.names.touch(parent);
  inode.setAttributes({ mode: mode & 0o7777 & ~process.umask() });
  core.overlay.give(inode, content);
  core.writeback.markDirty(inode);
  return inode;
}

/** Clean content can always be fetched again: where its copy here is gone it isn't here. */
function dropUnusable(core: Core, inode: Inode): void {
  const isOnServer = inode.isTold && !inode.isDirty && !inode.isOpen && !inode.draft;
  if (isOnServer && !core.overlay.isUsable(inode)) core.names.dropContent(inode);
}

function assertWritable(core: Core, inode: Inode): void {
  core.assertMutable(inode);
  core.assertPermitted(inode, 'write');
  if (inode.target !== null) {
    throw new Failure('EACCES', 'Content that lies elsewhere can only be read; remove the link first.');
  }
  core.assertNotKept(inode);
}

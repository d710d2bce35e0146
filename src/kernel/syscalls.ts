import type { Counters } from '../contract/counters.js';
import type { CommitOptions, Committed } from '../contract/drafts.js';
import type { Kind } from '../contract/entry.js';
import type { Facts, FileFacts } from '../contract/knowledge/facts.js';
import type { Args, KernelEvent, Value } from '../contract/remote.js';
import type { TreePath } from '../contract/tree-path.js';
import type { Paging } from './namespace/listing/open-directory.js';
import type { Missing } from './namespace/missing.js';
import type { Operation } from './operation/operation.js';
import type { LinkTarget } from './versions/links.js';
import type { JournalReport } from './writeback/recovery.js';

/** What `stat` tells of an inode; the faces turn it into Node's `Stats`. Times in milliseconds since the epoch. */
export interface Attributes {
  readonly kind: Kind;
  readonly dev: number;
  readonly ino: number;
  /** Type and permission bits. */
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly blksize: number;
  /** In units of 512 bytes. */
  readonly blocks: number;
  readonly atimeMs: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly birthtimeMs: number;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: Kind;
}

/** An open directory. */
export interface DirectoryPages {
  /** The next entries, sorted; null: there are no more. A primitive. */
  next(op: Operation): readonly DirectoryEntry[] | null;
  /** There are no more. */
  readonly isEnded: boolean;
}

/**
 * The primitives: as libuv's are under Node, each correct once, and Node's composites stand on them. A primitive is
 * synchronous and restartable: it returns, throws a `Failure` (an errno without a path: the face knows the path), or
 * throws a `Fault` (what it needs isn't here); the driver loads that and runs it again (`operation.ts`).
 *
 * Paths are tree paths; a trailing '/' demands a directory (ENOTDIR). Flags are `fs.constants.O_*`.
 */
export interface Kernel {
  open(op: Operation, path: TreePath, flags: number, mode: number): number;
  /** The last close of a dirty file queues it for upload (and, with `writeback: 'through'`, waits for it). */
  close(op: Operation, fd: number): void;
  /** Fills `target`; returns the bytes read, fewer only at the end of the file. `position` null: the file's own. */
  read(op: Operation, fd: number, target: Uint8Array, position: number | null): number;
  /**
   * What `open`, `read` and `close` would give of a file, where all of it is here and it is no longer than a page; null:
   * ask those. It fails as `open` does.
   *
   * @param isOwned the bytes are the caller's; else they may be those of a page, which nobody changes or keeps
   */
  readWhole(op: Operation, path: TreePath, isOwned: boolean): Buffer | null;
  /** Returns how many bytes were written: fewer than given where the disk takes no more. */
  write(op: Operation, fd: number, bytes: Uint8Array, position: number | null): number;
  ftruncate(op: Operation, fd: number, length: number): void;
  /** Returns when what was written through any fd of this file is durable; EIO with its cause where it can't be. */
  fsync(op: Operation, fd: number): void;
  /** A size that nobody knows is 0, unless the operation wants it: then it takes a request. */
  stat(op: Operation, path: TreePath): Attributes;
  /** As `stat`, but of a link itself. */
  lstat(op: Operation, path: TreePath): Attributes;
  fstat(op: Operation, fd: number): Attributes;
  /** Bytes of an open file, as `fstat` tells them; 0 of what is no file. */
  fsize(fd: number): number;
  /** Opens a directory, to be read page by page. */
  opendir(op: Operation, path: TreePath, paging: Paging): DirectoryPages;
  /** Sorted by name (UTF-16 code units), without '.' and '..'. */
  readdir(op: Operation, path: TreePath): readonly DirectoryEntry[];
  /** ENOENT, ENOTDIR, or EACCES for `fs.constants.W_OK` on what is read-only and X_OK on what isn't executable. */
  access(op: Operation, path: TreePath, mode: number): void;
  mkdir(op: Operation, path: TreePath, mode: number): void;
  rmdir(op: Operation, path: TreePath): void;
  unlink(op: Operation, path: TreePath): void;
  /** Removes a directory with all that is in it, in one batch. A directory at or above the unit: see `allowDelete`. */
  removeTree(op: Operation, path: TreePath): void;
  rename(op: Operation, from: TreePath, to: TreePath): void;
  utimes(op: Operation, path: TreePath, atimeMs: number, mtimeMs: number): void;
  lutimes(op: Operation, path: TreePath, atimeMs: number, mtimeMs: number): void;
  futimes(op: Operation, fd: number, atimeMs: number, mtimeMs: number): void;
  chmod(op: Operation, path: TreePath, mode: number): void;
  /** As `chmod`, but of a link itself; ENOTSUP where links have no modes. */
  lchmod(op: Operation, path: TreePath, mode: number): void;
  fchmod(op: Operation, fd: number, mode: number): void;
  /** EPERM unless both are the caller's own (or -1: unchanged). */
  chown(op: Operation, path: TreePath, uid: number, gid: number): void;
  lchown(op: Operation, path: TreePath, uid: number, gid: number): void;
  fchown(op: Operation, fd: number, uid: number, gid: number): void;
  /** EINVAL for what exists and is no symbolic link. */
  readlink(op: Operation, path: TreePath): string;
  /** The path without links in it, of what exists. */
  realpath(op: Operation, path: TreePath): TreePath;
  /**
   * Sets an alias of a version (one that is there moves), links a version into another collection, or makes a link or a
   * reference in a draft; EPERM where there are no versions.
   */
  symlink(op: Operation, target: LinkTarget, path: TreePath): void;
  /**
   * Copies a file of a version into a draft without moving its content; false where only the content can be copied.
   * With `isExclusive` EEXIST where something stands already.
   */
  clone(op: Operation, from: TreePath, to: TreePath, isExclusive: boolean): boolean;
  /** Takes note that the content of a directory is copied into another one, before it is: see `versions/drafts.ts`. */
  startFrom(op: Operation, from: TreePath, to: TreePath): void;
  /** Another name for a file of a draft, in the same draft; EXDEV across its edge, EPERM where there are none. */
  link(op: Operation, from: TreePath, to: TreePath): void;

  // What concerns the tree as a whole:
  /** Returns when everything acknowledged before the call is durable; EIO that names what failed. */
  flush(op: Operation): void;
  /** Makes a version of a draft, whole or not at all; EINVAL for what is no draft, EBUSY while files are written. */
  commit(op: Operation, path: TreePath, options: CommitOptions): Committed;
  /** What the server knows of what stands at a path, for users; what is only here is told from here. */
  info(op: Operation, path: TreePath): Facts;
  /** What listings tell of a file, for who wants that of all of them. */
  listed(op: Operation, path: TreePath): FileFacts;
  /**
   * Where the storage gives out a file's content without credentials, for a while. EISDIR for directories, EBUSY for content
   * that isn't at the server yet, ENOTSUP for references to no web address.
   */
  signedUrl(op: Operation, path: TreePath): string;
  /** A page of the units in a directory that pass a filter; ENOENT without the directory, ENOTSUP where nothing is found so. */
  find(op: Operation, query: Args<'find'>): Value<'find'>;
  /** What a unit has printed; EINVAL for what prints nothing, ENOTSUP where nothing does. */
  consoleLines(op: Operation, query: Args<'consoleLines'>): Value<'consoleLines'>;
  /**
   * Why a path isn't there, as far as that can be told: for a message, after an ENOENT. Null where all directories above
   * files are there.
   *
   * @param op null: nothing is asked of the server
   */
  missing(op: Operation | null, path: TreePath): Missing | null;
  /** Forgets what was learned by listing at and below a path; dirty and open files stay. */
  refresh(path: TreePath): void;
  /** Loads listings and, of files, so many bytes from the first on: whole pages, one by default. */
  prefetch(op: Operation, path: TreePath, bytes?: number): void;
  /** Content that may be loaded before anybody asks for it, in bytes, so that it is still here then. */
  aheadBytes(): number;
  /** What the journal holds; null without one. */
  journal(): JournalReport<TreePath> | null;
  counters(): Counters;
  /** Who hears of what happens, in the order in which the owner of the remote tells. */
  onEvent(listener: (event: KernelEvent) => void): void;
  /** Calls that wait for what changes nothing fail with ECANCELED. */
  cancelReads(): void;
  /** Flushes, then closes every fd and the owner of the remote. Later calls fail with EBADF / ENOTSUP. */
  shutdown(op: Operation): void;
}

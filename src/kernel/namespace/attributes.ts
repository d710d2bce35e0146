import { constants } from 'node:fs';
import { Failure } from '../../contract/failure.js';
import type { TreePath } from '../../contract/tree-path.js';
import { ensureSize } from '../content/reading/sizes.js';
import type { Core } from '../core.js';
import type { Operation } from '../operation/operation.js';
import type { Attributes } from '../syscalls.js';
import type { Inode } from './inode.js';
import { resolve } from './resolve.js';

const BLOCK = 512;

/** `stat` and what changes it. Modes and times that a caller sets are kept by this instance; W&B has no place for them. */
export class AttributeCalls {
  private readonly uid = process.getuid?.() ?? 0;
  private readonly gid = process.getgid?.() ?? 0;

  constructor(private readonly core: Core) {}

  stat(op: Operation, path: TreePath): Attributes {
    return this.shown(op, resolve(this.core, op, path));
  }

  /** Of a link itself. */
  lstat(op: Operation, path: TreePath): Attributes {
    const inode = resolve(this.core, op, path, true);
    return inode.target === null ? this.shown(op, inode) : this.ofLink(inode, inode.target);
  }

  fstat(op: Operation, fd: number): Attributes {
    return this.shown(op, this.core.descriptors.get(fd).inode);
  }

  private shown(op: Operation, inode: Inode): Attributes {
    if (op.isSizeWanted) ensureSize(this.core, inode);
    return this.of(inode);
  }

  access(op: Operation, path: TreePath, mode: number): void {
    const inode = resolve(this.core, op, path);
    if ((mode & constants.R_OK) !== 0 && inode.entry?.refusal)
      throw new Failure('EACCES', inode.entry.refusal);
    if ((mode & constants.W_OK) !== 0) {
      this.core.assertMutable(inode);
      if (inode.entry?.isReadOnly) throw new Failure('EACCES');
    }
    // A directory can be searched here whatever its mode, as by root on a disk.
    const isRefused = !inode.isDirectory && (this.modeOf(inode) & 0o111) === 0;
    if ((mode & constants.X_OK) !== 0 && isRefused) throw new Failure('EACCES');
  }

  setTimes(inode: Inode, atimeMs: number, mtimeMs: number): void {
    this.core.assertMutable(inode);
    inode.set({ atimeMs, mtimeMs, ctimeMs: this.core.now() });
  }

  setMode(inode: Inode, mode: number): void {
    this.core.assertMutable(inode);
    inode.set({ mode: mode & 0o7777, ctimeMs: this.core.now() });
  }

  /** -1 (or its unsigned form) leaves an id as it is. */
  setOwner(inode: Inode, uid: number, gid: number): void {
    this.core.assertMutable(inode);
    const isOwn = (id: number, own: number): boolean => id === own || id === -1 || id === 0xffffffff;
    if (!isOwn(uid, this.uid) || !isOwn(gid, this.gid)) {
      throw new Failure(
        'EPERM',
        `${this.core.shape.keeper} keeps no owners; files belong to the user of this process.`,
      );
    }
  }

  private ofLink(inode: Inode, target: string): Attributes {
    const size = Buffer.byteLength(target);
    const mode = constants.S_IFLNK | 0o777;
    return { ...this.of(inode), kind: 'symlink', mode, size, blocks: Math.ceil(size / BLOCK) };
  }

  private of(inode: Inode): Attributes {
    const own = inode.local?.attributes;
    const size = inode.isDirectory ? 0 : (inode.size ?? 0);
    const entry = entryForTimes(inode);
    const mtimeMs = own?.mtimeMs ?? entry?.mtimeMs ?? this.core.bornAt;
    return {
      kind: inode.isDirectory ? 'directory' : 'file',
      dev: this.core.dev,
      ino: inode.ino || this.core.numbers.of(inode),
      mode: (inode.isDirectory ? constants.S_IFDIR : constants.S_IFREG) | this.modeOf(inode),
      nlink: inode.parent || inode === this.core.root ? 1 : 0,
      uid: this.uid,
      gid: this.gid,
      size,
      blksize: 4096,
      blocks: Math.ceil(size / BLOCK),
      atimeMs: own?.atimeMs ?? mtimeMs,
      mtimeMs,
      ctimeMs: own?.ctimeMs ?? mtimeMs,
      birthtimeMs: entry?.birthtimeMs ?? mtimeMs,
    };
  }

  private modeOf(inode: Inode): number {
    const mode = inode.local?.attributes?.mode ?? (inode.isDirectory ? 0o755 : 0o644);
    const { options, shape } = this.core;
    const isFrozen = shape.frozen !== null && this.core.isFrozen(inode);
    const isReadOnly = inode.entry?.isReadOnly || options.readOnly || isFrozen;
    return isReadOnly ? mode & ~0o222 : mode;
  }
}

/** A directory inside a unit has no times of its own: it shows its unit's. */
function entryForTimes(inode: Inode): Inode['entry'] {
  for (let at: Inode | null = inode; at; at = at.parent) if (at.entry) return at.entry;
  return null;
}

import { Failure } from '../../contract/failure.js';
import type { TreePath } from '../../contract/tree-path.js';
import { constants } from '../../platform/disk.js';
import { ensureSize } from '../content/reading/read.js';
import type { Core } from '../core.js';
import type { Operation } from '../operation/operation.js';
import type { Attributes } from '../syscalls.js';
import type { Inode } from './inode.js';
import { resolve } from './resolve.js';

const BLOCK = 512;

/** `stat` and what changes it. Modes and times that a caller sets are kept by this instance; W&B has no place for them. */
export function stat(core: Core, op: Operation, path: TreePath): Attributes {
  return shown(core, op, resolve(core, op, path));
}

/** Of a link itself. */
export function lstat(core: Core, op: Operation, path: TreePath): Attributes {
  const inode = resolve(core, op, path, true);
  return inode.target === null ? shown(core, op, inode) : ofLink(core, inode, inode.target);
}

export function fstat(core: Core, op: Operation, fd: number): Attributes {
  return shown(core, op, core.descriptors.get(fd).inode);
}

function shown(core: Core, op: Operation, inode: Inode): Attributes {
  if (op.isSizeWanted) ensureSize(core, inode);
  return attributesOf(core, inode);
}

export function access(core: Core, op: Operation, path: TreePath, mode: number): void {
  const inode = resolve(core, op, path);
  if ((mode & constants.R_OK) !== 0) {
    if (inode.special?.refusal) throw new Failure('EACCES', inode.special.refusal);
    core.assertPermitted(inode, 'read');
  }
  if ((mode & constants.W_OK) !== 0) {
    core.assertMutable(inode);
    if (inode.special?.isReadOnly) throw new Failure('EACCES');
    core.assertPermitted(inode, 'write');
  }
  if ((mode & constants.X_OK) !== 0) core.assertPermitted(inode, 'search');
  // A directory can be searched whatever its mode, as by root on a disk.
  const isRefused = !inode.isDirectory && (core.modeOf(inode) & 0o111) === 0;
  if ((mode & constants.X_OK) !== 0 && isRefused) throw new Failure('EACCES');
}

export function setTimes(core: Core, inode: Inode, atimeMs: number, mtimeMs: number): void {
  core.assertMutable(inode);
  inode.setAttributes({ atimeMs, mtimeMs, ctimeMs: core.now() });
  core.names.forgetTouch(inode);
}

export function setMode(core: Core, inode: Inode, mode: number): void {
  core.assertMutable(inode);
  if (inode.parent && inode.draft) core.keeping.changedMode(inode, mode & 0o7777);
  inode.setAttributes({ mode: mode & 0o7777, ctimeMs: core.now() });
}

/** Of a link itself, which keeps its mode in a draft, as on macOS: who makes links everywhere sets it where he can. */
export function setModeOfName(core: Core, op: Operation, path: TreePath, mode: number): void {
  const inode = resolve(core, op, path, true);
  if (inode.target !== null && !inode.draft)
    throw new Failure('ENOTSUP', 'Links here have no modes of their own.');
  setMode(core, inode, mode);
}

/** -1 (or its unsigned form) leaves an id as it is. */
export function setOwner(core: Core, inode: Inode, uid: number, gid: number): void {
  core.assertMutable(inode);
  const isOwn = (id: number, own: number): boolean => id === own || id === -1 || id === 0xffffffff;
  if (!isOwn(uid, core.uid) || !isOwn(gid, core.gid)) {
    throw new Failure(
      'EPERM',
      `${core.shape.keeper} keeps no owners; files belong to the user of this process.`,
    );
  }
}

function ofLink(core: Core, inode: Inode, target: string): Attributes {
  const size = Buffer.byteLength(target);
  const mode = constants.S_IFLNK | (inode.local?.attributes?.mode ?? 0o777);
  return { ...attributesOf(core, inode), kind: 'symlink', mode, size, blocks: Math.ceil(size / BLOCK) };
}

function attributesOf(core: Core, inode: Inode): Attributes {
  const own = inode.local?.attributes;
  const size = inode.isDirectory ? 0 : (inode.size ?? 0);
  const told = timesOf(inode);
  const toldAt = own?.mtimeMs ?? told?.mtimeMs ?? core.bornAt;
  const touchedAt = inode.isDirectory ? core.names.touchedAt(inode) : undefined;
  const mtimeMs = touchedAt === undefined ? toldAt : Math.max(touchedAt, own?.mtimeMs == null ? toldAt : 0);
  return {
    kind: inode.isDirectory ? 'directory' : 'file',
    dev: core.dev,
    ino: inode.ino || core.numbers.of(inode),
    mode: (inode.isDirectory ? constants.S_IFDIR : constants.S_IFREG) | core.modeOf(inode),
    nlink: inode === core.root ? 1 : inode.nlink,
    uid: core.uid,
    gid: core.gid,
    size,
    blksize: 4096,
    blocks: Math.ceil(size / BLOCK),
    atimeMs: own?.atimeMs ?? mtimeMs,
    mtimeMs,
    ctimeMs: touchedAt === undefined ? (own?.ctimeMs ?? mtimeMs) : Math.max(mtimeMs, own?.ctimeMs ?? 0),
    birthtimeMs: told?.birthtimeMs ?? toldAt,
  };
}

/** A directory inside a unit has no times of its own: it shows its unit's, until a name in it comes or goes. */
function timesOf(inode: Inode): Inode['toldTimes'] {
  for (let at: Inode | null = inode; at; at = at.parent) if (at.isTold) return at.toldTimes;
  return null;
}

import { Failure } from '../../contract/failure.js';
import type { TreePath } from '../../contract/tree-path.js';
import { bringIn } from '../content/local/writing.js';
import type { Core } from '../core.js';
import { effect, isDone } from '../operation/effect.js';
import type { Name } from '../operation/locks.js';
import type { Operation } from '../operation/operation.js';
import type { Inode } from './inode.js';
import { leaveFile } from './links/hard.js';
import { ABSENT } from './listing/pins.js';
import { resolveName } from './naming.js';
import { ensureListed } from './resolve.js';

/** Taking names away: `unlink`, `rmdir`, and a whole tree at once. */
export function unlink(core: Core, op: Operation, path: TreePath): void {
  if (isDone(op)) return;
  const inode = resolveName(core, op, path);
  core.assertMutable(inode.parent ?? inode);
  core.assertPermitted(inode.parent ?? inode, 'write');
  if (inode.isDirectory) throw new Failure('EISDIR');
  core.assertNotKept(inode);
  core.locks.assertFree(inode.path);
  keepForOpenFiles(core, op, inode);
  removeFiles(core, op, [inode], [{ path: inode.path, isSubtree: false }], () => {});
}

export function rmdir(core: Core, op: Operation, path: TreePath): void {
  if (isDone(op)) return;
  const directory = resolveDirectory(core, op, path);
  ensureListed(core, op, directory);
  if ((directory.children?.size ?? 0) > 0) throw new Failure('ENOTEMPTY');
  removeEmpty(core, op, directory);
}

export function removeTree(core: Core, op: Operation, path: TreePath): void {
  if (isDone(op)) return;
  const directory = resolveDirectory(core, op, path);
  if (directory.depth <= core.unitDepth && !directory.draft) {
    for (const inode of directory.walk()) keepForOpenFiles(core, op, inode);
    removeEmpty(core, op, directory);
    return;
  }
  ensureListed(core, op, directory);
  if (directory.draft) assertEmptiable(core, directory);
  const files = [...directory.walk()].filter((inode) => !inode.isDirectory);
  for (const inode of files) core.assertNotKept(inode, 'a file below this directory');
  for (const inode of files) keepForOpenFiles(core, op, inode);
  const { path: ownPath } = directory;
  removeFiles(core, op, files, [{ path: ownPath, isSubtree: true }], () =>
    detachTree(core, directory, ownPath),
  );
}

/** Who removes a tree lists and empties each of its directories. */
function assertEmptiable(core: Core, top: Inode): void {
  for (const inode of top.walk()) {
    if (!inode.children?.size) continue;
    for (const what of ['read', 'search', 'write'] as const) core.assertPermitted(inode, what);
  }
}

function resolveDirectory(core: Core, op: Operation, path: TreePath): Inode {
  const directory = resolveName(core, op, path);
  core.assertMutable(directory.parent ?? directory);
  core.assertPermitted(directory.parent ?? directory, 'write');
  if (!directory.isDirectory) throw new Failure('ENOTDIR');
  if (directory === core.root) throw new Failure('EBUSY', 'The root of the tree stays.');
  core.locks.assertFree(directory.path, true);
  return directory;
}

/** An unlinked file lives on through its fds, so what isn't here of it yet is fetched first. */
export function keepForOpenFiles(core: Core, op: Operation, inode: Inode): void {
  if (!inode.isOpen || inode.isDirectory || inode.local?.content || inode.local?.staleness) return;
  if (inode.nlink > 1) return;
  if (core.overlay.files.spooledBytes + (inode.size ?? 0) > core.options.spoolBytes) {
    throw new Failure('EBUSY', 'The file is open here and larger than what `spoolBytes` can keep of it.');
  }
  bringIn(core, op, inode);
}

function removeFiles(
  core: Core,
  op: Operation,
  inodes: readonly Inode[],
  names: readonly Name[],
  andThen: () => void,
): void {
  const removed = inodes.map((inode) => ({ inode, path: inode.path }));
  const commit = (): void => {
    for (const { inode, path } of removed) commitRemoved(core, inode, path);
    andThen();
  };
  const known = inodes.filter((inode) => inode.isRemote);
  if (known.length === 0) {
    commit();
    return;
  }
  const files = known.map((inode) => ({
    ino: core.numbers.of(inode),
    path: inode.path,
    entry: inode.entry,
  }));
  throw effect(core, op, 'remove', { names, args: () => ({ files }), commit });
}

/** @param path as it was when the server was asked: a listing that landed meanwhile may have taken it out already */
function commitRemoved(core: Core, inode: Inode, path: TreePath): void {
  const { parent } = inode;
  leaveFile(core, inode);
  if (parent) {
    core.names.pin(path, ABSENT, [inode.version]);
    inode.detach();
    core.names.touch(parent);
    core.names.keepIfEmpty(parent);
  }
  core.keeping.removed(path, [inode]);
  core.writeback.forget(inode);
}

/** Below a unit, and before the first commit, directories are only here; others the server removes. */
function removeEmpty(core: Core, op: Operation, directory: Inode): void {
  const { path, parent } = directory;
  if (directory.depth > core.unitDepth || isOnlyHere(core, op, directory)) {
    detachTree(core, directory, path);
    return;
  }
  throw effect(core, op, 'rmdir', {
    names: [{ path, isSubtree: true }],
    args: () => ({ path }),
    commit: () => {
      if (directory.parent) core.names.pin(path, ABSENT, [directory.version]);
      detachTree(core, directory, path);
      // The links to a unit go with it, or on to another one.
      if (core.shape.links && parent) core.names.expire(parent);
    },
  });
}

/** Made here, and not yet by anybody's first version. */
function isOnlyHere(core: Core, op: Operation, directory: Inode): boolean {
  if (directory.isTold || !directory.local?.isLocalDirectory) return false;
  ensureListed(core, op, directory);
  for (const inode of directory.walk())
    if (inode.isTold && inode.depth <= core.unitDepth && !inode.draft) return false;
  return true;
}

/** @param path as in `commitRemoved`: what isn't in the tree any more has none, and that would be the root's */
export function detachTree(core: Core, directory: Inode, path: TreePath): void {
  const below = [...directory.walk()];
  const { parent } = directory;
  for (const inode of below) leaveFile(core, inode);
  core.keeping.removed(path, below);
  directory.detach();
  if (parent) {
    core.names.touch(parent);
    core.names.keepIfEmpty(parent);
  }
  for (const inode of below) {
    inode.parent = null;
    core.writeback.forget(inode);
  }
}

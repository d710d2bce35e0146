import { Failure } from '../../contract/failure.js';
import type { TreePath } from '../../contract/tree-path.js';
import { bringIn } from '../content/local/writing.js';
import type { Core } from '../core.js';
import { effect, isDone } from '../operation/effect.js';
import type { Name } from '../operation/locks.js';
import type { Operation } from '../operation/operation.js';
import type { Inode } from './inode.js';
import { ABSENT } from './listing/pins.js';
import { ensureListed, resolveName } from './resolve.js';

/** Taking names away: `unlink`, `rmdir`, and a whole tree at once. */
export class Removal {
  constructor(private readonly core: Core) {}

  unlink(op: Operation, path: TreePath): void {
    if (isDone(op)) return;
    const inode = resolveName(this.core, op, path);
    this.core.assertMutable(inode.parent ?? inode);
    if (inode.isDirectory) throw new Failure('EISDIR');
    if (inode.entry?.isReadOnly)
      throw new Failure('EACCES', `${this.core.shape.keeper} keeps this file itself; it is read-only.`);
    this.core.locks.assertFree(inode.path);
    this.keepForOpenFiles(op, inode);
    this.removeFiles(op, [inode], [{ path: inode.path, isSubtree: false }], () => {});
  }

  rmdir(op: Operation, path: TreePath): void {
    if (isDone(op)) return;
    const directory = this.resolveDirectory(op, path);
    ensureListed(this.core, op, directory);
    if ((directory.children?.size ?? 0) > 0) throw new Failure('ENOTEMPTY');
    this.removeEmpty(op, directory);
  }

  removeTree(op: Operation, path: TreePath): void {
    if (isDone(op)) return;
    const directory = this.resolveDirectory(op, path);
    if (directory.depth <= this.core.unitDepth && !directory.draft) {
      for (const inode of directory.walk()) this.keepForOpenFiles(op, inode);
      this.removeEmpty(op, directory);
      return;
    }
    ensureListed(this.core, op, directory);
    const files = [...directory.walk()].filter((inode) => !inode.isDirectory);
    const removable = files.filter((inode) => !inode.entry?.isReadOnly);
    for (const inode of removable) this.keepForOpenFiles(op, inode);
    if (removable.length < files.length) {
      throw new Failure(
        'EACCES',
        `${this.core.shape.keeper} keeps a file below this directory itself; it is read-only.`,
      );
    }
    const { path: ownPath } = directory;
    this.removeFiles(op, removable, [{ path: ownPath, isSubtree: true }], () =>
      this.detachTree(directory, ownPath),
    );
  }

  private resolveDirectory(op: Operation, path: TreePath): Inode {
    const directory = resolveName(this.core, op, path);
    this.core.assertMutable(directory.parent ?? directory);
    if (!directory.isDirectory) throw new Failure('ENOTDIR');
    if (directory === this.core.root) throw new Failure('EBUSY', 'The root of the tree stays.');
    this.core.locks.assertFree(directory.path, true);
    return directory;
  }

  /** An unlinked file lives on through its fds, so what isn't here of it yet is fetched first. */
  keepForOpenFiles(op: Operation, inode: Inode): void {
    if (!inode.isOpen || inode.isDirectory || inode.local?.content || inode.local?.staleness) return;
    if (this.core.overlay.spooledBytes + (inode.size ?? 0) > this.core.options.spoolBytes) {
      throw new Failure('EBUSY', 'The file is open here and larger than what `spoolBytes` can keep of it.');
    }
    bringIn(this.core, op, inode);
  }

  private removeFiles(
    op: Operation,
    inodes: readonly Inode[],
    names: readonly Name[],
    andThen: () => void,
  ): void {
    const removed = inodes.map((inode) => ({ inode, path: inode.path }));
    const commit = (): void => {
      for (const { inode, path } of removed) this.commitRemoved(inode, path);
      andThen();
    };
    const known = inodes.filter((inode) => inode.isRemote);
    if (known.length === 0) {
      commit();
      return;
    }
    const files = known.map((inode) => ({
      ino: this.core.numbers.of(inode),
      path: inode.path,
      entry: inode.entry,
    }));
    throw effect(this.core, op, 'remove', { names, args: () => ({ files }), commit });
  }

  /** @param path as it was when the server was asked: a listing that landed meanwhile may have taken it out already */
  private commitRemoved(inode: Inode, path: TreePath): void {
    const { parent } = inode;
    if (parent) {
      this.core.names.pin(path, ABSENT, [inode.entry?.version]);
      inode.detach();
      this.core.names.keepIfEmpty(parent);
    }
    this.core.keeping.removed(path, [inode]);
    this.core.writeback.forget(inode);
  }

  /** Below a unit, and before the first commit, directories are only here; others the server removes. */
  private removeEmpty(op: Operation, directory: Inode): void {
    const { path, parent } = directory;
    if (directory.depth > this.core.unitDepth || this.isOnlyHere(op, directory)) {
      this.detachTree(directory, path);
      return;
    }
    throw effect(this.core, op, 'rmdir', {
      names: [{ path, isSubtree: true }],
      args: () => ({ path }),
      commit: () => {
        if (directory.parent) this.core.names.pin(path, ABSENT, [directory.entry?.version]);
        this.detachTree(directory, path);
        // The links to a unit go with it, or on to another one.
        if (this.core.shape.links && parent) this.core.names.expire(parent);
      },
    });
  }

  /** Made here, and not yet by anybody's first version. */
  private isOnlyHere(op: Operation, directory: Inode): boolean {
    if (directory.entry || !directory.local?.isLocalDirectory) return false;
    ensureListed(this.core, op, directory);
    for (const inode of directory.walk())
      if (inode.entry && inode.depth <= this.core.unitDepth && !inode.draft) return false;
    return true;
  }

  /** @param path as in `commitRemoved`: what isn't in the tree any more has none, and that would be the root's */
  detachTree(directory: Inode, path: TreePath): void {
    const below = [...directory.walk()];
    const { parent } = directory;
    this.core.keeping.removed(path, below);
    directory.detach();
    if (parent) this.core.names.keepIfEmpty(parent);
    for (const inode of below) {
      inode.parent = null;
      this.core.writeback.forget(inode);
    }
  }
}

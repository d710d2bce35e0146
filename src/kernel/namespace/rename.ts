import type { Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import type { Handed, Move } from '../../contract/remote.js';
import {
  depthOf,
  isAtOrBelow,
  joinPath,
  splitPath,
  type TreePath,
  upperPath,
} from '../../contract/tree-path.js';
import type { Core } from '../core.js';
import { effect, isDone } from '../operation/effect.js';
import type { Operation } from '../operation/operation.js';
import { commitByName } from '../versions/commit.js';
import { renameLink } from '../versions/links.js';
import { flush } from '../writeback/flush.js';
import type { Writeback } from '../writeback/writeback.js';
import type { Inode } from './inode.js';
import { ABSENT } from './listing/pins.js';
import type { Removal } from './removal.js';
import { ensureListed, find, resolveName, resolveParent } from './resolve.js';

/** One file of a rename: where it goes, and what the server knows of it. */
interface Moved {
  readonly inode: Inode;
  readonly from: TreePath;
  readonly to: TreePath;
  /** What is sent under the new name, and the generation that it is of; null: what the server or its queue has. */
  source: Handed | null;
  generation: number;
}

/** `rename`: within one unit, and of the names beside versions. Files that the server was never told of cost no request; a replaced target is never absent. */
export class Rename {
  constructor(
    readonly core: Core,
    readonly removal: Removal,
    private readonly writeback: Writeback,
  ) {}

  rename(op: Operation, from: TreePath, to: TreePath): void {
    if (isDone(op)) return;
    // As the system does: both directories first, then the names in them.
    resolveParent(this.core, op, from);
    const { parent, name } = resolveParent(this.core, op, to);
    const source = resolveName(this.core, op, from);
    const sourcePath = source.path;
    if (commitByName(this, op, source, parent, name)) return;
    const target = find(this.core, op, to, true);
    this.core.assertMutable(parent);
    this.core.assertMutable(source.parent ?? source);
    const targetPath = parent.path === '' ? name : joinPath(parent.path, name);
    this.assertPossible(op, source, target, sourcePath, targetPath, to);
    if (source === target) return;
    this.core.locks.assertFree(sourcePath, source.isDirectory);
    this.core.locks.assertFree(targetPath, target?.isDirectory ?? false);
    if (target) this.removal.keepForOpenFiles(op, target);
    if (source.target !== null && !source.draft) {
      renameLink(this.core, op, source, targetPath);
      return;
    }
    if (source.draft) {
      this.renameHere(source, target, parent, name);
      return;
    }

    // Killed between the server's work and its record, the next start would send the replaced content once more, over the
    // renamed one: so it is sent before.
    const isReplacedLater = this.core.keeping.isKept && target?.isPending && source.isRemote;
    if (isReplacedLater && target) flush(this.core, op, [target]);
    // The target's queued content must not outlive its name: the queue replaces it by this file's.
    const isTargetQueued = target?.isDirty && (target.local?.generations?.submitted ?? 0) > 0;
    if (isTargetQueued && !source.isDirectory && !source.isRemote) this.writeback.submit(source);
    const moves = this.plan(op, source, sourcePath, targetPath);
    const commit = (entries: ReadonlyMap<number, Entry | null>): void =>
      this.commit(moves, entries, source, targetPath);
    const remote = moves.filter(({ inode }) => inode.isRemote);
    if (remote.length === 0) {
      // What the server was never told of is renamed here alone. A replaced file stays there until the new content
      // is uploaded over it.
      this.core.keeping.renamed(sourcePath, targetPath);
      commit(new Map());
      return;
    }
    const names = [
      { path: sourcePath, isSubtree: source.isDirectory },
      { path: targetPath, isSubtree: source.isDirectory },
    ];
    throw effect(this.core, op, 'rename', {
      names,
      args: () => ({ moves: remote.map((each) => this.send(each)) }),
      commit: ({ moved }) => {
        this.core.keeping.noted(() => this.core.keeping.renamed(sourcePath, targetPath));
        commit(new Map(moved.map(({ ino, entry }) => [ino, entry])));
      },
      settled: () => {
        for (const { source: held } of remote) if (held) this.core.handedOver.letGo(held);
      },
    });
  }

  private assertPossible(
    op: Operation,
    source: Inode,
    target: Inode | null,
    sourcePath: TreePath,
    targetPath: TreePath,
    to: TreePath,
  ): void {
    if (source.isDirectory && targetPath !== sourcePath && isAtOrBelow(targetPath, sourcePath))
      throw new Failure('EINVAL');
    if (source === this.core.root) throw new Failure('EBUSY', 'The root of the tree stays.');
    this.assertSameUnit(source, sourcePath, targetPath);
    if (!source.isDirectory && to.endsWith('/')) throw new Failure('ENOTDIR');
    if (target) {
      if (source.isBelow(target)) throw new Failure('ENOTEMPTY');
      if (source.isDirectory && !target.isDirectory) throw new Failure('ENOTDIR');
      if (!source.isDirectory && target.isDirectory) throw new Failure('EISDIR');
      if (target.isDirectory && this.core.isFrozen(target))
        throw new Failure('ENOTEMPTY', 'A version is never replaced.');
      if (target.isDirectory && target !== source) {
        ensureListed(this.core, op, target);
        if ((target.children?.size ?? 0) > 0) throw new Failure('ENOTEMPTY');
      }
      if (target.entry?.isReadOnly)
        throw new Failure('EACCES', `${this.core.shape.keeper} keeps the target itself; it is read-only.`);
    }
  }

  /** Files stay in their unit; names beside units (drafts, links) in their directory. */
  private assertSameUnit(source: Inode, sourcePath: TreePath, targetPath: TreePath): void {
    const { unitDepth } = this.core;
    const isBelow = source.depth > unitDepth && depthOf(targetPath) > unitDepth;
    if (isBelow && upperPath(sourcePath, unitDepth) === upperPath(targetPath, unitDepth)) return;
    const isBeside = source.depth === unitDepth && depthOf(targetPath) === unitDepth;
    const isNamedHere = source.target !== null || source.draft !== null;
    if (
      isBeside &&
      isNamedHere &&
      upperPath(sourcePath, unitDepth - 1) === upperPath(targetPath, unitDepth - 1)
    )
      return;
    throw new Failure('EXDEV', this.core.shape.refusals.move);
  }

  /** In a draft, and of a draft, names are only here. */
  private renameHere(source: Inode, target: Inode | null, parent: Inode, name: string): void {
    if (source.local?.draft) this.core.shape.drafts?.assertDraftName(name);
    this.core.keeping.renamed(source.path, joinPath(parent.path, name));
    if (target) {
      target.detach();
      this.writeback.forget(target);
    }
    source.detach();
    source.attach(parent, name);
  }

  private plan(op: Operation, source: Inode, sourcePath: TreePath, targetPath: TreePath): readonly Moved[] {
    if (source.isDirectory) ensureListed(this.core, op, source);
    const inodes = [...source.walk()].filter((inode) => !inode.isDirectory);
    let bytes = 0;
    for (const inode of inodes) {
      if (inode.entry?.isReadOnly)
        throw new Failure('EACCES', `${this.core.shape.keeper} keeps a file here itself; it is read-only.`);
      // What isn't uploaded yet is uploaded once, whatever its name.
      if (inode.entry !== null && !inode.isDirty) bytes += inode.size ?? 0;
    }
    if (bytes > this.core.options.maxRenameBytes) {
      throw new Failure(
        'EXDEV',
        `Renaming on ${this.core.shape.keeper} uploads again; this is more than \`maxRenameBytes\`. Copy, then remove.`,
      );
    }
    return inodes.map((inode) => {
      const { path: from, local } = inode;
      const to = targetPath + from.slice(sourcePath.length);
      return { inode, from, to, source: null, generation: local?.generations?.submitted ?? 0 };
    });
  }

  /** Content newer than the server's goes along, as it is when the rename begins. */
  private send(moved: Moved): Move {
    const { inode, from, to } = moved;
    const { local, entry } = inode;
    if (local?.content && inode.isDirty) {
      moved.source = this.core.handedOver.hand(this.core.overlay.snapshot(inode));
      moved.generation = inode.generations.newest;
    }
    const { source, generation } = moved;
    return { ino: this.core.numbers.of(inode), from, to, entry, source, generation };
  }

  private commit(
    moves: readonly Moved[],
    entries: ReadonlyMap<number, Entry | null>,
    source: Inode,
    targetPath: TreePath,
  ): void {
    for (const { inode, from } of moves) {
      if (inode.isRemote) this.core.names.pin(from, ABSENT, [inode.entry?.version]);
      inode.etag = null;
    }
    // Not `target`, nor the parent that was checked: a listing may have landed during the effect.
    const { parent, name } = splitPath(targetPath);
    const home = this.core.names.directoryAt(parent);
    const replaced = home.children?.get(name);
    if (replaced && replaced !== source) {
      replaced.detach();
      this.writeback.forget(replaced);
    }
    const oldParent = source.parent;
    source.detach();
    source.attach(home, name);
    if (oldParent && oldParent !== home) this.core.names.keepIfEmpty(oldParent);
    if (source.isDirectory) source.ensureLocal().isLocalDirectory = true;
    // A listing that saw the move before its answer came may have taken the old names out.
    for (const { inode, to } of moves) {
      if (inode === source || inode.isBelow(source)) continue;
      const place = splitPath(to);
      this.core.names.directoryAt(place.parent).children?.get(place.name)?.detach();
      inode.detach();
      inode.attach(this.core.names.directoryAt(place.parent), place.name);
    }
    this.core.names.forgetNegatives(targetPath);
    for (const { inode, to, generation } of moves) {
      const entry = entries.get(inode.ino) ?? null;
      // Until the queue has sent it, what the server has under the new name is the replaced file.
      inode.entry = inode === source ? (replaced?.entry ?? null) : null;
      if (entry) {
        this.writeback.onDurable(inode, generation, to, entry.version);
        inode.entry = entry;
      }
    }
  }
}

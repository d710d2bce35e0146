import type { Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import type { Handed, Move } from '../../contract/remote.js';
import {
  depthOf,
  isAtOrBelow,
  joinPath,
  splitPath,
  type TreePath,
  treePath,
  upperPath,
} from '../../contract/tree-path.js';
import type { Core } from '../core.js';
import { effect, isDone } from '../operation/effect.js';
import type { Operation } from '../operation/operation.js';
import { commitByName } from '../versions/commit.js';
import { renameLink } from '../versions/links.js';
import { flush } from '../writeback/flush.js';
import type { Inode } from './inode.js';
import { leaveFile } from './links/hard.js';
import { ABSENT } from './listing/pins.js';
import { resolveName, resolveParent } from './naming.js';
import { keepForOpenFiles } from './removal.js';
import { ensureListed, find } from './resolve.js';

/** What is to be called otherwise, and what stands there. */
interface Renaming {
  readonly source: Inode;
  readonly target: Inode | null;
  readonly sourcePath: TreePath;
  readonly targetPath: TreePath;
  /** Of the target. */
  readonly parent: Inode;
  readonly name: string;
}

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
export function rename(core: Core, op: Operation, from: TreePath, to: TreePath): void {
  if (isDone(op)) return;
  // As the system does: both directories first, then the names in them.
  resolveParent(core, op, from);
  const { parent, name } = resolveParent(core, op, to);
  const source = resolveName(core, op, from);
  const sourcePath = source.path;
  if (commitByName(core, op, source, parent, name)) return;
  const target = find(core, op, to, true);
  core.assertMutable(parent, target ? undefined : name);
  core.assertMutable(source.parent ?? source);
  const targetPath = joinPath(parent.path, name);
  const renaming: Renaming = { source, target, sourcePath, targetPath, parent, name };
  assertPossible(core, op, renaming, to.endsWith('/'));
  core.assertPermitted(parent, 'write');
  core.assertPermitted(source.parent ?? source, 'write');
  // Its `..` becomes another one.
  if (source.isDirectory && source.parent !== parent) core.assertPermitted(source, 'write');
  if (target && source.isSameAs(target)) return;
  core.locks.assertFree(sourcePath, source.isDirectory);
  core.locks.assertFree(targetPath, target?.isDirectory ?? false);
  if (target) keepForOpenFiles(core, op, target);
  if (source.target !== null && !source.draft) {
    renameLink(core, op, source, targetPath);
    return;
  }
  if (source.draft) {
    renameHere(core, renaming);
    return;
  }

  // Killed between the server's work and its record, the next start would send the replaced content once more, over the
  // renamed one: so it is sent before.
  const isReplacedLater = core.keeping.isKept && target?.isPending && source.isRemote;
  if (isReplacedLater && target) flush(core, op, [target]);
  // The target's queued content must not outlive its name: the queue replaces it by this file's.
  const isTargetQueued = target?.isDirty && (target.local?.generations?.submitted ?? 0) > 0;
  if (isTargetQueued && !source.isDirectory && !source.isRemote) core.writeback.submit(source);
  const moves = plan(core, op, renaming);
  const remote = moves.filter(({ inode }) => inode.isRemote);
  if (remote.length === 0) {
    // What the server was never told of is renamed here alone. A replaced file stays there until the new content
    // is uploaded over it.
    core.keeping.renamed(sourcePath, targetPath);
    commit(core, renaming, moves, new Map());
    return;
  }
  const names = [
    { path: sourcePath, isSubtree: source.isDirectory },
    { path: targetPath, isSubtree: source.isDirectory },
  ];
  throw effect(core, op, 'rename', {
    names,
    args: () => ({ moves: remote.map((each) => send(core, each)) }),
    commit: ({ moved }) => {
      core.keeping.noted(() => core.keeping.renamed(sourcePath, targetPath));
      commit(core, renaming, moves, new Map(moved.map(({ ino, entry }) => [ino, entry])));
    },
    settled: () => {
      for (const { source: held } of remote) if (held) core.leases.end(held);
    },
  });
}

function assertPossible(core: Core, op: Operation, renaming: Renaming, isDirectoryMeant: boolean): void {
  const { source, target, sourcePath, targetPath } = renaming;
  if (source.isDirectory && targetPath !== sourcePath && isAtOrBelow(targetPath, sourcePath))
    throw new Failure('EINVAL');
  if (source === core.root) throw new Failure('EBUSY', 'The root of the tree stays.');
  assertSameUnit(core, renaming);
  if (!source.isDirectory && isDirectoryMeant) throw new Failure('ENOTDIR');
  if (target) {
    if (source.isBelow(target)) throw new Failure('ENOTEMPTY');
    if (source.isDirectory && !target.isDirectory) throw new Failure('ENOTDIR');
    if (!source.isDirectory && target.isDirectory) throw new Failure('EISDIR');
    if (target.isDirectory && target.depth <= core.unitDepth && core.isFrozen(target))
      throw new Failure('ENOTEMPTY', `A ${core.shape.levels[core.unitDepth - 1]?.name} is never replaced.`);
    if (target.isDirectory && target !== source) {
      ensureListed(core, op, target);
      if ((target.children?.size ?? 0) > 0) throw new Failure('ENOTEMPTY');
    }
    core.assertNotKept(target, 'the target');
  }
}

/** Files stay in their unit; names beside units (drafts, links) in their directory. */
function assertSameUnit({ unitDepth, shape }: Core, { source, sourcePath, targetPath }: Renaming): void {
  const isSame = (depth: number): boolean => upperPath(sourcePath, depth) === upperPath(targetPath, depth);
  const isBelow = source.depth > unitDepth && depthOf(targetPath) > unitDepth;
  if (isBelow && isSame(unitDepth)) return;
  const isBeside = source.depth === unitDepth && depthOf(targetPath) === unitDepth;
  const isNamedHere = source.target !== null || source.draft !== null;
  if (isBeside && isNamedHere && isSame(unitDepth - 1)) return;
  throw new Failure('EXDEV', shape.refusals.move);
}

/** In a draft, and of a draft, names are only here. */
function renameHere(core: Core, { source, target, parent, name, sourcePath, targetPath }: Renaming): void {
  if (source.local?.draft) core.shape.drafts?.assertDraftName(name);
  core.keeping.renamed(sourcePath, targetPath);
  if (target) {
    leaveFile(core, target);
    target.detach();
    core.writeback.forget(target);
  }
  if (source.parent) core.names.touch(source.parent);
  source.detach();
  source.attach(parent, name);
  core.names.touch(parent);
}

function plan(core: Core, op: Operation, renaming: Renaming): readonly Moved[] {
  const { source, sourcePath, targetPath } = renaming;
  if (source.isDirectory) ensureListed(core, op, source);
  const inodes = [...source.walk()].filter((inode) => !inode.isDirectory);
  let bytes = 0;
  for (const inode of inodes) {
    core.assertNotKept(inode, 'a file here');
    // What isn't uploaded yet is uploaded once, whatever its name.
    if (inode.isTold && !inode.isDirty) bytes += inode.size ?? 0;
  }
  if (bytes > core.options.maxRenameBytes) {
    throw new Failure(
      'EXDEV',
      `Renaming on ${core.shape.keeper} uploads again; this is more than \`maxRenameBytes\`. Copy, then remove.`,
    );
  }
  return inodes.map((inode) => {
    const { path: from, local } = inode;
    const to = treePath(targetPath + from.slice(sourcePath.length));
    return { inode, from, to, source: null, generation: local?.generations?.submitted ?? 0 };
  });
}

/** Content newer than the server's goes along, as it is when the rename begins. */
function send(core: Core, moved: Moved): Move {
  const { inode, from, to } = moved;
  const { local, entry } = inode;
  if (local?.content && inode.isDirty) {
    moved.source = core.leases.grant(core.overlay.snapshot(inode));
    moved.generation = inode.generations.newest;
  }
  const { source, generation } = moved;
  return { ino: core.numbers.of(inode), from, to, entry, source, generation };
}

function commit(
  core: Core,
  { source, targetPath }: Renaming,
  moves: readonly Moved[],
  entries: ReadonlyMap<number, Entry | null>,
): void {
  for (const { inode, from } of moves) {
    if (inode.isRemote) core.names.pin(from, ABSENT, [inode.version]);
    inode.etag = null;
  }
  // Not `target`, nor the parent that was checked: a listing may have landed during the effect.
  const { parent, name } = splitPath(targetPath);
  const home = core.names.directoryAt(parent);
  const replaced = home.children?.get(name);
  if (replaced && replaced !== source) {
    replaced.detach();
    core.writeback.forget(replaced);
    // A listing that is on its way has shown the name already.
    if (replaced.seenEpoch > source.seenEpoch)
      source.markSeen({ at: replaced.seenAt, epoch: replaced.seenEpoch });
  }
  const oldParent = source.parent;
  source.detach();
  source.attach(home, name);
  core.names.touch(home);
  if (oldParent && oldParent !== home) {
    core.names.touch(oldParent);
    core.names.keepIfEmpty(oldParent);
  }
  if (source.isDirectory) source.ensureLocal().isLocalDirectory = true;
  // A listing that saw the move before its answer came may have taken the old names out.
  for (const { inode, to } of moves) {
    if (inode === source || inode.isBelow(source)) continue;
    const place = splitPath(to);
    core.names.directoryAt(place.parent).children?.get(place.name)?.detach();
    inode.detach();
    inode.attach(core.names.directoryAt(place.parent), place.name);
  }
  core.names.forgetNegatives(targetPath);
  for (const { inode, to, generation } of moves) {
    const entry = entries.get(inode.ino) ?? null;
    // Until the queue has sent it, what the server has under the new name is the replaced file.
    inode.entry = inode === source ? (replaced?.entry ?? null) : null;
    if (entry) {
      core.writeback.onDurable(inode, generation, to, entry.version);
      inode.entry = entry;
    }
  }
}

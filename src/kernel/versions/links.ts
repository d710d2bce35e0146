import type { Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import { joinPath, lastNameOf, parentOf, type TreePath } from '../../contract/tree-path.js';
import type { Core } from '../core.js';
import type { Inode } from '../namespace/inode.js';
import { ABSENT } from '../namespace/listing/pins.js';
import { assertFree, find, resolve, resolveParent } from '../namespace/resolve.js';
import { effect, isDone } from '../operation/effect.js';
import type { Operation } from '../operation/operation.js';
import { refer } from './drafts.js';

/** Where a symbolic link leads: to a path of this tree, or to content elsewhere. */
export type LinkTarget =
  | { readonly kind: 'path'; readonly path: TreePath }
  | { readonly kind: 'uri'; readonly uri: string };

export function readlink(core: Core, op: Operation, path: TreePath): string {
  const { target } = resolve(core, op, path, true);
  if (target === null) throw new Failure('EINVAL');
  return target;
}

/** In a draft a reference to content elsewhere; beside units a link to one of them, an alias. */
export function symlink(core: Core, op: Operation, target: LinkTarget, path: TreePath): void {
  if (isDone(op)) return;
  const { links, drafts, refusals } = core.shape;
  if (!links) {
    assertFree(core, op, path);
    throw new Failure('EPERM', refusals.symlink);
  }
  const { parent, name } = resolveParent(core, op, path);
  const standing = find(core, op, path, true);
  if (standing?.isDirectory) throw new Failure('EEXIST');
  core.assertMutable(parent);
  const linkPath = joinPath(parent.path, name);
  core.locks.assertFree(linkPath);
  if (parent.draft) {
    if (standing) throw new Failure('EEXIST');
    refer(core, parent, name, target);
    return;
  }
  if (parent.depth !== core.unitDepth - 1 || target.kind === 'uri') {
    throw new Failure('EPERM', refusals.symlink);
  }
  drafts?.assertLinkName(name);
  const unit = resolve(core, op, target.path);
  if (unit.depth !== core.unitDepth || !unit.isDirectory || unit.draft) {
    throw new Failure('EINVAL', links.target);
  }
  setLink(core, op, unit.path, linkPath, null);
}

/** As `mv`: the new name is set, or moved, before the old one goes. */
export function renameLink(core: Core, op: Operation, link: Inode, path: TreePath): void {
  core.shape.drafts?.assertLinkName(lastNameOf(path));
  setLink(core, op, resolve(core, op, link.path).path, path, link);
}

function setLink(core: Core, op: Operation, target: TreePath, path: TreePath, replaced: Inode | null): never {
  const args = { path, target, replaces: replaced?.path ?? null };
  const names = [path, ...(replaced ? [replaced.path] : [])];
  throw effect(core, op, 'symlink', {
    names: names.map((name) => ({ path: name, isSubtree: false })),
    args: () => args,
    commit: ({ entries }) => {
      if (replaced) {
        if (replaced.parent) core.names.pin(replaced.path, ABSENT, [replaced.entry?.version]);
        replaced.detach();
      }
      place(core, parentOf(path), entries);
    },
  });
}

/**
 * What the server did beside units shows here at once, and a listing that was asked for before doesn't undo it. Other
 * links there may have moved: their directory is listed anew.
 */
export function place(core: Core, parent: TreePath, entries: readonly Entry[]): void {
  const directory = core.names.directoryAt(parent);
  core.names.expire(directory);
  for (let at = directory; at.parent && at.local?.isLocalDirectory; at = at.parent) {
    at.local.isLocalDirectory = false;
    core.names.forgetNegatives(at.path);
    core.names.expire(at.parent);
  }
  for (const entry of entries) {
    const before = directory.children?.get(lastNameOf(entry.path));
    core.names.pin(entry.path, entry.version, [before?.entry?.version ?? ABSENT]);
  }
  core.names.mergeAbove(entries, core.timeline.tick());
  core.names.touch(directory);
}

import type { Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import { joinPath, lastNameOf, parentOf, type TreePath, withoutSlash } from '../../contract/tree-path.js';
import type { Core } from '../core.js';
import { Inode } from '../namespace/inode.js';
import { anotherNameOf, namesOf } from '../namespace/links/hard.js';
import type { PathLink } from '../namespace/links/symbolic.js';
import { ABSENT } from '../namespace/listing/pins.js';
import { assertFree, resolveParent } from '../namespace/naming.js';
import { find, resolve } from '../namespace/resolve.js';
import { effect, isDone } from '../operation/effect.js';
import type { Operation } from '../operation/operation.js';
import { refer } from './drafts.js';

/** Where a symbolic link is to lead: to a path, or to content elsewhere. */
export type LinkTarget =
  | {
      readonly kind: 'path';
      /** As its maker wrote it. */
      readonly text: string;
      readonly isAbsolute: boolean;
      /** Where that is in the tree, from where the link is to be; null: nowhere. */
      readonly path: TreePath | null;
    }
  | { readonly kind: 'uri'; readonly uri: string };

/** As Linux takes them, with the zero at the end. */
const LONGEST_TARGET_BYTES = 4096;

export function readlink(core: Core, op: Operation, path: TreePath): string {
  const { target } = resolve(core, op, path, true);
  if (target === null) throw new Failure('EINVAL');
  return target;
}

/**
 * In a draft a link as on a disk, or to a URI a reference to content elsewhere; beside units a link to one of them, an
 * alias.
 */
export function symlink(core: Core, op: Operation, target: LinkTarget, path: TreePath): void {
  if (isDone(op)) return;
  if (target.kind === 'path') assertTarget(target.text);
  const { links, drafts, refusals } = core.shape;
  if (!links && !drafts) {
    assertFree(core, op, path);
    throw new Failure('EPERM', refusals.symlink);
  }
  const { parent, name } = resolveParent(core, op, path);
  if (parent.draft) {
    linkInDraft(core, op, target, parent, path);
    return;
  }
  const standing = find(core, op, path, true);
  if (standing?.isDirectory) throw new Failure('EEXIST');
  core.assertMutable(parent);
  const linkPath = joinPath(parent.path, name);
  core.locks.assertFree(linkPath);
  if (!links || parent.depth !== core.unitDepth - 1 || target.kind === 'uri') {
    throw new Failure('EPERM', refusals.symlink);
  }
  drafts?.assertLinkName(name);
  if (target.path === null) throw new Failure('ENOENT', links.target);
  const unit = resolve(core, op, target.path);
  if (unit.depth !== core.unitDepth || !unit.isDirectory || unit.draft) {
    throw new Failure('EINVAL', links.target);
  }
  setLink(core, op, unit.path, linkPath, null);
}

function linkInDraft(core: Core, op: Operation, target: LinkTarget, parent: Inode, path: TreePath): void {
  const linkPath = makeable(core, op, parent, path);
  const name = lastNameOf(linkPath);
  if (target.kind === 'uri') {
    refer(core, parent, name, target.uri);
    return;
  }
  const link: PathLink = { text: target.text, end: target.isAbsolute ? target.path : undefined };
  core.keeping.put(linkPath, { kind: 'link', ...link });
  linkInode(link, core.now()).attach(parent, name);
  core.names.touch(parent);
}

function assertTarget(text: string): void {
  if (text === '') throw new Failure('ENOENT');
  const bytes = Buffer.from(text);
  if (bytes.byteLength >= LONGEST_TARGET_BYTES) throw new Failure('ENAMETOOLONG');
  if (bytes.toString() !== text)
    throw new Failure(
      'EILSEQ',
      'Links are UTF-8, and the target holds bytes, or half a character, that is none.',
    );
}

/** Where a name in a draft is to be made, if it can be: the path without links in it. */
function makeable(core: Core, op: Operation, parent: Inode, path: TreePath): TreePath {
  assertFree(core, op, path);
  core.assertMutable(parent);
  core.assertPermitted(parent, 'write');
  const own = joinPath(parent.path, lastNameOf(withoutSlash(path)));
  core.locks.assertFree(own);
  return own;
}

/** A symbolic link of a draft, made at a time. */
function linkInode(link: PathLink, at: number): Inode {
  const inode = new Inode('symlink', null);
  inode.ensureLocal().link = link;
  inode.setAttributes({ atimeMs: at, mtimeMs: at, ctimeMs: at });
  return inode;
}

/** Another name for a file of a draft, in the same one. */
export function link(core: Core, op: Operation, from: TreePath, to: TreePath): void {
  const source = resolve(core, op, from, true);
  assertFree(core, op, to);
  const { drafts, keeper } = core.shape;
  const { parent } = resolveParent(core, op, to);
  const draft = drafts && parent.draft;
  if (!draft && !source.draft)
    throw new Failure('EPERM', `${keeper} holds no hard links; copy the file instead.`);
  if (parent.depth >= core.unitDepth) core.assertMutable(parent);
  if (!draft || source.draft !== draft) throw new Failure('EXDEV', drafts?.edge);
  if (source.isDirectory) throw new Failure('EPERM', 'A directory has one name.');
  const path = makeable(core, op, parent, to);
  core.locks.assertFree(source.path);
  core.keeping.linked(source.path, path, namesOf(core, source).id);
  anotherNameOf(core, source).attach(parent, lastNameOf(path));
  source.setAttributes({ ctimeMs: core.now() });
  core.names.touch(parent);
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
        if (replaced.parent) core.names.pin(replaced.path, ABSENT, [replaced.version]);
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
    core.names.pin(entry.path, entry.version, [before?.version ?? ABSENT]);
  }
  core.names.mergeAbove(entries, core.timeline.tick());
  core.names.touch(directory);
}

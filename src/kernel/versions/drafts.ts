import type { Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import { joinPath, type TreePath } from '../../contract/tree-path.js';
import type { Core } from '../core.js';
import { Inode } from '../namespace/inode.js';
import { resolve, resolveParent } from '../namespace/resolve.js';
import type { Operation } from '../operation/operation.js';
import type { LinkTarget } from './links.js';

/**
 * Gives a file of a unit, or one that was copied from one, a further name in a draft, without moving a byte. Returns
 * false where that can't be: the caller copies the content.
 */
export function clone(
  core: Core,
  op: Operation,
  from: TreePath,
  to: TreePath,
  isExclusive: boolean,
): boolean {
  // A name that demands a directory can't be a file's: the copying of content tells why.
  if (!core.shape.drafts || to.endsWith('/')) return false;
  const source = resolve(core, op, from);
  const { parent, name } = resolveParent(core, op, to);
  const { entry } = source;
  if (source.isDirectory || !entry || source.local?.content || !parent.draft) return false;
  const standing = parent.children?.get(name);
  if (standing?.isDirectory || standing?.isOpen || standing === source) return false;
  if (standing && isExclusive) throw new Failure('EEXIST');
  core.assertMutable(parent);
  const path = joinPath(parent.path, name);
  core.locks.assertFree(path);
  const origin = entry.origin ?? (source.draft ? undefined : entry.path);
  const copied = { ...entry, path, origin };
  core.keeping.put(path, { kind: 'copy', entry: copied });
  if (standing && standing.kind !== source.kind) {
    standing.detach();
    core.writeback.forget(standing);
  }
  const copy = standing?.kind === source.kind ? standing : new Inode(source.kind, copied);
  const local = copy.ensureLocal();
  if (copy === standing) {
    // As on a disk, a file that is copied onto stays the file that it is.
    core.overlay.drop(standing);
    copy.entry = copied;
    local.generations?.settle(local.generations.newest);
  } else {
    copy.attach(parent, name);
    core.names.touch(parent);
  }
  const now = core.now();
  copy.setAttributes({ mode: source.local?.attributes?.mode ?? null, mtimeMs: now, ctimeMs: now });
  core.keeping.release(copy);
  return true;
}

/**
 * Takes note that a directory is copied onto another one: a draft that a unit was copied into begins with what that unit
 * tells of itself, as one that is a copy of such a draft does. No bytes, no request.
 */
export function startFrom(core: Core, op: Operation, from: TreePath, to: TreePath): void {
  if (!core.shape.drafts) return;
  const draft = resolve(core, op, to);
  const source = resolve(core, op, from);
  const isUnit = source.isDirectory && source.depth === core.unitDepth;
  const into = draft.local?.draft;
  if (!into || !isUnit) return;
  const bases = [...new Set([...into.bases, ...(source.local?.draft?.bases ?? [source.path])])];
  if (bases.length === into.bases.length) return;
  core.assertMutable(draft);
  core.locks.assertFree(draft.path);
  core.keeping.put(draft.path, { kind: 'draft', bases });
  into.bases = bases;
}

/** Content that lies elsewhere becomes a file of the draft. */
export function refer(core: Core, parent: Inode, name: string, target: LinkTarget): void {
  if (target.kind === 'path') throw new Failure('EPERM', core.shape.drafts?.link);
  const { uri } = target;
  const path = joinPath(parent.path, name);
  core.keeping.put(path, { kind: 'reference', uri });
  new Inode('symlink', referenceEntry(path, uri, core.now())).attach(parent, name);
  core.names.touch(parent);
}

/** A reference in a draft, as the kernel shows it. */
export const referenceEntry = (path: TreePath, uri: string, at: number): Entry => ({
  path,
  kind: 'symlink',
  target: uri,
  refusal: 'A reference can be read when its draft is committed.',
  size: null,
  mtimeMs: at,
  birthtimeMs: at,
  version: `uri:${uri}`,
  md5: null,
  id: null,
  isReadOnly: false,
});

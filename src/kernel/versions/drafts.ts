import type { Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import { joinPath, type TreePath } from '../../contract/tree-path.js';
import type { JournalRecord } from '../content/journal/records.js';
import type { Core } from '../core.js';
import { setMode } from '../namespace/attributes.js';
import { Inode } from '../namespace/inode.js';
import { leaveFile } from '../namespace/links/hard.js';
import { resolveParent } from '../namespace/naming.js';
import { realPath, resolve } from '../namespace/resolve.js';
import type { Operation } from '../operation/operation.js';

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
  // Whose content is to be none of a link's is made where that leads.
  const end = core.hasDrafts && !isExclusive ? realPath(core, op, to) : to;
  const { parent, name } = resolveParent(core, op, end);
  const { entry } = source;
  if (source.isDirectory || !entry || source.local?.content || !parent.draft || end.endsWith('/'))
    return false;
  const standing = parent.children?.get(name);
  if (standing?.isDirectory || standing?.isOpen || standing?.isSameAs(source)) return false;
  if (standing && isExclusive) throw new Failure('EEXIST');
  core.assertMutable(parent);
  core.assertPermitted(source, 'read');
  core.assertPermitted(standing ?? parent, 'write');
  const path = joinPath(parent.path, name);
  core.locks.assertFree(path);
  const origin = entry.origin ?? (source.draft ? undefined : entry.path);
  const copied = { ...entry, path, origin };
  const mode = source.local?.attributes?.mode ?? null;
  const names = standing?.kind === source.kind ? standing.local?.names : null;
  const record: JournalRecord = { kind: 'copy', entry: copied, mode };
  if (names) core.keeping.putShared(names, record);
  else core.keeping.put(path, record);
  if (standing && standing.kind !== source.kind) {
    leaveFile(core, standing);
    standing.detach();
    core.writeback.forget(standing);
  }
  const copy = standing?.kind === source.kind ? standing : new Inode(source.kind, copied);
  const local = copy.ensureLocal();
  if (copy === standing) {
    // As on a disk, a file that is copied onto stays the file that it is.
    core.overlay.drop(standing);
    for (const each of local.names?.all ?? [copy]) each.entry = copied;
    local.generations?.settle(local.generations.newest);
  } else {
    copy.attach(parent, name);
    core.names.touch(parent);
  }
  const now = core.now();
  copy.setAttributes({ mode, mtimeMs: now, ctimeMs: now });
  core.keeping.release(copy);
  return true;
}

/**
 * Takes note that a directory is copied onto another one: a draft that a unit was copied into begins with what that unit
 * tells of itself, as one that is a copy of such a draft does. What is copied from where nothing changes has modes that say
 * so, and is to be changed. No bytes, no request.
 */
export function startFrom(core: Core, op: Operation, from: TreePath, to: TreePath): void {
  if (!core.shape.drafts) return;
  const draft = resolve(core, op, to);
  const source = resolve(core, op, from);
  if (draft.draft && core.isFrozen(source)) setMode(core, draft, core.modeOf(draft) | 0o200);
  const isUnit = source.isDirectory && source.depth === core.unitDepth;
  const into = draft.local?.draft;
  if (!into || !isUnit) return;
  const bases = [...new Set([...into.bases, ...(source.local?.draft?.bases ?? [source.path])])];
  if (bases.length === into.bases.length) return;
  core.assertMutable(draft);
  core.locks.assertFree(draft.path);
  core.keeping.put(draft.path, { kind: 'draft', bases, mode: core.modeOf(draft) });
  into.bases = bases;
}

/** Content that lies elsewhere becomes a file of the draft. */
export function refer(core: Core, parent: Inode, name: string, uri: string): void {
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

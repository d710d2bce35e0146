import { splitPath, type TreePath, upperPath } from '../../contract/tree-path.js';
import type { Journal } from '../content/journal/journal.js';
import type { Recovered } from '../content/journal/recovery.js';
import type { Core } from '../core.js';
import { Inode } from '../namespace/inode.js';
import { referenceEntry } from '../versions/drafts.js';

/**
 * What the journal holds, and what was wrong with what it found at the start.
 *
 * @typeParam Path how paths are written: as an fs object shows them, or as the kernel does
 */
export interface JournalReport<Path extends string = string> {
  readonly directory: string;
  /** `size`: bytes of content, 0 for what has none here. */
  readonly entries: readonly { readonly path: Path; readonly kind: string; readonly size: number }[];
  /** Records that were cut or broken, and not believed. */
  readonly torn: number;
  /** Files whose content is shorter than what was acknowledged: they are not sent. */
  readonly damaged: readonly Path[];
}

/**
 * Goes on with what processes that are dead left in the journal: their files show here with what was acknowledged, and are
 * sent, unless the server has the same content already; their drafts are here again, to be committed.
 *
 * @returns how the journal is reported from now on
 */
export function recover(core: Core, journal: Journal): () => JournalReport<TreePath> {
  const { recovered, torn } = journal.takeOver();
  // Directories before what is in them.
  const ordered = [...recovered].sort((a, b) => (a.path < b.path ? -1 : 1));
  const damaged = ordered.filter(({ isDamaged }) => isDamaged);
  for (const each of ordered) if (!each.isDamaged) adopt(core, each);
  for (const { path, blobPath } of damaged) {
    core.options.warn(
      `The journal's copy of ${path} is damaged and isn't sent${blobPath === null ? '' : `; what is left of it is ${blobPath}`}.`,
    );
  }
  if (torn > 0) {
    core.options.warn(
      `${torn} record${torn === 1 ? '' : 's'} of the journal in ${journal.directory} could not be read: of a process that was killed the last one is of a call that had not returned.`,
    );
  }
  return () => ({
    directory: journal.directory,
    entries: journal.entries(),
    torn,
    damaged: damaged.map(({ path }) => path),
  });
}

function adopt(core: Core, { path, record, at, blobPath }: Recovered): void {
  const { parent, name } = splitPath(path);
  const directory = core.names.directoryAt(parent);
  // Whatever became of the record of its draft: nothing is uploaded into units that come from drafts.
  if (core.shape.drafts) keepDraft(core, path);
  if (record.kind === 'draft' || record.kind === 'directory') {
    const local = core.names.directoryAt(path).ensureLocal();
    local.isLocalDirectory = true;
    if (record.kind === 'draft' && local.draft) local.draft.bases = record.bases ?? [];
    return;
  }
  directory.children?.get(name)?.detach();
  const inode = new Inode(record.kind === 'reference' ? 'symlink' : 'file', entryOf(path, record, at));
  inode.attach(directory, name);
  inode.setAttributes({ mtimeMs: at, ctimeMs: at });
  if (record.kind !== 'content' || blobPath === null) return;
  inode.setAttributes({ mode: record.mode, mtimeMs: record.mtimeMs ?? at });
  core.overlay.give(inode, core.overlay.adopt(blobPath, record.size));
  // As many as were left may be more than a process can have open.
  core.overlay.park(inode);
  core.writeback.takeUp(inode);
}

/** The draft that a path is, or is in; its type and collection may be nowhere else yet. */
function keepDraft(core: Core, path: TreePath): void {
  const draft = core.names.directoryAt(upperPath(path, core.unitDepth));
  const local = draft.ensureLocal();
  if (local.draft) return;
  local.draft = { bases: [] };
  local.isLocalDirectory = true;
  for (let at: Inode | null = draft.parent; at?.parent && at.entry === null; at = at.parent)
    at.ensureLocal().isLocalDirectory = true;
  core.names.expireTree(core.root);
}

function entryOf(path: TreePath, record: Recovered['record'], at: number): Inode['entry'] {
  if (record.kind === 'copy') return record.entry;
  if (record.kind !== 'reference') return null;
  return referenceEntry(path, record.uri, at);
}

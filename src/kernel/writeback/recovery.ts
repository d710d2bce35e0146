import { splitPath, type TreePath, upperPath } from '../../contract/tree-path.js';
import type { Journal } from '../content/journal/journal.js';
import type { Recovered } from '../content/journal/recovery.js';
import type { Core } from '../core.js';
import { Inode } from '../namespace/inode.js';
import { anotherNameOf } from '../namespace/links/hard.js';
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
  const adopting = new Adoption(core, journal, ordered);
  for (const each of ordered) if (!each.isDamaged) adopting.adopt(each);
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

/** What was left, made what it was: each path in its directory, and names of one file one file. */
class Adoption {
  private readonly shared = new Map<string, Inode>();
  /** Of a file of several names: who was killed between two records has left an older one of some. */
  private readonly latest = new Map<string, Recovered>();

  constructor(
    private readonly core: Core,
    private readonly journal: Journal,
    recovered: readonly Recovered[],
  ) {
    for (const each of recovered) {
      const { shared } = each.record;
      if (shared === undefined || each.isDamaged) continue;
      const other = this.latest.get(shared);
      if (!other || other.at < each.at) this.latest.set(shared, each);
    }
  }

  adopt(found: Recovered): void {
    const { core } = this;
    const { path } = found;
    const { parent, name } = splitPath(path);
    const directory = core.names.directoryAt(parent);
    // Whatever became of the record of its draft: nothing is uploaded into units that come from drafts.
    if (core.shape.drafts) keepDraft(core, path);
    if (found.record.kind === 'draft' || found.record.kind === 'directory') {
      const made = core.names.directoryAt(path);
      const local = made.ensureLocal();
      local.isLocalDirectory = true;
      made.setAttributes({ mode: found.record.mode ?? null });
      if (found.record.kind === 'draft' && local.draft) local.draft.bases = found.record.bases ?? [];
      return;
    }
    directory.children?.get(name)?.detach();
    const { shared } = found.record;
    const other = shared === undefined ? undefined : this.shared.get(shared);
    if (other) {
      this.journal.put(path, this.journal.get(other.path) ?? found.record);
      anotherNameOf(core, other).attach(directory, name);
      return;
    }
    const meant = (shared === undefined ? undefined : this.latest.get(shared)) ?? found;
    if (meant !== found) this.journal.put(path, meant.record);
    const inode = inodeOf(meant, path);
    inode.attach(directory, name);
    if (shared !== undefined) {
      this.shared.set(shared, inode);
      inode.ensureLocal().names = { id: shared, all: new Set([inode]) };
    }
    this.give(inode, meant);
  }

  private give(inode: Inode, { record, at, blobPath }: Recovered): void {
    if (record.kind !== 'content' || blobPath === null) return;
    const { core } = this;
    inode.setAttributes({ mtimeMs: record.mtimeMs ?? at });
    core.overlay.give(inode, core.overlay.adopt(blobPath, record.size));
    // As many as were left may be more than a process can have open.
    core.overlay.park(inode);
    core.writeback.takeUp(inode);
  }
}

function inodeOf({ record, at }: Recovered, path: TreePath): Inode {
  const inode = new Inode(
    record.kind === 'reference' || record.kind === 'link' ? 'symlink' : 'file',
    entryOf(path, record, at),
  );
  if (record.kind === 'link') inode.ensureLocal().link = { text: record.text, end: record.end };
  inode.setAttributes({ mode: record.mode ?? null, mtimeMs: at, ctimeMs: at });
  return inode;
}

/** The draft that a path is, or is in; its type and collection may be nowhere else yet. */
function keepDraft(core: Core, path: TreePath): void {
  const draft = core.names.directoryAt(upperPath(path, core.unitDepth));
  const local = draft.ensureLocal();
  if (local.draft) return;
  core.hasDrafts = true;
  local.draft = { bases: [] };
  local.isLocalDirectory = true;
  for (let at: Inode | null = draft.parent; at?.parent && !at.isTold; at = at.parent)
    at.ensureLocal().isLocalDirectory = true;
  core.names.expireTree(core.root);
}

function entryOf(path: TreePath, record: Recovered['record'], at: number): Inode['entry'] {
  if (record.kind === 'copy') return record.entry;
  if (record.kind !== 'reference') return null;
  return referenceEntry(path, record.uri, at);
}

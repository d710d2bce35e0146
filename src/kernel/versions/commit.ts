import type { CommitOptions, Committed } from '../../contract/drafts.js';
import type { Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import type { HandedDraftFile } from '../../contract/remote.js';
import { decodeName, encodeName, parentOf, type TreePath } from '../../contract/tree-path.js';
import type { Core } from '../core.js';
import type { Inode } from '../namespace/inode.js';
import { detachTree } from '../namespace/removal.js';
import { resolve } from '../namespace/resolve.js';
import { effect } from '../operation/effect.js';
import type { Operation } from '../operation/operation.js';
import { type Content, contentsOf } from './contents.js';
import { place } from './links.js';

/** Makes a unit of a draft, all or nothing: readers see the draft until the server has the whole unit. */
export function commit(core: Core, op: Operation, path: TreePath, options: CommitOptions): Committed {
  if (op.progress?.of === 'commit') return op.progress.answer;
  const draft = core.shape.drafts && resolve(core, op, path, true);
  if (!draft?.local?.draft) throw new Failure('EINVAL', core.shape.refusals.commit);
  core.assertMutable(draft);
  core.locks.assertFree(draft.path, true);
  const contents = contentsOf(core, op, draft);
  assertClosed(contents);
  assertNoDraft(draft, options.aliases ?? []);
  const ownPath = draft.path;
  const collection = parentOf(ownPath);
  const sent: HandedDraftFile[] = [];
  const args = () => {
    for (const content of contents) sent.push(fileOf(core, content));
    const inos = contents.map(({ inode }) => core.numbers.of(inode));
    return { path: draft.path, collection, files: sent, base: baseOf(draft), inos, options };
  };
  const done = ({ entries, ...committed }: Committed & { entries: readonly Entry[] }): void => {
    op.progress = { of: 'commit', answer: committed };
    detachTree(core, draft, ownPath);
    place(core, collection, entries);
  };
  const settled = (): void => {
    for (const file of sent) if (file.kind === 'content') core.leases.end(file.source);
  };
  const names = [{ path: ownPath, isSubtree: true }];
  throw effect(core, op, 'commit', { names, args, commit: done, settled, isEndedByAbort: true });
}

/** Is it a commit that this rename means, for tools that know only `fs`? Then it is done, or on its way. */
export function commitByName(core: Core, op: Operation, source: Inode, parent: Inode, name: string): boolean {
  const { shape, unitDepth } = core;
  const links = shape.drafts?.linksOfCommit(name);
  if (!links || parent.depth !== unitDepth - 1) return false;
  if (source.parent !== parent) throw new Failure('EXDEV', shape.drafts?.elsewhere);
  for (const link of links) shape.drafts?.assertLinkName(link);
  commit(core, op, source.path, { aliases: links.map(decodeName) });
  return true;
}

function fileOf(core: Core, { name, inode }: Content): HandedDraftFile {
  const { local, entry } = inode;
  if (local?.content) {
    return { name, kind: 'content', source: core.leases.grant(core.overlay.snapshot(inode)) };
  }
  // A link may lead to a file of a unit, which is its own origin.
  const origin = entry?.origin ?? (inode.draft ? undefined : entry?.path);
  if (entry && origin !== undefined) return { name, kind: 'copy', origin, version: entry.version };
  if (entry?.target !== undefined) return { name, kind: 'reference', uri: entry.target };
  throw new Error('a file of a draft has neither content nor an origin');
}

/** Of a draft made of several units none speaks for the whole. */
function baseOf({ local }: Inode): TreePath | null {
  const [base = null, ...others] = local?.draft?.bases ?? [];
  return others.length === 0 ? base : null;
}

function assertClosed(contents: readonly Content[]): void {
  for (const { name, inode } of contents) {
    if ((inode.local?.writers ?? 0) === 0) continue;
    throw new Failure('EBUSY', `'${name}' is open for writing: close it, then commit.`);
  }
}

/** An alias and a draft can't stand under one name. */
function assertNoDraft(draft: Inode, aliases: readonly string[]): void {
  for (const alias of aliases) {
    const standing = draft.parent?.children?.get(encodeName(alias));
    if (standing !== draft && standing?.local?.draft)
      throw new Failure(
        'EEXIST',
        `There is a draft of the name '${alias}': rename it, or commit under another name.`,
      );
  }
}

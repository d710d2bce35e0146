import { Failure } from '../../contract/failure.js';
import type { Facts, FileFacts } from '../../contract/knowledge/facts.js';
import type { Args, Value } from '../../contract/remote.js';
import type { TreePath } from '../../contract/tree-path.js';
import { RealDate } from '../../platform/time.js';
import { ensureSize } from '../content/reading/read.js';
import type { Core } from '../core.js';
import type { Operation } from '../operation/operation.js';
import { ask } from '../timeline.js';
import type { Inode } from './inode.js';
import { resolve } from './resolve.js';

/**
 * What is known of a name beyond `stat`. What W&B has of it is asked for, and nothing of that is kept; what is only here
 * is told from here.
 */
export function info(core: Core, op: Operation, path: TreePath): Facts {
  const inode = resolve(core, op, path);
  const isAsked = inode === core.root || (inode.isRemote && !inode.isDirty);
  if (!isAsked) return ownFacts(inode);
  if (op.progress?.of === 'info') return merged(inode, op.progress.answer);
  const key = `info#${core.timeline.tick().epoch}`;
  throw core.loads.fault(key, 'info', { path: inode.path }, (facts, failure) => {
    op.progress = { of: 'info', answer: facts };
    // The server may show a new upload only later.
    return failure?.code === 'ENOENT' && isChangedHere(inode) ? null : failure;
  });
}

const isChangedHere = ({ isDirectory, local }: Inode): boolean => !isDirectory && local?.generations != null;

/** What an upload has just made is known here before the server tells it. */
function merged(inode: Inode, facts: Facts | null): Facts {
  if (facts === null) return ownFacts(inode);
  if (facts.kind !== 'file' || !isChangedHere(inode)) return facts;
  return { ...facts, id: inode.entry?.id ?? facts.id, size: inode.size, ...digestsOf(inode) };
}

function ownFacts(inode: Inode): Facts {
  if (inode.local?.draft)
    return { kind: 'draft', files: [...inode.walk()].filter((at) => !at.isDirectory).length };
  return inode.isDirectory ? { kind: 'directory' } : fileFacts(inode);
}

function fileFacts(inode: Inode): FileFacts {
  return {
    kind: 'file',
    id: inode.entry?.id ?? null,
    size: inode.size,
    ...digestsOf(inode),
    mimetype: null,
    createdAt: null,
    updatedAt: null,
    reference: inode.target,
    extra: null,
    isPending: inode.isDirty,
  };
}

/** Nulls for content that changed here, or that the server tells no digest of. */
function digestsOf({ isDirty, entry }: Inode): Pick<FileFacts, 'digest' | 'digestAlgorithm' | 'md5'> {
  const [, algorithm, digest] = /^(md5|xxh128):(.+)$/.exec(isDirty ? '' : (entry?.version ?? '')) ?? [];
  if (!digest) return { digest: null, digestAlgorithm: null, md5: null };
  if (algorithm === 'md5') return { digest, digestAlgorithm: 'MD5', md5: digest };
  return { digest, digestAlgorithm: 'XXH128', md5: null };
}

/** What the listing of its unit tells of a file: most of `info`, without a request for each. */
export function listed(core: Core, op: Operation, path: TreePath): FileFacts {
  const inode = resolve(core, op, path);
  if (inode.isDirectory) throw new Failure('EISDIR');
  ensureSize(core, inode);
  const { entry } = inode;
  return { ...fileFacts(inode), createdAt: timeOf(entry?.birthtimeMs), updatedAt: timeOf(entry?.mtimeMs) };
}

const timeOf = (ms: number | undefined): string | null =>
  ms === undefined ? null : new RealDate(ms).toISOString();

/** The storage's own address of a file's content, signed anew each time; of a reference the address that it is. */
export function signedUrl(core: Core, op: Operation, path: TreePath): string {
  const inode = resolve(core, op, path);
  const { entry, target } = inode;
  if (inode === core.root || inode.isDirectory) throw new Failure('EISDIR', 'Single files have addresses.');
  if (target !== null) {
    if (/^https?:/i.test(target)) return target;
    throw new Failure(
      'ENOTSUP',
      `It is a reference to content that ${core.shape.keeper} does not store: readlink() tells where.`,
    );
  }
  if (inode.isDirty || entry === null) throw new Failure('EBUSY', notThereYet(core));
  if (op.progress?.of === 'signedUrl') return op.progress.answer;
  const key = `signedUrl#${core.timeline.tick().epoch}`;
  throw core.loads.fault(key, 'signedUrl', { entry }, (url, failure) => {
    if (url !== null) op.progress = { of: 'signedUrl', answer: url };
    return failure;
  });
}

const notThereYet = ({ shape }: Core): string =>
  `${shape.keeper} doesn't have its content yet: flush() it first; of a draft, commit() that.`;

/** One page of what the server finds. What it tells to be there is there for the calls that follow, too. */
export function findUnits(core: Core, op: Operation, query: Args<'find'>): Value<'find'> {
  core.assertOpen();
  if (op.progress?.of === 'find') return op.progress.answer;
  const key = `find#${core.timeline.tick().epoch}`;
  throw ask(core, key, 'find', query, (found, failure, learned) => {
    if (found) {
      core.names.mergeAbove(found.entries, learned);
      op.progress = { of: 'find', answer: found };
    }
    return failure;
  });
}

/** What a unit has printed, asked for anew each time. */
export function consoleLines(core: Core, op: Operation, query: Args<'consoleLines'>): Value<'consoleLines'> {
  const inode = resolve(core, op, query.path);
  if (op.progress?.of === 'consoleLines') return op.progress.answer;
  const key = `consoleLines#${core.timeline.tick().epoch}`;
  throw core.loads.fault(key, 'consoleLines', { ...query, path: inode.path }, (answer, failure) => {
    if (answer !== null) op.progress = { of: 'consoleLines', answer };
    return failure;
  });
}

import type { Facts, FileFacts } from '../../contract/facts.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { Core } from '../core.js';
import { Fault, type Operation } from '../operation/operation.js';
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
  const key = `info#${core.tick().epoch}`;
  throw new Fault(key, () =>
    core.loads.start(key, 'info', { path: inode.path }, (facts, failure) => {
      op.progress = { of: 'info', answer: facts };
      // The server may show a new upload only later.
      return failure?.code === 'ENOENT' && isChangedHere(inode) ? null : failure;
    }),
  );
}

interface Digest {
  readonly algorithm: 'MD5' | 'XXH128' | null;
  /** Base64. */
  readonly digest: string | null;
}

const isChangedHere = ({ isDirectory, local }: Inode): boolean => !isDirectory && local?.generations != null;

/** What an upload has just made is known here before the server tells it. */
function merged(inode: Inode, facts: Facts | null): Facts {
  if (facts === null) return ownFacts(inode);
  if (facts.kind !== 'file' || !isChangedHere(inode)) return facts;
  const { id, size, digest, digestAlgorithm, md5 } = fileFacts(inode);
  return { ...facts, id: id ?? facts.id, size, digest, digestAlgorithm, md5 };
}

function ownFacts(inode: Inode): Facts {
  if (inode.local?.draft)
    return { kind: 'draft', files: [...inode.walk()].filter((at) => !at.isDirectory).length };
  return inode.isDirectory ? { kind: 'directory' } : fileFacts(inode);
}

function fileFacts(inode: Inode): FileFacts {
  const { entry, size, isDirty } = inode;
  const { algorithm, digest } = digestOf(isDirty ? '' : (entry?.version ?? ''));
  return {
    kind: 'file',
    id: entry?.id ?? null,
    size,
    digest,
    digestAlgorithm: algorithm,
    md5: algorithm === 'MD5' ? digest : null,
    mimetype: null,
    createdAt: null,
    updatedAt: null,
    reference: inode.target,
    isPending: isDirty,
  };
}

/** Nulls for content that changed here, or that the server tells no digest of. */
function digestOf(version: string): Digest {
  const [, algorithm, digest = null] = /^(md5|xxh128):(.+)$/.exec(version) ?? [];
  if (algorithm === undefined) return { algorithm: null, digest: null };
  return { algorithm: algorithm === 'md5' ? 'MD5' : 'XXH128', digest };
}

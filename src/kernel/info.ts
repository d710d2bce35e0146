import type { TreePath } from '../store/contract.js';
import type { Core } from './core.js';
import type { Inode } from './inode.js';
import { Fault, type Operation } from './operation.js';
import { resolve } from './resolve.js';

/** What is known of a name beyond `stat`; what W&B has of it is asked for. Nothing of it is cached. */
export function info(core: Core, op: Operation, path: TreePath): Readonly<Record<string, unknown>> {
  const inode = resolve(core, op, path);
  const own = ownFacts(inode);
  if (!inode.isTold && inode !== core.root) return own;
  if (op.outcome !== undefined) return { ...own, ...(op.outcome as object) };
  const key = `info#${core.tick().epoch}`;
  throw new Fault(key, () =>
    core.loads.start(key, 'info', { path: inode.path }, (value, failure) => {
      op.outcome = value ?? undefined;
      return failure;
    }),
  );
}

function ownFacts(inode: Inode): Readonly<Record<string, unknown>> {
  const { entry, size } = inode;
  if (inode.local?.isDraft)
    return { kind: 'draft', files: [...inode.walk()].filter((at) => !at.isDirectory).length };
  if (inode.isDirectory) return { kind: 'directory', id: entry?.id ?? null };
  const [algorithm, digest] = digestOf(entry?.version ?? '');
  return {
    kind: 'file',
    id: entry?.id ?? null,
    size,
    digest,
    digestAlgorithm: algorithm,
    reference: inode.target,
  };
}

/** Null for content that changed here, or that the server tells no digest of. */
function digestOf(version: string): readonly [algorithm: string | null, digest: string | null] {
  const [, algorithm, digest] = /^(md5|xxh128):(.+)$/.exec(version) ?? [];
  return [algorithm?.toUpperCase() ?? null, digest ?? null];
}

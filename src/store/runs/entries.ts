import type { FileRowFragment } from '../../wire/generated.js';
import { md5Of, sizeOf } from '../common/claims.js';
import { timeOf } from '../common/nodes.js';
import { filePath } from '../common/tree-paths.js';
import type { Entry, TreePath } from '../contract.js';
import { contentVersion } from '../version.js';

/** Rows that the service makes itself and lets nobody delete. */
export const isManifest = (name: string): boolean => /^artifact\/[^/]+\/wandb_manifest\.json$/.test(name);

/** The entry of a row; null for one that was declared and never uploaded. */
export function fileEntry(unit: TreePath, row: FileRowFragment): Entry | null {
  const { id, name, updatedAt, createdAt } = row;
  if (typeof updatedAt !== 'string') return null;
  const md5 = md5Of(row.md5);
  const size = sizeOf(row.sizeBytes, md5);
  const mtimeMs = timeOf(updatedAt);
  return {
    path: filePath(unit, name),
    kind: 'file',
    size,
    mtimeMs,
    birthtimeMs: createdAt ? timeOf(createdAt) : mtimeMs,
    version: contentVersion({ md5, size, updatedAt }),
    md5,
    id,
    isReadOnly: isManifest(name),
  };
}

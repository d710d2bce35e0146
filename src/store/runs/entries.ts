import type { FileRowFragment } from '../../wire/generated.js';
import { timeOf } from '../common/nodes.js';
import { filePath } from '../common/tree-paths.js';
import type { Entry, TreePath } from '../contract.js';
import { contentVersion } from '../version.js';

/** Rows that the service makes itself and lets nobody delete. */
export const isManifest = (name: string): boolean => /^artifact\/[^/]+\/wandb_manifest\.json$/.test(name);

/** The entry of a row; null for one that was declared and never uploaded. */
export function fileEntry(unit: TreePath, row: FileRowFragment): Entry | null {
  const { id, name, md5 = null, updatedAt, createdAt } = row;
  if (typeof updatedAt !== 'string') return null;
  // The service lists what it made itself without MD5 and with size 0, whatever its size.
  const size = md5 === null && Number(row.sizeBytes) === 0 ? null : Number(row.sizeBytes);
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

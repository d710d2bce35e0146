import type { Entry } from '../../../contract/entry.js';
import { filePath, isTooLong, LONGEST_NAME_BYTES, type TreePath } from '../../../contract/tree-path.js';
import type { FileRowFragment } from '../../../wire/generated.js';
import { md5Of, sizeOf } from '../../common/content/claims.js';
import { timeOf } from '../../common/levels/nodes.js';
import { contentVersion } from '../../version.js';

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

/** The entries of a page's rows. What no path can name isn't shown: a walk would end at it. */
export function fileEntries(
  unit: TreePath,
  rows: readonly FileRowFragment[],
  warnings: { once(key: string, message: string): void },
): readonly Entry[] {
  return rows.flatMap((row) => {
    const entry = fileEntry(unit, row);
    if (!entry?.path.split('/').some(isTooLong)) return entry ?? [];
    const start = row.name.slice(0, 80);
    const rule = `a part of its name is longer than ${LONGEST_NAME_BYTES} bytes`;
    warnings.once(entry.path, `A file of ${unit} isn't shown, for ${rule}: '${start}…'.`);
    return [];
  });
}

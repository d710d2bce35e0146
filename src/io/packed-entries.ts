import type { Transferable } from 'node:worker_threads';
import type { Entry } from '../contract/entry.js';
import { treePath } from '../contract/tree-path.js';

/**
 * Entries on their way to another thread, as columns: a page of a thousand files is a few strings and numbers to it, where
 * a thousand objects are cloned one by one, which costs more than all else that is done with them.
 */
export interface PackedEntries {
  readonly count: number;
  readonly paths: string;
  readonly ids: string;
  /** Each as long as the others. */
  readonly md5s: string;
  /** Sizes, then when they were changed, then when they were made. */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** What is no plain file, by where it stands. */
  readonly others: readonly (readonly [index: number, entry: Entry])[];
}

/** In no tree path, for it is escaped there. */
const SEPARATOR = '\0';
const MD5_LENGTH = 24;

export function packEntries(entries: readonly Entry[]): {
  packed: PackedEntries;
  transfers: Transferable[];
} {
  const files: Entry[] = [];
  const others: (readonly [number, Entry])[] = [];
  entries.forEach((entry, index) => {
    if (isPlainFile(entry)) files.push(entry);
    else others.push([index, entry]);
  });
  const count = files.length;
  const numbers = new Float64Array(3 * count);
  files.forEach(({ size, mtimeMs, birthtimeMs }, index) => {
    numbers[index] = size ?? Number.NaN;
    numbers[count + index] = mtimeMs;
    numbers[2 * count + index] = birthtimeMs;
  });
  const packed = {
    count,
    paths: files.map(({ path }) => path).join(SEPARATOR),
    ids: files.map(({ id }) => id).join(SEPARATOR),
    md5s: files.map(({ md5 }) => md5).join(''),
    numbers,
    others,
  };
  return { packed, transfers: [numbers.buffer] };
}

/** A file as nearly all are: it can be made anew of a row of the columns, whole. */
function isPlainFile(entry: Entry): boolean {
  const { kind, md5, version, id, isReadOnly, isUntold, target, refusal, origin } = entry;
  if (kind !== 'file' || isReadOnly || isUntold || md5?.length !== MD5_LENGTH) return false;
  if (id === null || id.includes(SEPARATOR)) return false;
  const isBare = target === undefined && refusal === undefined && origin === undefined;
  return isBare && version.length === MD5_LENGTH + PREFIX.length && version === PREFIX + md5;
}

const PREFIX = 'md5:';

export function unpackEntries({ count, paths, ids, md5s, numbers, others }: PackedEntries): readonly Entry[] {
  const allPaths = paths.split(SEPARATOR);
  const allIds = ids.split(SEPARATOR);
  const byIndex = new Map(others);
  const fileAt = (row: number): Entry => {
    const size = numbers[row] ?? Number.NaN;
    const md5 = md5s.slice(row * MD5_LENGTH, (row + 1) * MD5_LENGTH);
    return {
      path: treePath(allPaths[row] ?? ''),
      kind: 'file',
      size: Number.isNaN(size) ? null : size,
      mtimeMs: numbers[count + row] ?? 0,
      birthtimeMs: numbers[2 * count + row] ?? 0,
      version: PREFIX + md5,
      md5,
      id: allIds[row] ?? null,
      isReadOnly: false,
    };
  };
  const entries: Entry[] = [];
  for (let row = 0; entries.length < count + others.length; ) {
    entries.push(byIndex.get(entries.length) ?? fileAt(row++));
  }
  return entries;
}

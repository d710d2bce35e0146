import type { BigIntStats, Stats } from 'node:fs';

/** Of stats what both sides can agree on: times, numbers and block counts are each filesystem's own. */
export const shapeOf = (stats: unknown): Record<string, unknown> => {
  const known = stats as Stats | BigIntStats;
  return {
    kind: known.isFile() ? 'file' : known.isDirectory() ? 'directory' : 'other',
    size: known.isFile() ? known.size : null,
    mode: Number(known.mode) & 0o777,
    isLink: known.isSymbolicLink(),
    nlink: known.isFile() ? Number(known.nlink) : null,
  };
};

/** Times that the caller has set. */
export const timesOf = (stats: unknown): unknown => {
  const { atimeMs, mtimeMs, mtime } = stats as Stats;
  return { atimeMs, mtimeMs, mtime: mtime.toISOString() };
};

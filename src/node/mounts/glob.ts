import type { Dirent, Stats } from 'node:fs';
import { posix } from 'node:path';
import { type Lookups, seen } from '../globbing/lookups.js';
import { absoluteOnDisk, asSearch, type Search } from '../globbing/options.js';
import { type Found, GlobWalk } from '../globbing/search.js';
import { direntOfStats } from '../results/dirents.js';
import type { Filesystem } from './filesystem.js';
import type { MountTable } from './table.js';
import { type Call, call, type Settling, type Work } from './work.js';

/** Work where what is looked for may lie in a tree; null where it is the base's alone, which has a `glob` of its own. */
export function globAcross(
  table: MountTable,
  whole: Filesystem,
  [pattern, options]: readonly unknown[],
): Work<Found[]> | null {
  const search = asSearch(pattern, options, absoluteOnDisk);
  if (table.base.has('glob') && isOfBase(table, search)) return null;
  return new GlobWalk(search, new WholeLookups(whole)).all();
}

/** Nothing is mounted at or below the directories in which the patterns' first expressions are tried. */
function isOfBase(table: MountTable, { patterns, root }: Search): boolean {
  return patterns.every((pattern) => {
    const start = pattern.isAbsolute ? '/' : root;
    const at = table.locate(posix.resolve(start, pattern.start));
    return at === null || (at.owner === table.base && !at.isAbove);
  });
}

/** All filesystems as one: each look goes where its path leads. */
class WholeLookups implements Lookups<Call | Settling> {
  constructor(private readonly whole: Filesystem) {}

  isShown(): boolean {
    return true;
  }

  *lstat(path: string): Work<Dirent | null> {
    const stats = yield* seen(call<Stats>(this.whole, 'lstat', path), null);
    return stats && direntOfStats(posix.basename(path), stats, posix.dirname(path));
  }

  *isDirectory(path: string): Work<boolean> {
    return (yield* seen(call<Stats>(this.whole, 'stat', path), null))?.isDirectory() ?? false;
  }

  *realpath(path: string): Work<string | null> {
    return yield* seen(call<string>(this.whole, 'realpath', path), null);
  }

  *readdir(path: string): Work<readonly Dirent[]> {
    return yield* seen(call<readonly Dirent[]>(this.whole, 'readdir', path, { withFileTypes: true }), []);
  }
}

import type { Pattern } from './pattern.js';

/** What stands in a directory, as far as patterns ask, and on what terms it is tried. */
export interface Tried {
  readonly name: string;
  /** Something can be found in it. */
  readonly isDirectory: boolean;
  readonly isSymlink: boolean;
  /** The pattern has matched the directory itself: its last segment isn't tried behind `**`. */
  readonly isLast: boolean;
  readonly followSymlinks: boolean;
  /** Asked for what `**` would take. */
  readonly isExcluded: () => boolean;
}

/** What came of trying a pattern on a name. */
export interface Trial {
  /** The pattern ends here. */
  readonly isFound: boolean;
  /** The segments that may match in the directory. */
  readonly indexes: ReadonlySet<number>;
  readonly symlinks: ReadonlySet<number>;
  /** The indexes of `..` behind a `**` that went down here. */
  readonly turns: readonly number[];
}

/** Tries a name against all segments of a pattern that may match in its directory. */
export function tryName(pattern: Pattern, tried: Tried): Trial {
  const { name, isDirectory, isSymlink } = tried;
  const indexes = new Set<number>();
  const symlinks = new Set<number>();
  const turns: number[] = [];
  let isFound = false;
  for (const index of pattern.indexes) {
    const current = pattern.at(index);
    const next = index + 1;
    if (pattern.isGlobstar(index)) {
      if (isHidden(pattern, next, name) || tried.isExcluded()) continue;
      isFound = tryAnyDepth(pattern, index, tried, indexes) || isFound;
      if (!tried.followSymlinks && isSymlink) symlinks.add(index);
      if (pattern.at(next) === '..' && isDirectory) turns.push(next);
    } else if (typeof current === 'string') {
      if (pattern.test(index, name) && index !== pattern.last) indexes.add(next);
      else if (current === '.' && pattern.test(next, name)) {
        if (next === pattern.last) isFound = true;
        else indexes.add(next + 1);
      }
    } else if (pattern.test(index, name)) {
      if (index === pattern.last) isFound = true;
      else if (isDirectory) indexes.add(next);
    }
  }
  return { isFound, indexes, symlinks, turns };
}

/** `**` takes no name with a dot before it, unless what comes behind asks for that. */
function isHidden(pattern: Pattern, next: number, name: string): boolean {
  if (!name.startsWith('.')) return false;
  let behind = next;
  while (pattern.isGlobstar(behind)) behind += 1;
  return !pattern.test(behind, name);
}

function tryAnyDepth(
  pattern: Pattern,
  index: number,
  { name, isDirectory, isLast, followSymlinks }: Tried,
  indexes: Set<number>,
): boolean {
  const next = index + 1;
  const isThroughSymlink = !followSymlinks && pattern.symlinks.has(index);
  const isNext = pattern.test(next, name);
  let isFound = false;
  if (isDirectory && !isThroughSymlink) indexes.add(index);
  else if (!isThroughSymlink && index === pattern.last) isFound = true;

  if (isNext && next === pattern.last && !isLast) isFound = true;
  else if (isNext && isDirectory) indexes.add(next + 1);

  if ((isNext || pattern.at(0) === '.') && isDirectory && !isThroughSymlink) indexes.add(next);
  return isFound;
}

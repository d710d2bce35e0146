import type { Dirent } from 'node:fs';
import { asPath } from '../arguments/paths.js';
import { invalidArgumentType } from '../arguments/refusals.js';
import {
  asArray,
  asBoolean,
  asInteger,
  asObject,
  asString,
  type Bag,
  isFunction,
} from '../arguments/validate.js';
import { matcherOfAny, Pattern } from './pattern.js';

/** A search, its arguments checked. */
export interface Search {
  readonly patterns: readonly Pattern[];
  /** The absolute directory that results are relative to. */
  readonly root: string;
  readonly withFileTypes: boolean;
  readonly followSymlinks: boolean;
  /** How many names a result may have behind `root`. */
  readonly maxDepth: number;
  /** By `exclude` patterns, against absolute paths. */
  readonly isExcluded: (path: string) => boolean;
  /** The caller's `exclude` function; null without one. */
  readonly excludes: ((entry: string | Dirent) => boolean) | null;
  readonly hasExclusions: boolean;
}

/**
 * Checks the arguments of `glob` as Node does.
 *
 * @param absolute The absolute form of the caller's directory; called with '.' where he names none.
 * @throws ERR_INVALID_ARG_TYPE and ERR_OUT_OF_RANGE, as Node words them.
 */
export function asSearch(pattern: unknown, options: unknown, absolute: (cwd: string) => string): Search {
  const { exclude, cwd, followSymlinks, maxDepth, withFileTypes }: Bag =
    options === undefined ? {} : asObject(options, 'options');
  const root = absolute(isGiven(cwd) ? asPath(cwd, 'options.cwd') : '.');
  const isFollowing = isGiven(followSymlinks) && asBoolean(followSymlinks, 'options.followSymlinks');
  const isBounded = isGiven(maxDepth) && maxDepth !== Number.POSITIVE_INFINITY;
  const depth = isBounded ? asInteger(maxDepth, 'options.maxDepth', 0) : Number.POSITIVE_INFINITY;
  const exclusion = isGiven(exclude) ? asExclusion(exclude) : [];
  return {
    root,
    withFileTypes: Boolean(withFileTypes),
    followSymlinks: isFollowing,
    maxDepth: depth,
    isExcluded: typeof exclusion === 'function' ? () => false : matcherOfAny(exclusion, root),
    excludes: typeof exclusion === 'function' ? (entry) => Boolean(exclusion(entry)) : null,
    hasExclusions: isGiven(exclude),
    patterns: asPatterns(pattern).flatMap(Pattern.parse),
  };
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

function asPatterns(pattern: unknown): readonly string[] {
  if (typeof pattern === 'string') return [pattern];
  if (typeof pattern !== 'object') throw invalidArgumentType('patterns', 'of type string', pattern);
  return asArray(pattern, 'patterns', asString);
}

function asExclusion(exclude: unknown): readonly string[] | ((entry: string | Dirent) => unknown) {
  if (isFunction(exclude)) return exclude;
  return asArray(exclude, 'options.exclude', asString, 'of type function or an instance of string[]');
}

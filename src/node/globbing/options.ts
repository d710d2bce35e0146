import type { Dirent } from 'node:fs';
import { asPath } from '../arguments/paths.js';
import { invalidArgumentType } from '../arguments/refusals.js';
import { asArray, asBoolean, asInteger, asObject, asString, isFunction } from '../arguments/validate.js';
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
export function asSearch(pattern: unknown, options: unknown = {}, absolute: (cwd: string) => string): Search {
  const { exclude, cwd, followSymlinks, maxDepth, withFileTypes } = asObject(options, 'options');
  const root = absolute(asPath(cwd ?? '.', 'options.cwd'));
  const isFollowing = asBoolean(followSymlinks ?? false, 'options.followSymlinks');
  const depth = maxDepth ?? Number.POSITIVE_INFINITY;
  const isBounded = depth !== Number.POSITIVE_INFINITY;
  const most = isBounded ? asInteger(depth, 'options.maxDepth', 0) : Number.POSITIVE_INFINITY;
  const exclusion = asExclusion(exclude ?? []);
  return {
    root,
    withFileTypes: Boolean(withFileTypes),
    followSymlinks: isFollowing,
    maxDepth: most,
    isExcluded: typeof exclusion === 'function' ? () => false : matcherOfAny(exclusion, root),
    excludes: typeof exclusion === 'function' ? (entry) => Boolean(exclusion(entry)) : null,
    hasExclusions: exclude !== undefined && exclude !== null,
    patterns: asPatterns(pattern).flatMap(Pattern.parse),
  };
}

function asPatterns(pattern: unknown): readonly string[] {
  if (typeof pattern === 'string') return [pattern];
  if (typeof pattern !== 'object') throw invalidArgumentType('patterns', 'of type string', pattern);
  return asArray(pattern, 'patterns', asString);
}

function asExclusion(exclude: unknown): readonly string[] | ((entry: string | Dirent) => unknown) {
  if (isFunction(exclude)) return exclude;
  return asArray(exclude, 'options.exclude', asString, 'of type function or an instance of string[]');
}

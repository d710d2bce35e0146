import type { Composite } from '../driver.js';
import { hasCode, isDirectoryError } from '../errors.js';
import { forcesBelowFiles } from '../running-node.js';
import { invokeAt, placeOf, type Tree } from '../tree.js';
import { removalOptions, removeTree, unlink } from './names.js';

/** Removes a file, or with `recursive` a directory and all that is in it, in one batch. */
export function* rm(tree: Tree, path: unknown, options?: unknown): Composite<void> {
  yield* remove(tree, path, options, false);
}

export function* rmSync(tree: Tree, path: unknown, options?: unknown): Composite<void> {
  yield* remove(tree, path, options, forcesBelowFiles);
}

function* remove(tree: Tree, path: unknown, options: unknown, isForcedBelowFiles: boolean): Composite<void> {
  const place = placeOf(tree, path);
  const { recursive, force } = removalOptions(options);
  try {
    const { kind } = yield* invokeAt('lstat', place, (op, at) => tree.kernel.lstat(op, at));
    if (kind !== 'directory') return yield* unlink(tree, place.given);
    if (!recursive) throw isDirectoryError('rm', place.given, 'is a directory');
    yield* removeTree(tree, place);
  } catch (error) {
    const isMissing =
      hasCode(error, 'ENOENT') || (isForcedBelowFiles && recursive && hasCode(error, 'ENOTDIR'));
    if (!(force && isMissing)) throw error;
  }
}

import { hasCode, isDirectoryError } from '../arguments/errors.js';
import { nodeMajor } from '../faces/node-version.js';
import { explaining, placeOf, probeAt, type Tree } from '../tree.js';
import type { Composite } from './driver.js';
import { removalOptions, removeTree, unlink } from './names.js';

/** As the sync face wants it: of a name below a file Node's own says that it can't unlink it, and from 24 on nothing. */
export function* rmSync(tree: Tree, path: unknown, options?: unknown): Composite<void> {
  const { recursive, force } = removalOptions(options);
  try {
    yield* rm(tree, path, options);
  } catch (error) {
    if (!(recursive && force && hasCode(error, 'ENOTDIR'))) throw error;
    if (nodeMajor < 24) yield* unlink(tree, path);
  }
}

/** Removes a file, or with `recursive` a directory and all that is in it, in one batch. */
export function* rm(tree: Tree, path: unknown, options?: unknown): Composite<void> {
  const place = placeOf(tree, path);
  const { recursive, force } = removalOptions(options);
  try {
    const explain = force ? undefined : explaining(place);
    const { kind } = yield* probeAt(
      'lstat',
      place,
      (op, at) => tree.kernel.lstat(op, at),
      undefined,
      explain,
    );
    if (kind !== 'directory') return yield* unlink(tree, place.given);
    if (!recursive) throw isDirectoryError('rm', place.given, 'is a directory');
    yield* removeTree(tree, place);
  } catch (error) {
    if (!(force && hasCode(error, 'ENOENT'))) throw error;
  }
}

import { parentOf, type TreePath, withoutSlash } from '../../contract/tree-path.js';
import type { Operation } from '../../kernel/operation/operation.js';
import { hasCode } from '../arguments/errors.js';
import type { Place } from '../arguments/paths.js';
import { asBoolean, asMode, type Bag } from '../arguments/validate.js';
import { invokeAt, placeOf, type Tree } from '../tree.js';
import { type Composite, invoke } from './driver.js';

const DEFAULT_MODE = 0o777;

/** @param modeOfNull what a mode of null means; undefined: it is refused */
const making = (modeOfNull?: number) =>
  function* (tree: Tree, path: unknown, options?: unknown): Composite<string | undefined> {
    const isMode = typeof options === 'number' || typeof options === 'string';
    const bag: Bag = isMode ? { mode: options } : ((options ?? {}) as Bag);
    const place = placeOf(tree, path);
    const { recursive = false, mode = DEFAULT_MODE } = bag;
    const isRecursive = asBoolean(recursive, 'options.recursive');
    const permissions = asMode(mode, modeOfNull);
    if (isRecursive) return yield* mkdirAll(tree, place, permissions);
    const make = (op: Operation, at: TreePath): void => tree.kernel.mkdir(op, withoutSlash(at), permissions);
    yield* invokeAt('mkdir', place, make, { isMaking: true });
    return undefined;
  };

/** Returns the first directory made, with `recursive`; undefined if there was none to make. */
export const mkdir = making();
/** As the promise face wants it. */
export const mkdirAt = making(DEFAULT_MODE);

/** Climbs until a directory can be made or is there, then makes the others on the way down. */
function* mkdirAll(tree: Tree, place: Place, mode: number): Composite<string | undefined> {
  const step = <T>(run: (op: Operation) => T): Composite<T> =>
    invoke({ syscall: 'mkdir', path: place.given, run });
  const given = yield* step(() => place.tree);
  let first: string | undefined;
  const missing = [withoutSlash(given)];
  for (let path = missing.at(-1); path !== undefined; path = missing.at(-1)) {
    const at = path;
    const isGiven = missing.length === 1;
    try {
      yield* step((op) => tree.kernel.mkdir(op, at, mode));
      // As Node does: with the slash that was given.
      first ??= `${tree.mount.show(at)}${isGiven && given.endsWith('/') ? '/' : ''}`;
    } catch (error) {
      if (hasCode(error, 'ENOENT') && at !== tree.mount.top) {
        missing.push(parentOf(at));
        continue;
      }
      if (!hasCode(error, 'EEXIST')) throw error;
      // As it was given: a slash behind a file's name makes it ENOTDIR.
      const { kind } = yield* step((op) => tree.kernel.stat(op, isGiven ? given : at));
      if (kind !== 'directory') throw error;
    }
    missing.pop();
  }
  return first;
}

import { parentOf, type TreePath, withoutSlash } from '../../contract/tree-path.js';
import { hasCode } from '../arguments/errors.js';
import type { Place } from '../arguments/paths.js';
import { asBoolean, asMode, type Bag } from '../arguments/validate.js';
import { explaining, placeOf, type Tree } from '../tree.js';
import { type Composite, invoke, type Step } from './driver.js';

const DEFAULT_MODE = 0o777;

/** Returns the first directory made, with `recursive`; undefined if there was none to make. */
export function* mkdir(tree: Tree, path: unknown, options?: unknown): Composite<string | undefined> {
  const isMode = typeof options === 'number' || typeof options === 'string';
  const bag: Bag = isMode ? { mode: options } : ((options ?? {}) as Bag);
  const place = placeOf(tree, path);
  const { recursive = false, mode = DEFAULT_MODE } = bag;
  const isRecursive = asBoolean(recursive, 'options.recursive');
  const permissions = asMode(mode);
  if (isRecursive) return yield* mkdirAll(tree, place, permissions);
  yield* mkdirAt(tree, place, () => withoutSlash(place.tree), permissions, explaining(place, true));
  return undefined;
}

function* mkdirAt(
  tree: Tree,
  place: Place,
  path: () => TreePath,
  mode: number,
  explain?: Step['explain'],
): Composite<void> {
  const run: Step<void>['run'] = (op) => {
    const at = path();
    tree.kernel.mkdir(op, at, mode);
  };
  yield* invoke({ syscall: 'mkdir', path: place.given, run, explain });
}

/** Climbs until a directory can be made or is there, then makes the others on the way down. */
function* mkdirAll(tree: Tree, place: Place, mode: number): Composite<string | undefined> {
  let first: string | undefined;
  const missing = [() => withoutSlash(place.tree)];
  for (let make = missing.at(-1); make !== undefined; make = missing.at(-1)) {
    try {
      yield* mkdirAt(tree, place, make, mode);
      // As Node does: with the slash that was given.
      const slash = missing.length === 1 && place.tree.endsWith('/') ? '/' : '';
      first ??= `${tree.mount.show(make())}${slash}`;
    } catch (error) {
      const path = make;
      if (hasCode(error, 'ENOENT') && canClimb(tree, place, path)) {
        missing.push(() => parentOf(path()));
        continue;
      }
      if (!hasCode(error, 'EEXIST')) throw error;
      const isGiven = missing.length === 1;
      const { kind } = yield* invoke({
        syscall: 'mkdir',
        path: place.given,
        // As it was given: a slash behind a file's name makes it ENOTDIR.
        run: (op) => tree.kernel.stat(op, isGiven ? place.tree : path()),
      });
      if (kind !== 'directory') throw error;
    }
    missing.pop();
  }
  return first;
}

/** A path outside the mount has no parent to make, and the root needs none. */
function canClimb(tree: Tree, place: Place, path: () => string): boolean {
  return place.isInside && path() !== tree.mount.top;
}

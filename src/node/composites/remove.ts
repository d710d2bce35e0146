import { hasCode, isDirectoryError } from '../arguments/errors.js';
import type { Place } from '../arguments/paths.js';
import { invalidArgumentValue } from '../arguments/refusals.js';
import { asBoolean, asInt32, asObject, asUint32, type Bag } from '../arguments/validate.js';
import { warnOnce } from '../arguments/warnings.js';
import { nodeMajor } from '../faces/node-version.js';
import { explaining, invokeAt, placeOf, probeAt, type Tree } from '../tree.js';
import type { Composite } from './driver.js';

export function* unlink(tree: Tree, path: unknown): Composite<void> {
  yield* unlinkAt(tree, placeOf(tree, path));
}

const unlinkAt = (tree: Tree, place: Place): Composite<void> =>
  invokeAt('unlink', place, (op, at) => tree.kernel.unlink(op, at));

export function* rmdir(tree: Tree, path: unknown, options?: unknown): Composite<void> {
  const place = placeOf(tree, path);
  const asked = (options as Bag | null | undefined)?.recursive;
  if (nodeMajor >= 25) assertPlain(options, asked);
  else if (!asked) removalOptions(options);
  else {
    warnOnce('rmdir');
    // What is inherited asks for it, and isn't taken: Node refuses then.
    const { recursive } = removalOptions({ ...(options as Bag), force: false });
    const { kind } = yield* invokeAt('lstat', place, (op, at) => tree.kernel.lstat(op, at));
    if (kind === 'directory') {
      if (!recursive) throw isDirectoryError('rm', place.given, 'is a directory');
      return yield* removeTree(tree, place);
    }
  }
  yield* rmdirOf(tree, place);
}

/** As the promise face wants it. */
export function* rmdirAt(tree: Tree, path: unknown, options?: unknown): Composite<void> {
  const place = placeOf(tree, path);
  if (nodeMajor >= 25) assertPlain(options, (options as Bag | null | undefined)?.recursive);
  else if (removalOptions(options).recursive) {
    warnOnce('rmdir');
    const { kind } = yield* invokeAt('stat', place, (op, at) => tree.kernel.stat(op, at));
    if (kind === 'directory') return yield* removeTree(tree, place);
  }
  yield* rmdirOf(tree, place);
}

const rmdirOf = (tree: Tree, place: Place): Composite<void> =>
  invokeAt('rmdir', place, (op, at) => tree.kernel.rmdir(op, at));

/** Node 25 has ended what `rmdir` had in common with `rm`. */
function assertPlain(options: unknown, recursive: unknown): void {
  if (recursive !== undefined) {
    throw invalidArgumentValue('options.recursive', recursive, 'is no longer supported');
  }
  if (options !== undefined) asObject(options, 'options');
}

const removeTree = (tree: Tree, place: Place): Composite<void> =>
  invokeAt('rm', place, (op, at) => tree.kernel.removeTree(op, at));

/** As Node's: only an object's own options count, and one that is there but undefined is refused. */
const REMOVAL = { recursive: false, force: false, retryDelay: 100, maxRetries: 0 };

/** `maxRetries` and `retryDelay` are checked and otherwise moot: retries belong to the layer that speaks HTTP. */
function removalOptions(options: unknown = REMOVAL) {
  const { recursive, force, retryDelay, maxRetries }: Bag = { ...REMOVAL, ...asObject(options, 'options') };
  const isRecursive = asBoolean(recursive, 'options.recursive');
  asInt32(retryDelay, 'options.retryDelay', 0);
  asUint32(maxRetries, 'options.maxRetries');
  return { recursive: isRecursive, force: asBoolean(force, 'options.force') };
}

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
    const { kind } = yield* probeAt('lstat', place, (op, at) => tree.kernel.lstat(op, at), { explain });
    if (kind !== 'directory') return yield* unlinkAt(tree, place);
    if (!recursive) throw isDirectoryError('rm', place.given, 'is a directory');
    yield* removeTree(tree, place);
  } catch (error) {
    if (!(force && hasCode(error, 'ENOENT'))) throw error;
  }
}

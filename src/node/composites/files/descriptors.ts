import type { TreePath } from '../../../contract/tree-path.js';
import type { Operation } from '../../../kernel/operation/operation.js';
import { constants } from '../../../platform/disk.js';
import { bothErrors } from '../../arguments/errors.js';
import type { Place } from '../../arguments/paths.js';
import { asFd, asFlags, asInteger, asMode, type CallOptions } from '../../arguments/validate.js';
import { warnOnce } from '../../arguments/warnings.js';
import { nodeMajor } from '../../faces/node-version.js';
import { invokeAt, placeOf, type Tree } from '../../tree.js';
import { type Composite, invoke, type OutsideCall, type Pause, type Step } from '../driver.js';

const DEFAULT_MODE = 0o666;

export function* open(tree: Tree, path: unknown, flags?: unknown, mode?: unknown): Composite<number> {
  const place = placeOf(tree, path);
  return yield* openAt(tree, place, asFlags(flags), { mode: asMode(mode, DEFAULT_MODE) });
}

export function openAt(
  tree: Tree,
  place: Place,
  flags: number,
  { mode = DEFAULT_MODE, signal }: { readonly mode?: number; readonly signal?: AbortSignal | undefined },
): Composite<number> {
  const isMaking = (flags & constants.O_CREAT) !== 0;
  const run = (op: Operation, at: TreePath): number => tree.kernel.open(op, at, flags, mode);
  return invokeAt('open', place, run, { signal, isMaking });
}

/** The calls on whole files take an fd where others take only a path. */
export const isFd = (target: unknown): target is number =>
  target === ((target as number) | 0) && !Object.is(target, -0);

/** Opens to write a whole file, with the flags and the mode of the call's options. */
export function* openWith(
  tree: Tree,
  path: unknown,
  flag: unknown,
  mode: unknown,
  { signal }: Pick<CallOptions, 'signal'>,
): Composite<number> {
  const flags = asFlags(flag, 'options.flag');
  const place = placeOf(tree, path);
  return yield* openAt(tree, place, flags, { mode: asMode(mode, DEFAULT_MODE), signal });
}

export function* close(tree: Tree, fd: unknown): Composite<void> {
  const number = asFd(fd);
  yield* invoke({ syscall: 'close', run: (op) => tree.kernel.close(op, number) });
}

/** Runs `body`, then closes the fd, whatever came of it. */
export const closing = <S extends Step | Pause, T>(
  tree: Tree,
  fd: number,
  body: Generator<S, T, unknown>,
): Generator<S | Step | OutsideCall, T, unknown> => closingBy(() => close(tree, fd), body);

export function* closingBy<C, S, T>(
  close: () => Generator<C, unknown, unknown>,
  body: Generator<S, T, unknown>,
): Generator<C | S, T, unknown> {
  let result: T;
  try {
    result = yield* body;
  } catch (error) {
    try {
      yield* close();
    } catch (closeError) {
      throw bothErrors(error, closeError);
    }
    throw error;
  }
  yield* close();
  return result;
}

const syncing = (syscall: string) =>
  function* (tree: Tree, fd: unknown): Composite<void> {
    const number = asFd(fd);
    yield* invoke({ syscall, run: (op) => tree.kernel.fsync(op, number) });
  };

export const fsync = syncing('fsync');
/** There is no metadata to leave out: the same as `fsync`. */
export const fdatasync = syncing('fdatasync');

export function* ftruncate(tree: Tree, fd: unknown, length: unknown = 0): Composite<void> {
  const size = Math.max(0, asInteger(length, 'len'));
  const number = asFd(fd);
  yield* invoke({ syscall: 'ftruncate', run: (op) => tree.kernel.ftruncate(op, number, size) });
}

/** A number instead of a path is an fd, as in Node before 24. */
export function* truncate(tree: Tree, path: unknown, length: unknown = 0): Composite<void> {
  if (typeof path === 'number' && nodeMajor < 24) {
    warnOnce('truncate');
    return yield* ftruncate(tree, path, length);
  }
  yield* truncateAt(tree, path, length);
}

/** As the promise face wants it: paths only. */
export function* truncateAt(tree: Tree, path: unknown, length: unknown = 0): Composite<void> {
  const fd = yield* open(tree, path, constants.O_RDWR);
  yield* closing(tree, fd, ftruncate(tree, fd, length));
}

/** As the callback face wants it: the length is looked at before the file is opened. */
export function* truncateLater(tree: Tree, path: unknown, length: unknown = 0): Composite<void> {
  asInteger(length, 'len');
  yield* truncate(tree, path, length);
}

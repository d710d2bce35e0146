import { Failure } from '../../contract/failure.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { Operation } from '../../kernel/operation/operation.js';
import { hasCode } from '../arguments/errors.js';
import { asPath } from '../arguments/paths.js';
import { asBits, asFd, asMilliseconds, asMode, asUserId } from '../arguments/validate.js';
import { warnOnce } from '../arguments/warnings.js';
import { nodeMajor } from '../faces/node-version.js';
import { explaining, invokeAt, placeOf, probeAt, stepAt, type Tree } from '../tree.js';
import { type Composite, invoke, type Step } from './driver.js';

export function access(tree: Tree, path: unknown, mode?: unknown): Step<void> {
  const place = placeOf(tree, path);
  const bits = asBits(mode);
  const run = (op: Operation, at: TreePath): void => tree.kernel.access(op, at, bits);
  return stepAt('access', place, run, { explain: explaining(place) });
}

/** Never fails: whatever hinders the look means that nothing was found. */
export function* exists(tree: Tree, path: unknown): Composite<boolean> {
  try {
    const place = placeOf(tree, path);
    return yield* probeAt('access', place, (op, at) => isThere(op, tree, at));
  } catch (error) {
    if (hasCode(error)) return false;
    throw error;
  }
}

/** Of the sync face: from 24 on Node warns of what can't be a path. */
export function* existsSync(tree: Tree, path: unknown): Composite<boolean> {
  try {
    asPath(path);
  } catch (error) {
    if (nodeMajor >= 24 && hasCode(error, 'ERR_INVALID_ARG_TYPE')) warnOnce('existsSync');
    if (hasCode(error)) return false;
    throw error;
  }
  return yield* exists(tree, path);
}

function isThere(op: Operation, tree: Tree, path: TreePath): boolean {
  try {
    tree.kernel.access(op, path, 0);
    return true;
  } catch (thrown) {
    if (thrown instanceof Failure) return false;
    throw thrown;
  }
}

export function* chmod(tree: Tree, path: unknown, mode: unknown): Composite<void> {
  const place = placeOf(tree, path);
  const bits = asMode(mode);
  yield* invokeAt('chmod', place, (op, at) => tree.kernel.chmod(op, at, bits));
}

export function* lchmod(tree: Tree, path: unknown, mode: unknown): Composite<void> {
  const place = placeOf(tree, path);
  const bits = asMode(mode);
  yield* invokeAt('lchmod', place, (op, at) => tree.kernel.lchmod(op, at, bits));
}

export function* fchmod(tree: Tree, fd: unknown, mode: unknown): Composite<void> {
  const number = asFd(fd);
  const bits = asMode(mode);
  yield* invoke({ syscall: 'fchmod', run: (op) => tree.kernel.fchmod(op, number, bits) });
}

const changingOwner = (syscall: 'chown' | 'lchown') =>
  function* (tree: Tree, path: unknown, uid: unknown, gid: unknown): Composite<void> {
    const place = placeOf(tree, path);
    const user = asUserId(uid, 'uid');
    const group = asUserId(gid, 'gid');
    yield* invokeAt(syscall, place, (op, at) => tree.kernel[syscall](op, at, user, group));
  };

export const chown = changingOwner('chown');
export const lchown = changingOwner('lchown');

export function* fchown(tree: Tree, fd: unknown, uid: unknown, gid: unknown): Composite<void> {
  const number = asFd(fd);
  const user = asUserId(uid, 'uid');
  const group = asUserId(gid, 'gid');
  yield* invoke({ syscall: 'fchown', run: (op) => tree.kernel.fchown(op, number, user, group) });
}

/** @param syscall what libuv calls it */
const changingTimes = (primitive: 'utimes' | 'lutimes', syscall: string) =>
  function* (tree: Tree, path: unknown, atime: unknown, mtime: unknown): Composite<void> {
    const place = placeOf(tree, path);
    const accessed = asMilliseconds(atime);
    const modified = asMilliseconds(mtime);
    yield* invokeAt(syscall, place, (op, at) => tree.kernel[primitive](op, at, accessed, modified));
  };

export const utimes = changingTimes('utimes', 'utime');
export const lutimes = changingTimes('lutimes', 'lutime');

export function* futimes(tree: Tree, fd: unknown, atime: unknown, mtime: unknown): Composite<void> {
  const number = asFd(fd);
  const accessed = asMilliseconds(atime, 'atime');
  const modified = asMilliseconds(mtime, 'mtime');
  yield* invoke({ syscall: 'futime', run: (op) => tree.kernel.futimes(op, number, accessed, modified) });
}

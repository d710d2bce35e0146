import { posix } from 'node:path';
import type { TreePath } from '../../contract/tree-path.js';
import type { LinkTarget } from '../../kernel/versions/links.js';
import { hasCode } from '../arguments/errors.js';
import { isUri } from '../arguments/layout.js';
import { asPath, type Place } from '../arguments/paths.js';
import { invalidArgumentValue, invalidSymlinkType } from '../arguments/refusals.js';
import { asBoolean, asInt32, asObject, asOptions, asUint32 } from '../arguments/validate.js';
import { nodeMajor } from '../faces/node-version.js';
import { encodedName } from '../results/dirents.js';
import { explaining, invokeAt, invokeOnBoth, placeOf, type Tree } from '../tree.js';
import { type Composite, invoke, type Step } from './driver.js';

export function* rename(tree: Tree, oldPath: unknown, newPath: unknown): Composite<void> {
  const from = placeOf(tree, oldPath, 'oldPath');
  const to = placeOf(tree, newPath, 'newPath');
  yield* invokeOnBoth('rename', from, to, (op, old, name) => tree.kernel.rename(op, old, name));
}

export function* unlink(tree: Tree, path: unknown): Composite<void> {
  const place = placeOf(tree, path);
  yield* invokeAt('unlink', place, (op, at) => tree.kernel.unlink(op, at));
}

export function* rmdir(tree: Tree, path: unknown, options?: unknown): Composite<void> {
  const place = placeOf(tree, path);
  const { recursive } = rmdirOptions(options);
  if (recursive) {
    const { kind } = yield* invokeAt('lstat', place, (op, at) => tree.kernel.lstat(op, at));
    if (kind === 'directory') return yield* removeTree(tree, place);
  }
  yield* invokeAt('rmdir', place, (op, at) => tree.kernel.rmdir(op, at));
}

/** Node 25 has ended what `rmdir` had in common with `rm`. */
function rmdirOptions(options: unknown): RemovalOptions {
  if (nodeMajor < 25) return removalOptions(options);
  const given = (options as { recursive?: unknown } | null | undefined)?.recursive;
  if (given !== undefined) throw invalidArgumentValue('options.recursive', given, 'is no longer supported');
  if (options !== undefined) asObject(options, 'options');
  return { recursive: false, force: false };
}

export function* removeTree(tree: Tree, place: Place): Composite<void> {
  yield* invokeAt('rm', place, (op, at) => tree.kernel.removeTree(op, at));
}

export interface RemovalOptions {
  readonly recursive: boolean;
  readonly force: boolean;
}

/** `maxRetries` and `retryDelay` are checked and otherwise moot: retries belong to the layer that speaks HTTP. */
export function removalOptions(options: unknown): RemovalOptions {
  if (options === undefined) return { recursive: false, force: false };
  const { recursive = false, force = false, retryDelay = 100, maxRetries = 0 } = asObject(options, 'options');
  const isRecursive = asBoolean(recursive, 'options.recursive');
  asInt32(retryDelay, 'options.retryDelay', 0);
  asUint32(maxRetries, 'options.maxRetries');
  return { recursive: isRecursive, force: asBoolean(force, 'options.force') };
}

export function* link(tree: Tree, existingPath: unknown, newPath: unknown): Composite<void> {
  const from = placeOf(tree, existingPath, 'existingPath');
  const to = placeOf(tree, newPath, 'newPath');
  yield* invokeOnBoth('link', from, to, (op, old, name) => tree.kernel.link(op, old, name));
}

export function* symlink(tree: Tree, target: unknown, path: unknown, type?: unknown): Composite<void> {
  const to = asPath(target, 'target');
  const place = placeOf(tree, path);
  if (typeof type === 'string' && !['dir', 'file', 'junction'].includes(type)) throw invalidSymlinkType(type);
  const run: Step<void>['run'] = (op) => {
    const at = place.tree;
    tree.kernel.symlink(op, targetOf(tree, to, at), at);
  };
  yield* invoke({ syscall: 'symlink', path: to, dest: place.given, run, explain: explaining(place, true) });
}

/** A relative target starts where the link is; addresses of trees are paths, other URIs are content elsewhere. */
function targetOf(tree: Tree, target: string, link: TreePath): LinkTarget {
  if (isUri(target)) return { kind: 'uri', uri: target };
  if (target.startsWith('/') || target.includes('://'))
    return { kind: 'path', path: tree.mount.locate(target) };
  const path = posix.join('/', link.replace(/\/$/, ''), '..', target).slice(1);
  return { kind: 'path', path };
}

export function* readlink(tree: Tree, path: unknown, options?: unknown): Composite<string | Buffer> {
  const { encoding } = asOptions(options);
  const place = placeOf(tree, path, 'oldPath');
  const target = yield* invokeAt('readlink', place, (op, at) => tree.kernel.readlink(op, at));
  return encodedName(target, encoding);
}

export function* realpath(tree: Tree, path: unknown, options?: unknown): Composite<string | Buffer> {
  return yield* realpathAs('lstat', tree, path, options);
}

export function* realpathNative(tree: Tree, path: unknown, options?: unknown): Composite<string | Buffer> {
  return yield* realpathAs('realpath', tree, path, options);
}

/** Throws for the first name on the way that isn't there, as Node's own walk from the top does. */
function* tellFirstMissing(tree: Tree, place: Place): Composite<void> {
  const top = tree.mount.show(tree.mount.top);
  const below = posix.relative(top, tree.mount.show(place.tree));
  let path = top;
  for (const name of below.split('/')) {
    path = posix.join(path, name);
    yield* invokeAt('lstat', placeOf(tree, path), (op, at) => tree.kernel.lstat(op, at));
  }
}

function* realpathAs(
  syscall: string,
  tree: Tree,
  path: unknown,
  options: unknown,
): Composite<string | Buffer> {
  const { encoding } = asOptions(options);
  const place = placeOf(tree, path);
  const isNative = syscall === 'realpath';
  try {
    // Node's own walk resolves the path first, and with that drops the slash that the system would take for a demand.
    const real = yield* invokeAt(syscall, place, (op, at) =>
      tree.kernel.realpath(op, isNative ? at : at.replace(/\/$/, '')),
    );
    return encodedName(tree.mount.show(real), encoding);
  } catch (error) {
    if (!isNative && place.isInside && hasCode(error, 'ENOENT', 'ENOTDIR'))
      yield* tellFirstMissing(tree, place);
    throw error;
  }
}

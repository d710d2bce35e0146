import { posix } from 'node:path';
import { Failure } from '../../contract/failure.js';
import { type TreePath, treePath, withoutSlash } from '../../contract/tree-path.js';
import type { LinkTarget } from '../../kernel/versions/links.js';
import { hasCode, MISSING } from '../arguments/errors.js';
import { isUri } from '../arguments/layout.js';
import { asPath, type Place } from '../arguments/paths.js';
import { invalidSymlinkType } from '../arguments/refusals.js';
import { asOptions } from '../arguments/validate.js';
import { encodedName } from '../results/dirents.js';
import { explaining, invokeAt, invokeOnBoth, placeOf, type Tree } from '../tree.js';
import { type Composite, invoke, type Step } from './driver.js';

export function* rename(tree: Tree, oldPath: unknown, newPath: unknown): Composite<void> {
  const from = placeOf(tree, oldPath, 'oldPath');
  const to = placeOf(tree, newPath, 'newPath');
  yield* invokeOnBoth('rename', from, to, (op, old, name) => tree.kernel.rename(op, old, name));
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
  const isAbsolute = target.startsWith('/') || target.includes('://');
  const path = isAbsolute
    ? locatedOrNull(tree, target)
    : treePath(posix.join('/', withoutSlash(link), '..', target).slice(1));
  return { kind: 'path', text: target, isAbsolute, path };
}

function locatedOrNull({ mount }: Tree, path: string): TreePath | null {
  try {
    return mount.locate(path);
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'ENOENT') return null;
    throw thrown;
  }
}

export function* readlink(tree: Tree, path: unknown, options?: unknown): Composite<string | Buffer> {
  const { encoding } = asOptions(options);
  const place = placeOf(tree, path, 'oldPath');
  const target = yield* invokeAt('readlink', place, (op, at) => tree.kernel.readlink(op, at));
  return encodedName(target, encoding);
}

/** Throws for the first name on the way that isn't there, or leads nowhere, as Node's own walk from the top does. */
function* tellFirstMissing(tree: Tree, place: Place): Composite<void> {
  const top = tree.mount.show(tree.mount.top);
  const below = posix.relative(top, tree.mount.show(place.tree));
  let path = top;
  for (const name of below.split('/')) {
    path = posix.join(path, name);
    const at = placeOf(tree, path);
    const { kind } = yield* invokeAt('lstat', at, (op, where) => tree.kernel.lstat(op, where));
    if (kind !== 'symlink') continue;
    yield* invokeAt('stat', at, (op, where) => tree.kernel.stat(op, where));
    path = yield* invokeAt('readlink', at, (op, where) => tree.mount.show(tree.kernel.realpath(op, where)));
  }
}

const resolving = (syscall: 'lstat' | 'realpath') =>
  function* (tree: Tree, path: unknown, options?: unknown): Composite<string | Buffer> {
    const { encoding } = asOptions(options);
    const place = placeOf(tree, path);
    const isNative = syscall === 'realpath';
    try {
      // Node's own walk resolves the path first, and with that drops the slash that the system would take for a demand.
      const real = yield* invokeAt(syscall, place, (op, at) =>
        tree.kernel.realpath(op, isNative ? at : withoutSlash(at)),
      );
      return encodedName(tree.mount.show(real), encoding);
    } catch (error) {
      if (!isNative && place.isInside && hasCode(error, ...MISSING, 'ELOOP'))
        yield* tellFirstMissing(tree, place);
      throw error;
    }
  };

export const realpath = resolving('lstat');
export const realpathNative = resolving('realpath');

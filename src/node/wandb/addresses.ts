import { type TreePath, withoutSlash } from '../../contract/tree-path.js';
import type { Operation } from '../../kernel/operation/operation.js';
import { asObject, asSignal } from '../arguments/validate.js';
import type { Composite } from '../composites/driver.js';
import { invokeAt, placeOf, type Tree } from '../tree.js';
import { addressOf } from './info.js';

export function* signedUrl(tree: Tree, path: unknown, options: unknown = {}): Composite<string> {
  const signal = asSignal(asObject(options, 'options').signal, 'options.signal');
  const run = (op: Operation, at: TreePath): string => tree.kernel.signedUrl(op, at);
  return yield* invokeAt('signedUrl', placeOf(tree, path), run, { signal });
}

export function* pathOf(tree: Tree, path: unknown): Composite<string> {
  return yield* invokeAt('pathOf', placeOf(tree, path), (_op, at) => tree.mount.show(withoutSlash(at)));
}

export function* webUrl(tree: Tree, path: unknown): Composite<string> {
  return yield* invokeAt('webUrl', placeOf(tree, path), (_op, at) => addressOf(tree, withoutSlash(at)));
}

import { Failure } from '../../contract/failure.js';
import { splitPath, type TreePath, withoutSlash } from '../../contract/tree-path.js';
import type { Core } from '../core.js';
import type { Operation } from '../operation/operation.js';
import type { Inode } from './inode.js';
import { find, resolve } from './resolve.js';

/** What a change of names is about: a link is meant itself, and is no directory, however the path demands one. */
export function resolveName(core: Core, op: Operation, path: TreePath): Inode {
  if (path.endsWith('/') && find(core, op, withoutSlash(path), true)?.target != null)
    throw new Failure('ENOTDIR');
  return resolve(core, op, path, true);
}

/** The directory that a name stands in, and the name. ENOENT or ENOTDIR where there is no such directory. */
export function resolveParent(
  core: Core,
  op: Operation,
  path: TreePath,
): { readonly parent: Inode; readonly name: string } {
  const { parent: parentPath, name } = splitPath(withoutSlash(path));
  const parent = resolve(core, op, parentPath);
  if (!parent.isDirectory) throw new Failure('ENOTDIR');
  return { parent, name };
}

/** Where a name can't be made: what is in its way is told first, in the order of a disk. */
export function assertFree(core: Core, op: Operation, path: TreePath): void {
  if (path === '') throw new Failure('EEXIST');
  resolveParent(core, op, path);
  const mustBeDirectory = path.endsWith('/');
  if (find(core, op, withoutSlash(path), true)) throw new Failure('EEXIST');
  if (mustBeDirectory) throw new Failure('ENOENT');
}

import type { Kernel } from '../kernel/syscalls.js';
import { asPath, type Mount, Place } from './paths.js';

/** What every call of one fs object works on. */
export interface Tree {
  readonly mount: Mount;
  /** Made at the first use: configuring and connecting wait until somebody calls. */
  readonly kernel: Kernel;
}

/** Checks a path argument and locates it. */
export const placeOf = (tree: Tree, path: unknown, name?: string): Place =>
  new Place(tree.mount, asPath(path, name));

import type { Operation } from '../kernel/operation.js';
import type { Kernel } from '../kernel/syscalls.js';
import type { TreePath } from '../store/contract.js';
import type { Calls } from './calls.js';
import { type Composite, invoke } from './driver.js';
import { asPath, type Mount, Place } from './paths.js';
import type { Changes } from './watching/changes.js';

/** What every call of one fs object works on. */
export interface Tree {
  readonly mount: Mount;
  /** Made at the first use: configuring and connecting wait until somebody calls. */
  readonly kernel: Kernel;
  readonly calls: Calls;
  /** What watchers of the tree listen to. */
  readonly changes: Changes;
}

/** A tree whose kernel may not have been made yet. */
export interface LazyTree extends Tree {
  /** The kernel, if anybody has used it. */
  readonly made: Kernel | null;
  /** `https://wandb.ai`, or the app's address beside another server. */
  readonly appUrl: () => string;
  /** Makes sure that a tree that was never used isn't used after its end. */
  readonly end: () => void;
}

/** Checks a path argument and locates it. */
export const placeOf = (tree: Tree, path: unknown, name?: string): Place =>
  new Place(tree.mount, asPath(path, name));

/**
 * One primitive on a place. Where the place is comes first: one outside the mount fails before a kernel is even made.
 */
export const invokeAt = <T>(
  syscall: string,
  place: Place,
  run: (op: Operation, path: TreePath) => T,
  signal?: AbortSignal,
): Composite<T> => invoke({ syscall, path: place.given, signal, run: (op) => run(op, place.tree) });

export const invokeOnBoth = <T>(
  syscall: string,
  from: Place,
  to: Place,
  run: (op: Operation, from: TreePath, to: TreePath) => T,
): Composite<T> =>
  invoke({ syscall, path: from.given, dest: to.given, run: (op) => run(op, from.tree, to.tree) });

import type { TreePath } from '../contract/tree-path.js';
import type { Operation } from '../kernel/operation/operation.js';
import type { Kernel } from '../kernel/syscalls.js';
import { asPath, type Mount, Place } from './arguments/paths.js';
import type { Calls } from './calls.js';
import { type Composite, invoke, type Step } from './composites/driver.js';
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
  new Place(tree.mount, asPath(path, name), (op, at) => tree.kernel.missing(op, at));

/** Why nothing is at a place, for who is told that. `isMaking`: something was to be made there. */
export const explaining =
  (place: Place, isMaking = false): NonNullable<Step['explain']> =>
  (op) =>
    place.whyMissing(op, isMaking);

/**
 * One primitive on a place. Where the place is comes first: one outside the mount fails before a kernel is even made.
 */
export const probeAt = <T>(
  syscall: string,
  place: Place,
  run: (op: Operation, path: TreePath) => T,
  signal?: AbortSignal,
  explain?: Step['explain'],
): Composite<T> => invoke({ syscall, path: place.given, signal, explain, run: (op) => run(op, place.tree) });

/** As `probeAt`, for a caller who is told why nothing is there. */
export const invokeAt = <T>(
  syscall: string,
  place: Place,
  run: (op: Operation, path: TreePath) => T,
  { signal, isMaking }: { readonly signal?: AbortSignal | undefined; readonly isMaking?: boolean } = {},
): Composite<T> => probeAt(syscall, place, run, signal, explaining(place, isMaking));

export const invokeOnBoth = <T>(
  syscall: string,
  from: Place,
  to: Place,
  run: (op: Operation, from: TreePath, to: TreePath) => T,
): Composite<T> =>
  invoke({
    syscall,
    path: from.given,
    dest: to.given,
    explain: explainingBoth(from, to),
    run: (op) => run(op, from.tree, to.tree),
  });

/** What is taken from one place and made at the other. */
export function explainingBoth(from: Place, to: Place): NonNullable<Step['explain']> {
  const [first, second] = [explaining(from), explaining(to, true)];
  return (op) => first(op) ?? second(op);
}

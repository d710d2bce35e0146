import { isAtOrBelow, parentOf, ROOT, type TreePath } from '../../contract/tree-path.js';
import type { Load } from './load.js';
import { Fault } from './operation.js';

/** What a mutation is about: a name and, for a directory that is moved or removed, all below it. */
export interface Name {
  readonly path: TreePath;
  readonly isSubtree: boolean;
}

/** A name whose mutation is on its way to the server. */
export interface Lock extends Name {
  /** The mutation's request: when it is settled the lock is gone. */
  load: Load | null;
}

/** Locks are held from the start of a mutation's effect to its commit. Readers never look here. */
export class Locks {
  private readonly byPath = new Map<TreePath, Lock>();
  /** Called whenever a lock was released. */
  onRelease: () => void = () => {};

  /** The lock that forbids to mutate `path` (with `isSubtree`: or anything below it), if there is one. */
  find(path: TreePath, isSubtree: boolean): Lock | undefined {
    if (this.byPath.size === 0) return undefined;
    const exact = this.byPath.get(path);
    if (exact) return exact;
    for (let at = parentOf(path); at !== ROOT; at = parentOf(at)) {
      const above = this.byPath.get(at);
      if (above?.isSubtree) return above;
    }
    if (isSubtree) for (const lock of this.byPath.values()) if (isAtOrBelow(lock.path, path)) return lock;
    return undefined;
  }

  /** Waits (by a fault) until no other caller's mutation holds `path`. */
  assertFree(path: TreePath, isSubtree = false): void {
    const lock = this.find(path, isSubtree);
    if (!lock) return;
    const { load } = lock;
    if (!load) throw new Error('a lock is held without a request on its way');
    throw new Fault(`lock:${path}`, () => load, { isContention: true });
  }

  take(name: Name): Lock {
    const lock: Lock = { ...name, load: null };
    this.byPath.set(name.path, lock);
    return lock;
  }

  release(locks: readonly Lock[]): void {
    for (const { path } of locks) this.byPath.delete(path);
    this.onRelease();
  }
}

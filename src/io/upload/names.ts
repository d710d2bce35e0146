import type { TreePath } from '../../contract/tree-path.js';

/**
 * What is known of names beside their uploads: which of them may exist on the server, and which are leased, so that
 * nothing of them begins.
 */
export class Names {
  private readonly declared: Set<TreePath>;
  private readonly leases = new Map<TreePath, number>();

  constructor(declared: Iterable<TreePath>) {
    this.declared = new Set(declared);
  }

  /** The server may have it: it was declared, by this owner or by a former one. */
  isDeclared(path: TreePath): boolean {
    return this.declared.has(path);
  }

  declare(path: TreePath): void {
    this.declared.add(path);
  }

  /** The server doesn't have it (any more). */
  forget(path: TreePath): void {
    this.declared.delete(path);
  }

  isLeased(path: TreePath): boolean {
    return this.leases.has(path);
  }

  /** Nothing of it begins until as many leases are released. */
  lease(path: TreePath): void {
    this.leases.set(path, (this.leases.get(path) ?? 0) + 1);
  }

  release(path: TreePath): void {
    const count = this.leases.get(path) ?? 0;
    if (count > 1) this.leases.set(path, count - 1);
    else this.leases.delete(path);
  }
}

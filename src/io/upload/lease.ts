import type { TreePath } from '../../contract/tree-path.js';
import type { Upload } from './upload.js';
import type { Uploader } from './uploader.js';

/** Names of which nothing begins until as many leases are released. */
export class LeasedNames {
  private readonly counts = new Map<TreePath, number>();

  has(path: TreePath): boolean {
    return this.counts.has(path);
  }

  add(path: TreePath): void {
    this.counts.set(path, (this.counts.get(path) ?? 0) + 1);
  }

  remove(path: TreePath): void {
    const count = this.counts.get(path) ?? 0;
    if (count > 1) this.counts.set(path, count - 1);
    else this.counts.delete(path);
  }
}

/**
 * Exclusive use of names while they are changed on the server: nothing of them is uploaded meanwhile. What was queued
 * stays queued until the change has succeeded (`drop`), so that a change that fails leaves everything as it was.
 */
export class Lease {
  /** What stood at the names when the lease began, newest first, whatever became of it. */
  private readonly uploads: ReadonlyMap<TreePath, readonly Upload[]>;

  constructor(
    private readonly uploader: Uploader,
    paths: Iterable<TreePath>,
  ) {
    const { queue } = uploader;
    this.uploads = new Map(
      [...new Set(paths)].map((path) => [
        path,
        [queue.queuedAt(path), queue.onTheWayAt(path)].filter((upload) => upload !== null),
      ]),
    );
    for (const path of this.uploads.keys()) {
      queue.leased.add(path);
      uploader.abortReplaced(path);
    }
  }

  /** Resolves when nothing is on its way to these names. */
  async isQuiet(): Promise<void> {
    for (const path of this.uploads.keys()) await this.uploader.isQuiet(path);
  }

  /** What was queued at a path when the lease began isn't wanted any more. */
  drop(path: TreePath): void {
    for (const upload of this.uploads.get(path) ?? []) this.uploader.queue.drop(upload);
  }

  release(): void {
    for (const path of this.uploads.keys()) this.uploader.queue.leased.remove(path);
    this.uploader.go();
  }
}

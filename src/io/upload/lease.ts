import type { TreePath } from '../../contract/tree-path.js';
import type { Upload } from './upload.js';
import type { Uploader } from './uploader.js';

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
      queue.names.lease(path);
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
    for (const path of this.uploads.keys()) this.uploader.queue.names.release(path);
    this.uploader.go();
  }
}

import type { RemoteEvent } from '../../contract/remote.js';
import type { TreePath } from '../../contract/tree-path.js';
import { systemError } from '../arguments/errors.js';

/** A face, as it hears of uploads. */
export interface UploadListener {
  hear(event: RemoteEvent): void;
  /** Does the user hear of failures by this face? */
  hearsFailures(): boolean;
  /** As this face shows it. */
  show(path: TreePath): string;
}

/**
 * Tells the user of failed uploads where nobody listens to `fs.wandb.uploads`: once a path, until it was uploaded. No call
 * fails of them before the next point of durability, and a program may have none.
 */
export class UploadWarnings {
  private readonly warned = new Set<TreePath>();

  constructor(
    private readonly warn: (message: string) => void,
    private readonly debug: (message: string) => void,
    private readonly listeners: readonly UploadListener[],
  ) {}

  hear(event: RemoteEvent): void {
    if (event.type === 'warning') this.warn(event.message);
    else if (event.type === 'debug') this.debug(event.message);
    else if (event.type === 'uploaded') this.warned.delete(event.path);
    else if (event.type === 'failed') this.onFailed(event);
  }

  private onFailed({ path, failure }: Extract<RemoteEvent, { type: 'failed' }>): void {
    if (this.warned.has(path) || this.listeners.some((listener) => listener.hearsFailures())) return;
    this.warned.add(path);
    const shown = this.listeners[0]?.show(path) ?? path;
    const { message } = systemError(failure, { syscall: 'upload', path: shown });
    this.warn(`${message} The content is kept, and the upload is tried again.`);
  }
}

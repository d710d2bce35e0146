import type { KernelEvent, RemoteEvent } from '../../contract/remote.js';
import type { TreePath } from '../../contract/tree-path.js';
import { nextTick } from '../../platform/time.js';
import { systemError } from '../arguments/errors.js';
import type { Tree } from '../tree.js';

/** What `fs.wandb.uploads` emits; paths as the fs object shows them. */
export interface UploadEvents {
  /** `sent` of `size` bytes are on their way or have arrived. */
  progress: [{ readonly path: string; readonly sent: number; readonly size: number }];
  /** Durable: other processes can see it. Of a file that was sent for a version, when that is committed. */
  uploaded: [{ readonly path: string; readonly size: number | null }];
  /**
   * Failed; the content is kept, and the upload is tried again by itself (after a second, then after twice as long each
   * time, up to five minutes) and at the next flush. Where nobody listens the first failure of each path is a warning.
   * Of a commit that failed the path is the draft's; it is up to who committed to try again.
   */
  failed: [{ readonly path: string; readonly error: NodeJS.ErrnoException }];
  /** Nothing is queued and nothing on its way; behind each commit, too. */
  idle: [];
}

/** What only the channels tell (`events.ts`), or a logger. */
const UNTOLD = ['dropped', 'request', 'waited', 'queued', 'warning', 'debug'] as const;
type Untold = Extract<KernelEvent, { type: (typeof UNTOLD)[number] }>;
const isUntold = (event: KernelEvent): event is Untold => UNTOLD.some((type) => type === event.type);

/**
 * Hands an event of the owner of the remote to who listens, in a turn of its own: what a listener throws is its
 * process's affair, not the kernel's.
 */
export function emitUpload({ uploads, mount }: Tree, event: KernelEvent): void {
  if (isUntold(event)) return;
  nextTick(() => {
    if (event.type === 'idle') {
      uploads.emit('idle');
      return;
    }
    const path = mount.show(event.path);
    if (event.type === 'committed') uploads.emit('uploaded', { path, size: event.size });
    else if (event.type === 'progress')
      uploads.emit('progress', { path, sent: event.sent, size: event.size });
    else if (event.type === 'uploaded') uploads.emit('uploaded', { path, size: event.entry.size });
    else {
      const syscall = event.type === 'uncommitted' ? 'commit' : 'upload';
      uploads.emit('failed', { path, error: systemError(event.failure, { syscall, path }) });
    }
  });
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
    private readonly trees: readonly Tree[],
  ) {}

  hear(event: KernelEvent): void {
    if (event.type === 'warning') this.warn(event.message);
    else if (event.type === 'debug') this.debug(event.message);
    else if (event.type === 'uploaded') this.warned.delete(event.path);
    else if (event.type === 'failed') this.onFailed(event);
  }

  private onFailed({ path, failure }: Extract<RemoteEvent, { type: 'failed' }>): void {
    if (this.warned.has(path) || this.trees.some(({ uploads }) => uploads.listenerCount('failed') > 0))
      return;
    this.warned.add(path);
    const shown = this.trees[0]?.mount.show(path) ?? path;
    const { message } = systemError(failure, { syscall: 'upload', path: shown });
    this.warn(`${message} The content is kept, and the upload is tried again.`);
  }
}

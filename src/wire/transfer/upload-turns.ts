import { PQueue } from '../p-queue.js';
import type { Clock } from '../retry.js';
import { UploadWidth } from './upload-width.js';

/**
 * Smaller ones alone make use of more than `MOST_LARGE` turns: so what is read for all that are sent stays bounded, 64 MiB of
 * small ones.
 */
const LARGE_BYTES = 512 * 1024;
const MOST_LARGE = 16;

/** Whose turn it is to be sent: so many at once as the user says, else as many as bring more. */
export class UploadTurns {
  private readonly queue: PQueue;
  private readonly large = new PQueue({ concurrency: MOST_LARGE });
  private readonly width: UploadWidth | null;

  /** @param concurrency null: it adapts */
  constructor(concurrency: number | null, clock: Pick<Clock, 'now'>) {
    this.width = concurrency === null ? new UploadWidth(clock) : null;
    this.queue = new PQueue({ concurrency: this.width?.value ?? concurrency ?? MOST_LARGE });
  }

  /**
   * Runs a task when it has a turn.
   *
   * @param bytes what it sends
   * @param task is to tell where the storage can't keep up (`isPushback`)
   * @param isWanted somebody waits for it: it goes before others. @default false
   */
  run<T>(bytes: number, task: (onPushback: () => void) => Promise<T>, isWanted = false): Promise<T> {
    const order = { priority: isWanted ? 1 : 0 };
    const turn = () => this.queue.add(() => this.measured(bytes, task), order);
    return this.width && bytes > LARGE_BYTES ? this.large.add(turn, order) : turn();
  }

  /** Resolves when fewer than that many wait for their turn, of the large ones and of the others. */
  async onFewWaiting(count: number): Promise<void> {
    await this.large.onSizeLessThan(count);
    await this.queue.onSizeLessThan(count);
  }

  async onIdle(): Promise<void> {
    await this.large.onIdle();
    await this.queue.onIdle();
  }

  private async measured<T>(bytes: number, task: (onPushback: () => void) => Promise<T>): Promise<T> {
    const { width } = this;
    if (!width) return task(() => {});
    const isMeasured = bytes <= LARGE_BYTES;
    if (isMeasured) width.began();
    try {
      return await task(() => {
        width.pushedBack();
        this.queue.concurrency = width.value;
      });
    } finally {
      if (isMeasured) width.ended(bytes, this.queue.size > 0);
      if (this.queue.concurrency !== width.value) this.queue.concurrency = width.value;
    }
  }
}

import { PQueue } from '../p-queue.js';
import type { Clock } from '../retry.js';
import { MOST_UPLOADS } from '../transport/transport.js';
import { LARGE_BYTES, MeasuredQueue } from './measured-queue.js';

/** Smaller ones alone make use of more than `MOST_LARGE` turns: so what is read for all that are sent stays bounded. */
const MOST_LARGE = 16;
const WIDTHS = { first: 16, most: MOST_UPLOADS };

/** Whose turn it is to be sent: so many at once as the user says, else as many as bring more. */
export class UploadTurns {
  private readonly queue: PQueue;
  private readonly large = new PQueue({ concurrency: MOST_LARGE });
  private readonly adapting: MeasuredQueue | null;

  /** @param concurrency null: it adapts */
  constructor(concurrency: number | null, clock: Pick<Clock, 'now'>) {
    this.queue = new PQueue({ concurrency: concurrency ?? WIDTHS.first });
    this.adapting = concurrency === null ? new MeasuredQueue(this.queue, WIDTHS, clock) : null;
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
    return this.adapting && bytes > LARGE_BYTES ? this.large.add(turn, order) : turn();
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
    const { adapting } = this;
    if (!adapting) return task(() => {});
    const onPushback = () => adapting.pushedBack();
    if (bytes > LARGE_BYTES) return task(onPushback);
    adapting.began();
    try {
      return await task(onPushback);
    } finally {
      adapting.ended(bytes);
    }
  }
}

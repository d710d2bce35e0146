import type { PQueue } from '../p-queue.js';
import type { Clock } from '../retry.js';
import { Width, type Widths } from './width.js';

/** What is larger isn't measured, and has turns of its own: so the memory of all that go at once stays bounded, 64 MiB. */
export const LARGE_BYTES = 512 * 1024;

/** Of a queue of transfers as many go at once as bring more. */
export class MeasuredQueue {
  private readonly width: Width;

  /** @param queue of which the concurrency is set */
  constructor(
    private readonly queue: PQueue,
    widths: Widths,
    clock: Pick<Clock, 'now'>,
  ) {
    this.width = new Width(widths, clock);
    this.adapt();
  }

  /** A transfer has its turn. */
  began(): void {
    this.width.began();
  }

  /** One of so many bytes ends, before another gets its turn. */
  ended(bytes: number): void {
    this.width.ended(bytes, this.queue.size > 0);
    this.adapt();
  }

  /** The storage can't keep up. */
  pushedBack(): void {
    this.width.pushedBack();
    this.adapt();
  }

  private adapt(): void {
    const { queue, width } = this;
    if (queue.concurrency !== width.value) queue.concurrency = width.value;
  }
}

import { setTimeout } from '../platform/time.js';
import { PQueue } from './p-queue.js';
import type { Clock } from './retry.js';
import { cancelled, timedOut, type WireFailure } from './wire-failure.js';

/** So many at once, of all who have slots of it. */
export class Turns {
  readonly queue: PQueue;
  /** When any of them last got an answer, or a part of one. */
  movedAt = Number.NEGATIVE_INFINITY;

  constructor(most: number) {
    this.queue = new PQueue({ concurrency: most });
  }
}

/**
 * So many requests at once; others wait for their turn, in order. Their time begins with it, however long a busy server
 * takes with those before, but who waits for a server that answers nobody waits no longer than `quietMs`.
 */
export class Slots {
  /** What has each of those who wait give up, and since when they do. */
  private readonly waiting = new Map<(failure: WireFailure) => void, number>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly turns: Turns,
    private readonly quietMs: number,
    private readonly clock: Clock,
    /** Told of each who begins to wait, and of each who doesn't any more. */
    private readonly onWaiting: (by: 1 | -1) => void = () => {},
  ) {}

  /** Somebody got an answer, or a part of one. */
  moved(): void {
    this.turns.movedAt = this.clock.now();
  }

  /**
   * Who gives up while waiting gets ECANCELED at once, whatever others are doing.
   *
   * @param isAhead nobody waits for it: all others go first. @default false
   */
  run<T>(signal: AbortSignal | undefined, task: () => Promise<T>, isAhead = false): Promise<T> {
    if (signal?.aborted) return Promise.reject(cancelled());
    return new Promise((resolve, reject) => {
      const stopWaiting = (): boolean => {
        signal?.removeEventListener('abort', leave);
        const hasWaited = this.waiting.delete(giveUp);
        if (hasWaited) this.onWaiting(-1);
        return hasWaited;
      };
      const giveUp = (failure: WireFailure): void => {
        stopWaiting();
        reject(failure);
      };
      const leave = (): void => giveUp(cancelled());
      signal?.addEventListener('abort', leave, { once: true });
      this.waiting.set(giveUp, this.clock.now());
      this.onWaiting(1);
      // It settles what is waited for here by itself.
      const turn = async (): Promise<void> => {
        if (!stopWaiting()) return;
        await task().then(resolve, reject);
      };
      void this.turns.queue.add(turn, { priority: isAhead ? -1 : 0 });
      this.watch();
    });
  }

  /** One timer for all who wait, and none where nobody does. */
  private watch(): void {
    if (this.timer || this.waiting.size === 0) return;
    const [first = 0] = this.waiting.values();
    const quietSince = Math.max(this.turns.movedAt, first);
    const left = quietSince + this.quietMs - this.clock.now();
    this.timer = setTimeout(
      () => {
        this.timer = null;
        this.dismiss();
        this.watch();
      },
      Math.max(1, left),
    );
    this.timer.unref();
  }

  private dismiss(): void {
    const latest = this.clock.now() - this.quietMs;
    if (this.turns.movedAt > latest) return;
    for (const [giveUp, since] of [...this.waiting]) {
      if (since > latest) return;
      giveUp(timedOut("The server didn't answer anybody in time.", `no answer in ${this.quietMs} ms`));
    }
  }
}

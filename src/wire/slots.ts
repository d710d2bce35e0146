import { setTimeout } from 'node:timers';
import PQueue from 'p-queue';
import { type Clock, withDeadline } from './retry.js';
import { cancelled, WireFailure } from './wire-failure.js';

interface Waiting {
  readonly since: number;
  giveUp(failure: WireFailure): void;
}

/** What a transfer is watched by. */
interface Movement {
  /** Aborts with the caller's, or when nothing has moved for too long. */
  readonly signal: AbortSignal;
  /** Bytes have moved. */
  moved(): void;
  /** What is left until it is too long, in milliseconds. */
  leftMs(): number;
}

/**
 * So many requests at once; others wait for their turn, in order. Their time begins with it, however long a busy server
 * takes with those before, but who waits for a server that answers nobody waits no longer than `quietMs`.
 */
export class Slots {
  private readonly queue: PQueue;
  private readonly waiting = new Set<Waiting>();
  private timer: NodeJS.Timeout | null = null;
  private movedAt = Number.NEGATIVE_INFINITY;

  constructor(
    most: number,
    private readonly quietMs: number,
    private readonly clock: Clock,
  ) {
    this.queue = new PQueue({ concurrency: most });
  }

  /** Somebody got an answer, or a part of one. */
  moved(): void {
    this.movedAt = this.clock.now();
  }

  /** Who gives up while waiting gets ECANCELED at once, whatever others are doing. */
  run<T>(signal: AbortSignal | undefined, task: () => Promise<T>): Promise<T> {
    if (signal?.aborted) return Promise.reject(cancelled());
    return new Promise((resolve, reject) => {
      const stopWaiting = (): boolean => {
        signal?.removeEventListener('abort', leave);
        return this.waiting.delete(waiting);
      };
      const leave = (): void => {
        stopWaiting();
        reject(cancelled());
      };
      const waiting: Waiting = {
        since: this.clock.now(),
        giveUp: (failure) => {
          stopWaiting();
          reject(failure);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.waiting.add(waiting);
      // It settles what is waited for here by itself.
      void this.queue.add(async () => {
        if (!stopWaiting()) return;
        await task().then(resolve, reject);
      });
      this.watch();
    });
  }

  /**
   * Runs a transfer, with all of its attempts, as long as it moves: it may take hours, but not stand still. Rejects with
   * ETIMEDOUT when nothing has moved for `quietMs`.
   *
   * @param bounds.host for the message
   */
  runMoving<T>(
    bounds: { readonly quietMs: number; readonly host: string; readonly signal: AbortSignal | undefined },
    transfer: (movement: Movement) => Promise<T>,
  ): Promise<T> {
    const { quietMs, host, signal: outer } = bounds;
    const late = (): WireFailure => {
      const detail = `Nothing moved to or from ${host} for ${quietMs / 1000} s.`;
      return new WireFailure('ETIMEDOUT', detail, `no byte in ${quietMs} ms`, 'timeout');
    };
    return this.run(outer, () => {
      let movedAt = this.clock.now();
      const attempt = (signal: AbortSignal, postpone: () => void): Promise<T> =>
        transfer({
          signal,
          moved: () => {
            movedAt = this.clock.now();
            this.moved();
            postpone();
          },
          leftMs: () => movedAt + quietMs - this.clock.now(),
        });
      return withDeadline(quietMs, outer, attempt, late);
    });
  }

  /** One timer for all who wait, and none where nobody does. */
  private watch(): void {
    if (this.timer || this.waiting.size === 0) return;
    const [first] = this.waiting;
    const quietSince = Math.max(this.movedAt, first?.since ?? 0);
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
    if (this.movedAt > latest) return;
    for (const waiting of [...this.waiting]) {
      if (waiting.since > latest) return;
      waiting.giveUp(
        new WireFailure(
          'ETIMEDOUT',
          "The server didn't answer anybody in time.",
          `no answer in ${this.quietMs} ms`,
          'timeout',
        ),
      );
    }
  }
}

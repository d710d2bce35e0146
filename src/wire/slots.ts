import { setTimeout } from '../platform/time.js';
import { pauseOf } from './errors.js';
import { PQueue } from './p-queue.js';
import { type Clock, LONGEST_PAUSE_MS, unlessAborted } from './retry.js';
import { cancelled, timedOut, WireFailure } from './wire-failure.js';

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

/** Answers of before a gap of so long say nothing of the rate that the server takes. */
const IDLE_MS = 5000;
/** However little a server was seen to take, nobody waits longer between two calls: its own pauses say more. */
const LONGEST_SPACING_MS = 5000;
/** What is shorter than this, in milliseconds, is none. */
const LEAST_SPACING_MS = 1;
/** By which part the space between calls shrinks in as long as the server last took to have enough. */
const HASTE = 0.15;

/**
 * The rate of requests that a server takes, of all who ask it. The pauses that it asks for: `Retry-After` of any answer, and
 * `RateLimit-Remaining` with `RateLimit-Reset` (seconds, or when that is; also with 'X-') when nothing remains. No pause is longer than
 * a minute: then a server is asked whether it meant it. Behind one, calls go as far apart as those that it took before it, and
 * then faster and faster until the next one: who hurried would take what belongs to all others who share the server's limit, and
 * make as many requests for nothing.
 */
export class RateLimit {
  private until = Number.NEGATIVE_INFINITY;
  /** Milliseconds between two calls; 0: they go as they come. */
  private spacing = 0;
  private nextAt = Number.NEGATIVE_INFINITY;
  /** Of the requests since then so many were answered, the last one then. */
  private since = Number.NEGATIVE_INFINITY;
  private taken = 0;
  private takenAt = Number.NEGATIVE_INFINITY;
  /** How long the server last took to have enough, and to take more. */
  private window = 0;

  constructor(private readonly clock: Clock) {}

  /** Waits for the turn of an attempt; ETIMEDOUT at once if none is welcome for longer than the caller can wait. */
  async turn(longestMs: number, signal: AbortSignal | undefined): Promise<void> {
    this.assertSoon(longestMs);
    if (this.spacing === 0) return;
    const now = this.clock.now();
    const at = Math.max(now, this.nextAt);
    this.nextAt = at + this.spacing;
    if (at > now) await unlessAborted(this.clock.sleep(at - now, signal), signal);
  }

  /** Waits until requests are welcome again, as they aren't if that was said since the turn was waited for. */
  async ready(longestMs: number, signal: AbortSignal | undefined): Promise<void> {
    while (this.left() > 0) {
      this.assertSoon(longestMs);
      await unlessAborted(this.clock.sleep(this.left(), signal), signal);
      await this.turn(longestMs, signal);
    }
  }

  private assertSoon(longestMs: number): void {
    const left = this.left();
    if (left <= longestMs) return;
    throw new WireFailure(
      'ETIMEDOUT',
      `The server limits the rate of requests; it takes none for ${Math.ceil(left / 1000)} s.`,
      'rate limit',
      'final',
    );
  }

  /** @param isTaken the server did what it was asked for */
  observe(headers: Readonly<Record<string, string>>, retryAfterMs: number | null, isTaken: boolean): void {
    if (isTaken) this.take();
    if (retryAfterMs !== null) this.pause(retryAfterMs);
    for (const prefix of ['', 'x-']) {
      if (!/^\s*0+(\.\d+)?\s*([,;]|$)/.test(headers[`${prefix}ratelimit-remaining`] ?? '')) continue;
      this.pause(pauseOf(headers, `${prefix}ratelimit-reset`, this.clock.date()) ?? 0);
    }
  }

  private left(): number {
    return this.until - this.clock.now();
  }

  private take(): void {
    const now = this.clock.now();
    if (now - this.takenAt > IDLE_MS && now - this.until > IDLE_MS) {
      this.since = now;
      this.taken = 0;
    } else if (now - this.since > LONGEST_PAUSE_MS) {
      this.since = (this.since + now) / 2;
      this.taken /= 2;
    }
    this.taken += 1;
    this.takenAt = now;
    this.spacing *= 1 - HASTE * Math.min(1, this.spacing / this.window || 0);
    if (this.spacing < LEAST_SPACING_MS) this.spacing = 0;
  }

  private pause(ms: number): void {
    const now = this.clock.now();
    const bounded = Math.min(ms, LONGEST_PAUSE_MS);
    if (now + bounded <= this.until) return;
    // What is asked for in a pause, by answers to what was sent before it, is the same one.
    if (now >= this.until && bounded > 0) this.slowDown(now, bounded);
    this.until = now + bounded;
    this.since = this.until;
    this.taken = 0;
  }

  private slowDown(now: number, ms: number): void {
    this.window = ms + (this.taken > 0 ? now - this.since : 0);
    this.spacing = Math.min(LONGEST_SPACING_MS, this.window / Math.max(1, this.taken));
    this.nextAt = now + ms + this.spacing * this.clock.random();
  }
}

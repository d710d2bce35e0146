import { clearTimeout, monotonicClock, setTimeout, wait, wallClock } from '../platform/time.js';
import { pauseOf } from './errors.js';
import { cancelled, isWireFailure, timedOut, WireFailure, type WireFault } from './wire-failure.js';

/** Time and chance, so that tests can hold them. */
export interface Clock {
  /** Milliseconds that only ever grow: for deadlines, waits and lifetimes. Only differences count. */
  now(): number;
  /** Milliseconds since the epoch, as the machine believes: for dates alone, for somebody may set that clock. */
  date(): number;
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

export const systemClock: Clock = {
  now: monotonicClock,
  date: wallClock,
  sleep: (ms, signal) => wait(ms, undefined, { signal }),
  random: Math.random,
};

export interface RetryPolicy {
  /** What is left for further attempts and the waits before them, in milliseconds. */
  readonly leftMs: () => number;
  /** @default `isRetryable` */
  readonly isRetryable?: ((failure: WireFailure, retries: number) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told when another attempt is decided, of why, and in how many milliseconds. */
  readonly onPause?: ((failure: WireFailure, ms: number) => void) | undefined;
  /** Told before each further attempt: an earlier one may have had its effect although no answer came. */
  readonly onRetry?: ((failure: WireFailure) => void) | undefined;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;
/** A server that asks for a longer pause is taken to have said no, and is asked again by other calls after that time. */
const LONGEST_PAUSE_MS = 60_000;
/**
 * How often one call goes again for the same. A server that isn't there is seldom back soon: a call through `fs` doesn't
 * wait for it as an upload stream would. One that answers without data has been seen to stumble, not to recover late.
 */
const MOST_RETRIES_OF: Readonly<Partial<Record<WireFault, number>>> = { unreachable: 3, empty: 3 };

const FINAL_STATUSES = new Set([400, 401, 403, 404, 409, 410, 413, 422, 501]);

/** Is a second attempt worth while? Statuses as in protocol section 2.2; connection errors and timeouts are. */
export function isRetryable({ fault, status }: WireFailure): boolean {
  if (fault === 'status') return status !== null && status >= 400 && !FINAL_STATUSES.has(status);
  return fault === 'unreachable' || fault === 'broken' || fault === 'timeout' || fault === 'empty';
}

/**
 * Makes attempts until one succeeds, fails for good, or the time is over: then rejects with the last failure. Waits
 * grow exponentially; `Retry-After` overrides them. Attempts are numbered, from 1.
 */
export async function withRetries<T>(
  clock: Clock,
  policy: RetryPolicy,
  attempt: (number: number) => Promise<T>,
): Promise<T> {
  const { leftMs, signal } = policy;
  const seen: Partial<Record<WireFault, number>> = {};
  for (let retries = 0; ; retries++) {
    try {
      return await attempt(retries + 1);
    } catch (error) {
      if (!isWireFailure(error) || signal?.aborted) throw error;
      if (!(policy.isRetryable ?? isRetryable)(error, retries)) throw error;
      const { fault } = error;
      const times = (seen[fault] ?? 0) + 1;
      seen[fault] = times;
      if (times > (MOST_RETRIES_OF[fault] ?? Infinity)) throw error;
      const backoff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** retries * (1 + clock.random() * 0.25));
      const pause = error.retryAfterMs ?? backoff;
      if (pause > LONGEST_PAUSE_MS || pause >= leftMs()) throw error;
      policy.onPause?.(error, pause);
      await unlessAborted(clock.sleep(pause, signal), signal);
      policy.onRetry?.(error);
    }
  }
}

/**
 * Runs an attempt under a signal that aborts with the caller's or when its time is over, which begins anew when it is
 * postponed. One listener, removed at the end: `AbortSignal.any` keeps what hangs on long-lived signals alive.
 */
export async function withDeadline<T>(
  ms: number,
  outer: AbortSignal | undefined,
  attempt: (signal: AbortSignal, postpone: () => void) => Promise<T>,
  late = (): WireFailure => noAnswer(ms),
): Promise<T> {
  const controller = new AbortController();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    controller.abort();
  }, ms);
  const follow = (): void => controller.abort();
  if (outer?.aborted) follow();
  outer?.addEventListener('abort', follow, { once: true });
  try {
    return await attempt(controller.signal, () => void timer.refresh());
  } catch (error) {
    if (isLate && !outer?.aborted) throw late();
    throw error;
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', follow);
  }
}

export const noAnswer = (ms: number): WireFailure =>
  timedOut("The server didn't answer in time.", `no answer in ${ms} ms`);

/** What a promise brings, unless the caller gives up first: then ECANCELED. Others may wait for it too. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(cancelled());
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/**
 * The pauses that a server asks for, kept by all requests to it: `Retry-After` of any answer, and
 * `RateLimit-Remaining` with `RateLimit-Reset` (seconds, or when that is; also with 'X-') when nothing remains. No pause is longer than
 * a minute: then a server is asked whether it meant it.
 */
export class RateLimit {
  private until = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  /** Waits until requests are welcome again; ETIMEDOUT at once if that is later than the caller can wait. */
  async ready(longestMs: number, signal: AbortSignal | undefined): Promise<void> {
    for (let left = this.left(); left > 0; left = this.left()) {
      if (left > longestMs) {
        throw new WireFailure(
          'ETIMEDOUT',
          `The server limits the rate of requests; it takes none for ${Math.ceil(left / 1000)} s.`,
          'rate limit',
          'final',
        );
      }
      await unlessAborted(this.clock.sleep(left, signal), signal);
    }
  }

  observe(headers: Readonly<Record<string, string>>, retryAfterMs: number | null): void {
    if (retryAfterMs !== null) this.pause(retryAfterMs);
    for (const prefix of ['', 'x-']) {
      if (!/^\s*0+(\.\d+)?\s*([,;]|$)/.test(headers[`${prefix}ratelimit-remaining`] ?? '')) continue;
      this.pause(pauseOf(headers, `${prefix}ratelimit-reset`, this.clock.date()) ?? 0);
    }
  }

  private left(): number {
    return this.until - this.clock.now();
  }

  private pause(ms: number): void {
    this.until = Math.max(this.until, this.clock.now() + Math.min(ms, LONGEST_PAUSE_MS));
  }
}

import { clearTimeout, monotonicClock, setTimeout, wait, wallClock } from '../platform/time.js';
import { cancelled, isWireFailure, timedOut, type WireFailure, type WireFault } from './wire-failure.js';

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
  /** Who comes again when the server has asked to is held apart from others by each attempt. @default false */
  readonly isPaced?: boolean | undefined;
  /** Told when another attempt is decided, of why, and in how many milliseconds. */
  readonly onPause?: ((failure: WireFailure, ms: number) => void) | undefined;
  /** Told before each further attempt: an earlier one may have had its effect although no answer came. */
  readonly onRetry?: ((failure: WireFailure) => void) | undefined;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;
/** A server that asks for a longer pause is taken to have said no, and is asked again by other calls after that time. */
export const LONGEST_PAUSE_MS = 60_000;
/**
 * How often one call goes again for the same. A server that isn't there is seldom back soon: a call through `fs` doesn't
 * wait for it as an upload stream would. One that answers without data has been seen to stumble, not to recover late.
 */
const MOST_RETRIES_OF: Readonly<Partial<Record<WireFault, number>>> = { unreachable: 3, empty: 3 };

/** Who was told to come again after a long time isn't kept waiting much longer, however many others were told the same. */
const LONGEST_SPREAD_MS = 10_000;

/** A wait of our own, of which up to a half is left to chance: what failed for many at once isn't tried by all at once again. */
export const unevenly = (ms: number, random: () => number): number => ms * (1 - random() / 2);

const FINAL_STATUSES = new Set([400, 401, 403, 404, 409, 410, 413, 422, 501]);

/** Is a second attempt worth while? Statuses as in protocol section 2.2; connection errors and timeouts are. */
export function isRetryable({ fault, status }: WireFailure): boolean {
  if (fault === 'status') return status !== null && status >= 400 && !FINAL_STATUSES.has(status);
  return fault === 'unreachable' || fault === 'broken' || fault === 'timeout' || fault === 'empty';
}

/**
 * Makes attempts until one succeeds, fails for good, or the time is over: then rejects with the last failure. Waits
 * grow exponentially; `Retry-After` overrides them. Both are left to chance in part: a thousand others failed at the same time.
 * Attempts are numbered, from 1.
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
      const { retryAfterMs } = error;
      const backoff = unevenly(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** retries), clock.random);
      const least = retryAfterMs ?? backoff;
      const left = leftMs();
      if (least > LONGEST_PAUSE_MS || least >= left) throw error;
      // It has told all others the same. Half of what is left is for the answer.
      const most = policy.isPaced ? 0 : Math.min(retryAfterMs ?? 0, LONGEST_SPREAD_MS, (left - least) / 2);
      const pause = least + most * clock.random();
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

/** How long something may go on that is neither done nor stands still. */
export interface Movement extends Pick<RetryPolicy, 'isRetryable' | 'signal' | 'onPause'> {
  /** Whom it goes to or comes from. */
  readonly url: string;
  /** How long nothing may move, in milliseconds. */
  readonly quietMs: number;
  readonly onMoved: () => void;
  /** Hears of the failure of each attempt. */
  readonly onFailure?: ((failure: WireFailure) => void) | undefined;
  readonly failureOf: (error: unknown, signal: AbortSignal) => WireFailure;
}

/**
 * All attempts of a transfer, as long as it moves: it may take hours, but not stand still. Rejects with ETIMEDOUT when
 * nothing has moved for `quietMs`; where the storage said why, and then nothing, with that.
 */
export function whileMoving<T>(
  clock: Clock,
  { url, quietMs, signal: outer, onMoved, onFailure, failureOf, ...policy }: Movement,
  attempt: (signal: AbortSignal, moved: () => void, number: number) => Promise<T>,
): Promise<T> {
  let said: WireFailure | null = null;
  const onRetry = (failure: WireFailure): void => {
    said = failure.fault === 'status' ? failure : null;
  };
  const late = (): WireFailure => {
    if (said) return said;
    const detail = `Nothing moved to or from ${new URL(url).origin} for ${quietMs / 1000} s.`;
    const failure = timedOut(detail, `no byte in ${quietMs} ms`);
    onFailure?.(failure);
    return failure;
  };
  const transfer = (signal: AbortSignal, postpone: () => void): Promise<T> => {
    let movedAt = clock.now();
    const leftMs = (): number => movedAt + quietMs - clock.now();
    const moved = (): void => {
      movedAt = clock.now();
      said = null;
      onMoved();
      postpone();
    };
    return withRetries(clock, { ...policy, signal, leftMs, onRetry }, async (number) => {
      try {
        return await attempt(signal, moved, number);
      } catch (error) {
        const failure = failureOf(error, signal);
        onFailure?.(failure);
        throw failure;
      }
    });
  };
  return withDeadline(quietMs, outer, transfer, late);
}

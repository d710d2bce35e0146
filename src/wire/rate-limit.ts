import { dateOf } from './errors.js';
import { type Clock, LONGEST_PAUSE_MS, pauseFor } from './retry.js';
import { WireFailure } from './wire-failure.js';

/** A delay in seconds is no such number: it is a time since the epoch. */
const LEAST_EPOCH = 1e9;

/**
 * The pauses that a server asks for, kept by all requests to it: `Retry-After` of any answer, and
 * `RateLimit-Remaining` with `RateLimit-Reset` (seconds, or when that is) when nothing remains. No pause is longer than
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
      await pauseFor(this.clock, left, signal);
    }
  }

  observe(headers: Readonly<Record<string, string>>, retryAfterMs: number | null): void {
    if (retryAfterMs !== null) this.pause(retryAfterMs);
    const remaining = Number(headers['ratelimit-remaining'] ?? Number.NaN);
    const reset = Number(headers['ratelimit-reset'] ?? Number.NaN);
    if (!(remaining < 1 && reset > 0)) return;
    this.pause(reset > LEAST_EPOCH ? reset * 1000 - dateOf(headers, this.clock.date()) : reset * 1000);
  }

  private left(): number {
    return this.until - this.clock.now();
  }

  private pause(ms: number): void {
    this.until = Math.max(this.until, this.clock.now() + Math.min(ms, LONGEST_PAUSE_MS));
  }
}

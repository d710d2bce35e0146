import { pauseOf } from '../errors.js';
import { type Clock, LONGEST_PAUSE_MS, pauseFor } from '../retry.js';
import { WireFailure } from '../wire-failure.js';

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
      await pauseFor(this.clock, left, signal);
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

import type { Api } from '../api/api.js';
import { type RetryPolicy, withDeadline, withRetries } from '../retry.js';
import { Slots, Turns } from '../slots.js';
import { networkFailure } from '../transport/network-failure.js';
import { MOST_TRANSFERS } from '../transport/transport.js';
import { timedOut, type WireFailure } from '../wire-failure.js';

interface Bounds extends Pick<RetryPolicy, 'isRetryable' | 'signal'> {
  /** How long nothing may move, in milliseconds. */
  readonly quietMs: number;
  /** Nobody waits for it yet: all others go first. @default false */
  readonly isAhead?: boolean | undefined;
  /** Hears of the failure of each attempt. */
  readonly onFailure?: ((failure: WireFailure) => void) | undefined;
}

/** Transfers of one direction, which have their turns for themselves: however much is sent, who reads has one. */
export class Way {
  private readonly slots: Slots;

  constructor(private readonly api: Api) {
    this.slots = new Slots(new Turns(MOST_TRANSFERS), api.config.timeouts.call, api.clock, api.onWaiting);
  }

  /**
   * All attempts of a transfer, as long as it moves: it may take hours, but not stand still. Rejects with ETIMEDOUT when
   * nothing has moved for `quietMs`; where the storage said why, and then nothing, with that.
   */
  run<T>(
    url: string,
    { quietMs, isRetryable, isAhead, signal: outer, onFailure }: Bounds,
    attempt: (signal: AbortSignal, moved: () => void, number: number) => Promise<T>,
  ): Promise<T> {
    const { clock } = this.api;
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
        this.slots.moved();
        postpone();
      };
      const policy = { signal, leftMs, isRetryable, onPause: this.api.onPause(url), onRetry };
      return withRetries(clock, policy, async (number) => {
        try {
          return await attempt(signal, moved, number);
        } catch (error) {
          const failure = networkFailure(error, this.api.peer(url), signal);
          onFailure?.(failure);
          throw failure;
        }
      });
    };
    return this.slots.run(outer, () => withDeadline(quietMs, outer, transfer, late), isAhead);
  }
}

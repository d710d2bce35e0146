import { clearTimeout, setTimeout } from 'node:timers';
import type { Clock } from '../retry.js';
import { cancelled, WireFailure } from '../wire-failure.js';

/** What a transfer is watched by. */
export interface Movement {
  /** Aborts with the caller's, or when nothing has moved for too long. */
  readonly signal: AbortSignal;
  /** Bytes have moved. */
  moved(): void;
  /** What is left until it is too long, in milliseconds. */
  leftMs(): number;
}

/**
 * Runs a transfer, with all of its attempts, as long as it moves: it may take hours, but not stand still. Rejects with
 * ETIMEDOUT when nothing has moved for `quietMs`.
 */
export async function whileMoving<T>(
  {
    clock,
    quietMs,
    host,
    signal: outer,
  }: {
    readonly clock: Clock;
    readonly quietMs: number;
    /** For the message. */
    readonly host: string;
    readonly signal: AbortSignal | undefined;
  },
  transfer: (movement: Movement) => Promise<T>,
): Promise<T> {
  if (outer?.aborted) throw cancelled();
  const controller = new AbortController();
  let isStuck = false;
  let movedAt = clock.now();
  const timer = setTimeout(() => {
    isStuck = true;
    controller.abort();
  }, quietMs);
  const follow = (): void => controller.abort();
  outer?.addEventListener('abort', follow, { once: true });
  try {
    return await transfer({
      signal: controller.signal,
      moved: () => {
        movedAt = clock.now();
        timer.refresh();
      },
      leftMs: () => movedAt + quietMs - clock.now(),
    });
  } catch (error) {
    if (!isStuck || outer?.aborted) throw error;
    throw new WireFailure(
      'ETIMEDOUT',
      `Nothing moved to or from ${host} for ${quietMs / 1000} s.`,
      `no byte in ${quietMs} ms`,
      'timeout',
    );
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', follow);
  }
}

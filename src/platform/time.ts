import { performance } from 'node:perf_hooks';
import * as timers from 'node:timers';
import { setImmediate as turn, setTimeout as waitFor } from 'node:timers/promises';
import { runInThisContext } from 'node:vm';

/**
 * Node's own clocks and timers, taken when this package is loaded. Fake timers replace the globals, the members of
 * `node:timers` and of `process`, and what they gave out stands still until a test moves it: what has to happen for a call to
 * end doesn't wait for that, and ages and deadlines go by the time that has really passed.
 */
export const { setTimeout, clearTimeout, setImmediate, clearImmediate } = timers;

/** Resolves after so many milliseconds, as that of `node:timers/promises`. */
export const wait = waitFor;

/** Resolves in the next turn of the event loop. */
export const nextTurn = turn;

/** Milliseconds that only ever grow. Only differences count. */
export const monotonicClock = performance.now.bind(performance);

const real = runInThisContext('({ Date, process, queueMicrotask })') as Pick<
  typeof globalThis,
  'Date' | 'process' | 'queueMicrotask'
>;

/** Milliseconds since the epoch, as the machine believes. */
export const wallClock = real.Date.now;

/** Dates of this realm, for values that callers see. */
export const RealDate = Date;

export const nextTick = real.process.nextTick.bind(real.process);
export const { queueMicrotask } = real;

/**
 * Waits for what happens, but no longer than so many milliseconds; the time keeps no process alive. Its timer is gone with
 * the wait: it would keep all that led to it, which in a test runner is a test file with all its modules.
 */
export async function waitAtMost(ms: number, happening: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeOver = new Promise((resolve) => {
    timer = setTimeout(resolve, ms).unref();
  });
  try {
    await Promise.race([happening, timeOver]);
  } finally {
    clearTimeout(timer);
  }
}

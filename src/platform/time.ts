import * as timers from 'node:timers';
import { promisify } from 'node:util';
import { theGlobal, theProcess } from './realm.js';

/**
 * Node's own clocks and timers, taken when this package is loaded. Fake timers replace the globals, the members of
 * `node:timers` and of `process`, and what they gave out stands still until a test moves it: what has to happen for a call to
 * end doesn't wait for that, and ages and deadlines go by the time that has really passed.
 */
export const { setTimeout, clearTimeout, setImmediate, clearImmediate } = timers;

/** Resolves after so many milliseconds: that of `node:timers/promises`, a module that tests like to mock. */
export const wait = promisify(setTimeout);

/** Resolves in the next turn of the event loop. */
export const nextTurn = promisify(setImmediate);

const { performance } = theProcess.getBuiltinModule('node:perf_hooks');

/**
 * Milliseconds that only ever grow. Only differences count. A spy on `performance.now` hides its prototype's, which Bun has
 * none of.
 */
const { now = performance.now }: Partial<typeof performance> = Object.getPrototypeOf(performance);
export const monotonicClock = now.bind(performance);

/** Milliseconds since the epoch, as the machine believes. */
export const wallClock = theGlobal.Date.now;

/** Dates of this realm, for values that callers see. */
export const RealDate = Date;
/** By the global's name, which the packages in our files use (`scripts/bundle-esm.mjs`): tests may put anything there. */
export { RealDate as Date };

export const nextTick = theProcess.nextTick.bind(theProcess);
export const { queueMicrotask } = theGlobal;

/**
 * Runs a callback of somebody else's. What it throws is thrown in a turn of its own, as an uncaught exception: it isn't
 * the business of whoever happens to receive messages now, which may be a sync call of a third party.
 */
export function throwLater(callback: () => void): void {
  try {
    callback();
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown;
    });
  }
}

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

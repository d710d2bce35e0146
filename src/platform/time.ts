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

/** Milliseconds that only ever grow. Only differences count. A spy on `performance.now` hides its prototype's. */
export const monotonicClock = (Object.getPrototypeOf(performance) as typeof performance).now.bind(
  performance,
);

/** Milliseconds since the epoch, as the machine believes. */
export const wallClock = theGlobal.Date.now;

/** Dates of this realm, for values that callers see. */
export const RealDate = Date;

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

/** Resolves after so many milliseconds; keeps no process alive. */
export const timeOver = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

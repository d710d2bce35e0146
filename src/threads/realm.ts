import { setTimeout } from 'node:timers';
import { runInThisContext } from 'node:vm';

/**
 * The process and the global object of this thread. Test runners give each test file copies of both, which emit nothing
 * when the process ends; only the real ones hear of that.
 */
export const theProcess = runInThisContext('process') as NodeJS.Process;
export const theGlobal = runInThisContext('globalThis') as typeof globalThis & Record<symbol, unknown>;

/** Resolves after so many milliseconds; keeps no process alive. Node's own timer, whatever a test has put in its place. */
export const timeOver = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

/**
 * Runs a callback of somebody else's. What it throws is thrown in a turn of its own, as an uncaught exception: it isn't
 * the business of whoever happens to receive messages now, which may be a sync call of a third party.
 */
export function throwLater(callback: () => void): void {
  try {
    callback();
  } catch (thrown) {
    theGlobal.queueMicrotask(() => {
      throw thrown;
    });
  }
}

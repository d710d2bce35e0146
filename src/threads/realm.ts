import { runInThisContext } from 'node:vm';
import { queueMicrotask } from '../platform/time.js';

/**
 * The process and the global object of this thread. Test runners give each test file copies of both, which emit nothing
 * when the process ends; only the real ones hear of that.
 */
export const theProcess = runInThisContext('process') as NodeJS.Process;
export const theGlobal = runInThisContext('globalThis') as typeof globalThis & Record<symbol, unknown>;

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

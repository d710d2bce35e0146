import { theGlobal } from '../threads/realm.js';

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

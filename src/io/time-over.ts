import { setTimeout } from 'node:timers';

/** Resolves after so many milliseconds; keeps no process alive. Node's own timer, whatever a test has put in its place. */
export const timeOver = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

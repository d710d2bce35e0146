import { setImmediate } from 'node:timers';
import { parentPort } from 'node:worker_threads';
import { serveTasks } from '../../../dist/esm/threads/own-threads.js';

// Every task has ended when it has begun; it tells of that.
const rest = serveTasks(() =>
  setImmediate(() => {
    rest();
    parentPort?.postMessage('ended');
  }),
);

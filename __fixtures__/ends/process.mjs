/** Writes, and ends as its argument says: `node process.mjs <end>`. In a worker the argument is its workerData. */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { createWandbFs } from 'wandb-fs';
import contents from './contents.cjs';

const stay = () => setInterval(() => {}, 1000);

const ends = {
  natural: () => {},
  'exit()': () => process.exit(),
  'exit(0)': () => process.exit(0),
  'exit(3)': () => process.exit(3),
  throw: () => {
    throw new Error('a bug');
  },
  reject: () => {
    void Promise.reject(new Error('a bug'));
    stay();
  },
  abort: () => process.abort(),
  stay,
  'exit(5) when told': stay,
};

const end = isMainThread ? process.argv[2] : workerData;
if (end === 'exit(5) when told') process.on('SIGTERM', () => process.exit(5));
await contents.writePart(createWandbFs, 0);
parentPort?.postMessage('written');
// A top-level await that rejects isn't an uncaught exception.
setImmediate(ends[end]);

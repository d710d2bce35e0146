/**
 * Writes, and ends as its argument says: `node process.cjs <end>`. In a worker the argument is its workerData. CommonJS,
 * for that is loaded in half the time, and there are many of these.
 */
const { isMainThread, parentPort, workerData } = require('node:worker_threads');
const { createWandbFs } = require('wandb-fs');
const { writePart } = require('./contents.cjs');

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
writePart(createWandbFs, 0).then(() => {
  parentPort?.postMessage('written');
  // What is thrown in a promise isn't an uncaught exception.
  setImmediate(ends[end]);
});

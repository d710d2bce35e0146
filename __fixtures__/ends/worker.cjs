/** Starts `process.cjs` in a worker, and ends with its exit code: `node worker.cjs <end> [what this thread does then]`. */
const { join } = require('node:path');
const { Worker } = require('node:worker_threads');

const [end, then] = process.argv.slice(2);
const worker = new Worker(join(__dirname, 'process.cjs'), { workerData: end });
worker.on('error', () => {});
worker.on('exit', (code) => {
  process.exitCode = code;
});
worker.on('message', () => {
  if (then === 'terminate') void worker.terminate();
  if (then === 'exit') process.exit(0);
});

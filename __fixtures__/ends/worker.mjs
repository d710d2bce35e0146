/** Starts `process.mjs` in a worker, and ends with its exit code: `node worker.mjs <end> [what this thread does then]`. */
import { Worker } from 'node:worker_threads';

const [end, then] = process.argv.slice(2);
const worker = new Worker(new URL('./process.mjs', import.meta.url), { workerData: end });
worker.on('error', () => {});
worker.on('exit', (code) => {
  process.exitCode = code;
});
worker.on('message', () => {
  if (then === 'terminate') void worker.terminate();
  if (then === 'exit') process.exit(0);
});

import { workerData } from 'node:worker_threads';
import { BEAT, BEAT_MS } from './beat.js';
import { failureOf } from './failure-of.js';
import type { ThreadData } from './protocol.js';
import type { Post } from './serve.js';

/**
 * The owner's thread. A blocked kernel hears of nothing but messages and the counter, the thread's own end included: so
 * the guard stands before anything is loaded that could fail.
 */
const data: ThreadData = workerData;
const counter = new Int32Array(data.counter);
const post: Post = (answer, transfers = []) => {
  data.port.postMessage(answer, [...transfers]);
  Atomics.add(counter, 0, 1);
  Atomics.notify(counter, 0);
};
const beat = (): void => void Atomics.add(counter, BEAT, 1);
// At once: a thread that ends before its first interval has lived, too.
beat();
setInterval(beat, BEAT_MS).unref();
let reason = '';
process.on('uncaughtExceptionMonitor', (error) => {
  reason = `: ${failureOf(error).cause}`;
});
process.on('exit', (code) => post({ type: 'gone', detail: `exit code ${code}${reason}` }));

const { serve } = await import('./serve.js');
serve(data, post);

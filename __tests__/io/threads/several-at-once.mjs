/** A thread that lives, and answers the first request with three replies in one message. */
import { workerData } from 'node:worker_threads';

const { port, counter } = workerData.task;
const counts = new Int32Array(counter);
Atomics.add(counts, 1, 1);
port.once('message', () => {
  port.postMessage([1, 2, 3].map((id) => ({ type: 'reply', id, reply: { ok: true, value: null } })));
  Atomics.add(counts, 0, 1);
  Atomics.notify(counts, 0);
  port.close();
});

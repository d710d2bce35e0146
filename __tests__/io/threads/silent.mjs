/** A thread that lives and answers nothing but the request to end. */
import { workerData } from 'node:worker_threads';

const { port, counter } = workerData;
port.on('message', ({ id, method }) => {
  if (method !== 'close') return;
  port.postMessage({ type: 'reply', id, reply: { ok: true, value: null } });
  Atomics.add(new Int32Array(counter), 0, 1);
  port.close();
});

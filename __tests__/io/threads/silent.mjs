/** A thread that has lived, and answers nothing but the request to end. */
import { workerData } from 'node:worker_threads';

const { port, counter } = workerData.task;
Atomics.add(new Int32Array(counter), 1, 1);
port.on('message', (requests) => {
  const close = requests.find(({ method }) => method === 'close');
  if (!close) return;
  port.postMessage([{ type: 'reply', id: close.id, reply: { ok: true, value: null } }]);
  Atomics.add(new Int32Array(counter), 0, 1);
  port.close();
});

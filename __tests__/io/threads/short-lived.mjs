/** The owner's thread, but any flush ends it. */
import { workerData } from 'node:worker_threads';

await import('../../../dist/esm/io/thread.js');
workerData.port.on('message', (requests) => {
  if (requests.some(({ method }) => method === 'flush')) process.exit(7);
});

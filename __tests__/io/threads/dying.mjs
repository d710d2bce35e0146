/** The owner's thread, but `mkdir` of some names ends it. */
import { workerData } from 'node:worker_threads';

await import('../../../dist/esm/io/thread.js');
workerData.port.on('message', ({ method, args }) => {
  if (method !== 'mkdir') return;
  if (args.path.endsWith('/exit')) process.exit(3);
  if (args.path.endsWith('/throw')) {
    setImmediate(() => {
      throw new Error('a bug at https://storage.example/x?Signature=secret');
    });
  }
});

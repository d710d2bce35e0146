/** The owner's thread, but `mkdir` of some names ends it. */
import { onRequests } from './requests.mjs';

await import('../../../dist/esm/io/owner/thread.js');
onRequests((requests) => {
  const made = requests.filter(({ method }) => method === 'mkdir').map(({ args }) => args.path);
  if (made.includes('e/p/exit')) process.exit(3);
  if (made.includes('e/p/throw')) {
    setImmediate(() => {
      throw new Error('a bug at https://storage.example/x?Signature=secret');
    });
  }
});

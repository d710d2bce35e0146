/** The owner's thread, but `mkdir` of some names ends it. */
import { onRequests } from './requests.mjs';

const { served } = await import('../../../dist/esm/io/owner/thread.js');
await served;
onRequests((requests) => {
  const made = requests.filter(({ method }) => method === 'mkdir').map(({ args }) => args.path);
  if (made.includes('e/p/exit')) process.exit(3);
  if (made.includes('e/p/throw')) {
    setImmediate(() => {
      throw new Error('a bug at https://storage.example/x?Signature=secret');
    });
  }
});

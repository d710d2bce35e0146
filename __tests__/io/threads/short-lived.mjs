/** The owner's thread, but any flush ends it. */
import { onRequests } from './requests.mjs';

await import('../../../dist/esm/io/owner/thread.js');
onRequests((requests) => {
  if (requests.some(({ method }) => method === 'flush')) process.exit(7);
});

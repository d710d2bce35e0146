/** The owner's thread, but any flush ends it. */
import { onRequests } from './requests.mjs';

const { served } = await import('../../../dist/esm/io/owner/thread.js');
await served;
onRequests((requests) => {
  if (requests.some(({ method }) => method === 'flush')) process.exit(7);
});

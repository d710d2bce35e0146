/** The owner's thread, but any flush ends it until there is a file that the environment names. */
import { existsSync } from 'node:fs';
import { onRequests } from './requests.mjs';

const { served } = await import('../../../dist/esm/io/owner/thread.js');
await served;
onRequests((requests) => {
  if (existsSync(process.env.LIVES_WITH ?? '')) return;
  if (requests.some(({ method }) => method === 'flush')) process.exit(7);
});

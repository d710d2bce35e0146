import { join } from 'node:path';
import { build } from 'esbuild';

/** The queue, with Node's own timers whatever tests put in their place (`src/platform/time.ts`). */
const QUEUE = 'esm/wire/p-queue.js';
const QUEUE_TIME = "import { clearTimeout, queueMicrotask, setTimeout } from '../platform/time.js';";

/** What is used of the packages for GraphQL. */
const GRAPHQL = 'esm/wire/api/graphql.js';

/** What the threads load: the I/O thread, the local server's, and the fault proxy's. */
const THREADS = [
  'esm/io/owner/serve.js',
  'esm/testing/server/server-thread.js',
  'esm/testing/fault-proxy/thread.js',
];

/**
 * Makes one file each, in its place, of modules of the ESM build that would load a hundred small ones, most of them of
 * `graphql`: it was a third of what loading this package took, and most of the start of a thread, which comes with the
 * first request and with a local server of many a test.
 *
 * @param made where the build is made
 */
export async function bundleEsm(made) {
  // The threads' files have it in them.
  await Promise.all([bundle(made, GRAPHQL), bundle(made, QUEUE, QUEUE_TIME)]);
  await Promise.all(THREADS.map((file) => bundle(made, file)));
}

const bundle = (made, file, banner = '') =>
  build({
    entryPoints: [join(made, file)],
    outfile: join(made, file),
    allowOverwrite: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    // The ESM files of `graphql`: only from them can be left out what isn't used.
    mainFields: ['module', 'main'],
    external: ['undici', 'memfs', 'lru-cache'],
    // `graphql` looks at every value that it passes for another copy of itself: here is one.
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: { js: banner },
    sourcemap: true,
    logLevel: 'error',
  });

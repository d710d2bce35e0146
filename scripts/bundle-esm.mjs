import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/** What is used of the packages for GraphQL. */
const GRAPHQL = 'esm/wire/api/graphql.js';

/** What the local server's thread begins with. */
const SERVER = 'esm/testing/server/server-thread.js';

/** What the threads load: the I/O thread, the local server's when it listens, and the fault proxy's. */
const THREADS = [
  'esm/io/owner/serve.js',
  'esm/testing/server/served.js',
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
  await bundle(made, GRAPHQL);
  await Promise.all(THREADS.map((file) => bundle(made, file)));
  await bundle(made, SERVER, {
    outfile: join(made, SERVER.replace(/\.js$/, '.cjs')),
    // A thread that begins with CommonJS is there a third sooner, and many a test waits for it.
    format: 'cjs',
    external: ['./served.js'],
  });
  await Promise.all(['', '.map'].map((end) => rm(join(made, SERVER + end))));
}

const bundle = (made, file, options = {}) =>
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
    sourcemap: true,
    logLevel: 'error',
    ...options,
  });

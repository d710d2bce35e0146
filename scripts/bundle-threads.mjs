import { join } from 'node:path';
import { build } from 'esbuild';

/** What the threads load, relative to the build: the I/O thread, the local server's, and the fault proxy's. */
const FILES = [
  'esm/io/owner/serve.js',
  'esm/testing/server/server-thread.js',
  'esm/testing/fault-proxy/thread.js',
];

/**
 * Makes one file of what each thread loads. The I/O thread starts with the first request, a local server with many a
 * test, and most of their start was the loading of a hundred small modules, most of them of `graphql`.
 *
 * @param made where the build is made; the threads' files are replaced in it
 */
export const bundleThreads = (made) =>
  Promise.all(
    FILES.map((file) =>
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
        sourcemap: true,
        logLevel: 'error',
      }),
    ),
  );

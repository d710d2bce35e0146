import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Makes one file of what the I/O thread loads. A thread starts with the first request, and half of its start was the
 * loading of a hundred small modules, most of them of `graphql`, of which little is used.
 *
 * @param made where the build is made; `esm/io/serve.js` is replaced
 */
export const bundleThread = (made) =>
  build({
    entryPoints: [join(made, 'esm/io/serve.js')],
    outfile: join(made, 'esm/io/serve.js'),
    allowOverwrite: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    // The ESM files of `graphql`: only from them can be left out what isn't used.
    mainFields: ['module', 'main'],
    external: ['undici', 'memfs', 'lru-cache', 'unionfs'],
    sourcemap: true,
    logLevel: 'error',
  });

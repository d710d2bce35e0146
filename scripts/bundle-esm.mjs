import { readFile, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { build } from 'esbuild';

/** The I/O thread's file listens at once, and loads this one for its first task. */
const SERVE_OUTSIDE = {
  name: 'serve-outside',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\/serve\.js$/ }, ({ path }) => ({ path, external: true })),
};

/**
 * memfs, undici and the demo's unionfs are CommonJS, and require modules of Node, some of which not each Node has. An ESM file
 * has no `require`, and one made by `createRequire` would need the file's address, which bundlers of users' programs don't
 * know.
 */
const REQUIRED_OF_NODE = {
  name: 'required-of-node',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === 'require-call' && isBuiltin(path) ? { path, namespace: 'required-of-node' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'required-of-node' }, ({ path }) => ({
      contents: `
        const found = process.getBuiltinModule(${JSON.stringify(path)});
        if (!found) throw Object.assign(new Error('No such built-in module: ${path}'), { code: 'ERR_UNKNOWN_BUILTIN_MODULE' });
        module.exports = found;`,
    }));
  },
};

/** undici looks for `__filename`, which webpack claims to be there in ESM, where it isn't. */
const NO_FILENAME = {
  name: 'no-filename',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]undici[\\/].*\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll('__filename', 'undefined'),
    })),
};

/** What the threads load: the I/O thread, the local server's, and the fault proxy's. */
const THREADS = [
  'esm/io/owner/thread.js',
  'esm/io/owner/serve.js',
  'esm/testing/server/server-thread.js',
  'esm/testing/fault-proxy/thread.js',
];

/**
 * Makes few files, in their places, of modules of the ESM build that would load hundreds of small ones: they were two thirds
 * of what loading this package took, and most of the start of a thread, which comes with the first request and with a local
 * server of many a test. The modules themselves stay beside them for the tools that look at one, and out of the package.
 *
 * @param made where the build is made
 * @param entries of the package, relative to `made`: what they share they go on sharing
 */
export async function bundleEsm(made, entries) {
  const bundles = [...THREADS.map((file) => [file]), entries];
  await Promise.all(bundles.map((files) => bundle(made, files)));
  const packed = bundles.flat().map((file) => posix.relative('esm', file));
  const lines = [
    '*.js',
    '*.js.map',
    '!/shared/*',
    ...packed.flatMap((file) => [`!/${file}`, `!/${file}.map`]),
  ];
  await writeFile(join(made, 'esm/.npmignore'), `${lines.join('\n')}\n`);
}

const bundle = (made, files) =>
  build({
    entryPoints: files.map((file) => join(made, file)),
    outbase: join(made, 'esm'),
    outdir: join(made, 'esm'),
    // Below the root of the build like each layer: from there a module finds the files of threads.
    chunkNames: 'shared/[name]-[hash]',
    splitting: files.length > 1,
    allowOverwrite: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    // The ESM files of `graphql`: only from them can be left out what isn't used.
    mainFields: ['module', 'main'],
    external: ['lru-cache'],
    plugins: [SERVE_OUTSIDE, REQUIRED_OF_NODE, NO_FILENAME],
    // `graphql` looks at every value that it passes for another copy of itself: here is one.
    define: { 'process.env.NODE_ENV': '"production"' },
    sourcemap: true,
    logLevel: 'error',
  });

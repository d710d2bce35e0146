import { isBuiltin } from 'node:module';
import { dirname, join, posix, relative } from 'node:path';
import { build } from 'esbuild';
import { LATE_MEMFS } from './late-memfs.mjs';
import { ownHeaders } from './own-headers.mjs';

/** The I/O thread's file listens at once, and loads this one for its first task. */
const SERVE_OUTSIDE = {
  name: 'serve-outside',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\/serve\.js$/ }, ({ path }) => ({ path, external: true })),
};

/**
 * undici is a file of its own beside the chunks, in place of a dependency that whoever bundles this package would find:
 * rollup would have all modules loaded at once that it may require, and not each Node has them; esbuild has no `require` in
 * ESM.
 */
const UNDICI = 'esm/shared/undici.js';
const undiciOutside = (path) => ({
  name: 'undici-outside',
  setup: ({ onResolve }) => onResolve({ filter: /^\.\/undici\.js$/ }, () => ({ path, external: true })),
});

/**
 * What is used of undici, as its entry makes it. The rest of it is as much again, and costs each thread's start; a part of that
 * puts an agent under the process's `fetch`, so without it Node's own need not be loaded first (`src/platform/nodes-fetch.ts`).
 */
const UNDICI_USED = {
  name: 'undici-used',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace: 'undici-used' }));
    onResolve({ filter: /\/nodes-fetch\.js$/ }, () => ({ path: 'nothing', namespace: 'nothing' }));
    // Our connectors don't offer HTTP/2; Node's part of it is loaded in some milliseconds.
    onLoad({ filter: /[/\\]client-h2\.js$/ }, () => ({
      contents: `module.exports = () => { throw new Error('HTTP/2 was agreed on, though it was not offered.'); };`,
    }));
    onLoad({ filter: /./, namespace: 'nothing' }, () => ({ contents: '' }));
    onLoad({ filter: /./, namespace: 'undici-used' }, () => ({
      resolveDir: import.meta.dirname,
      contents: `
        Object.assign(require('undici/lib/dispatcher/dispatcher.js').prototype, require('undici/lib/api'));
        exports.Agent = require('undici/lib/dispatcher/agent.js');
        exports.buildConnector = require('undici/lib/core/connect.js');
        exports.Pool = require('undici/lib/dispatcher/pool.js');`,
    }));
  },
};

const HEADERS = 'esm/wire/api/headers.js';

/** What the local server's thread begins with. */
const SERVER = 'esm/testing/server/server-thread.js';

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

/**
 * Modules of Node that are got from the process, and what is used of them. An import makes an ES module of all of their
 * members, and some of those load much when they are asked for: `diff` of `util` 6 ms of a core in each thread, `WebSocket` of
 * `http`, with which comes all of `fetch`, 75.
 */
const GOT_OF_NODE = {
  'node:http': ['Agent', 'createServer', 'request'],
  'node:util': [
    'getSystemErrorMap',
    'inspect',
    'isDeepStrictEqual',
    'promisify',
    'stripVTControlCharacters',
    'types',
  ],
};

const MEMBERS_OF_NODE = {
  name: 'members-of-node',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' && path in GOT_OF_NODE ? { path, namespace: 'members-of-node' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'members-of-node' }, ({ path }) => ({
      contents: `export const { ${GOT_OF_NODE[path].join(', ')} } = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

const PLUGINS = [SERVE_OUTSIDE, LATE_MEMFS, REQUIRED_OF_NODE, MEMBERS_OF_NODE];

/** What the threads load: the I/O thread, the local server's when it listens, and the fault proxy's. */
const THREADS = [
  'esm/io/owner/thread.js',
  'esm/io/owner/serve.js',
  'esm/testing/server/served.js',
  'esm/testing/fault-proxy/thread.js',
];

/**
 * Makes few files, in their places, of modules of the ESM build that would load hundreds of small ones: they were two thirds
 * of what loading this package took, and most of the start of a thread, which comes with the first request and with a local
 * server of many a test. The modules themselves stay beside them for the tools that look at one, and out of the package.
 *
 * @param options.made where the build is made
 * @param options.entries of the package, relative to `made`: what they share they go on sharing
 * @param options.dependencies names of the packages that are installed with this one
 * @returns `outputs`: what was made, relative to `made`; `inputs`: paths of what it was made of
 */
export async function bundleEsm({ made, entries, dependencies }) {
  const bundles = [...THREADS.map((file) => [file]), entries];
  // What a thread loads is one file; of the entries, the chunk that loads undici is beside it.
  const undiciFrom = (files) =>
    undiciOutside(files === entries ? './undici.js' : posix.relative(posix.dirname(files[0]), UNDICI));
  const external = dependencies.filter((name) => name !== 'undici');
  const metafiles = await Promise.all([
    ...bundles.map((files) =>
      bundle(made, files, {
        external,
        plugins: [...PLUGINS, ownHeaders(join(made, HEADERS)), undiciFrom(files)],
      }),
    ),
    bundle(made, ['esm/wire/transport/undici.js'], {
      outbase: join(made, 'esm/wire/transport'),
      outdir: dirname(join(made, UNDICI)),
      plugins: [UNDICI_USED, REQUIRED_OF_NODE, MEMBERS_OF_NODE],
    }),
  ]);
  const server = await bundle(made, [SERVER], {
    // A thread that begins with CommonJS is there a third sooner, and many a test waits for it.
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: ['./served.js'],
  });
  return {
    outputs: [...metafiles, server]
      .flatMap(({ outputs }) => Object.keys(outputs))
      .map((file) => relative(made, file)),
    inputs: [...metafiles, server].flatMap(inputsOf),
  };
}

/** What of a bundle's inputs is in it. */
export const inputsOf = ({ outputs }) =>
  Object.values(outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((input) => inputs[input].bytesInOutput > 0),
  );

async function bundle(made, files, options) {
  const { metafile } = await build({
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
    // What packages in it make of turns of the event loop and of time, too (`src/platform/time.ts`).
    inject: [join(made, 'esm/platform/time.js')],
    plugins: PLUGINS,
    // `graphql` looks at every value that it passes for another copy of itself: here is one.
    define: { 'process.env.NODE_ENV': '"production"' },
    metafile: true,
    logLevel: 'error',
    ...options,
  });
  return metafile;
}

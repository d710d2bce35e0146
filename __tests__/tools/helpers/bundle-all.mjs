/**
 * Bundles `main.js` of a project by each bundler, as the README says, into a directory of its own below another one. Prints
 * what failed, by the bundlers' names. One process, for some of them can't run in Jest's.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import ncc from '@vercel/ncc';
import { build as esbuild } from 'esbuild';
import { rolldown } from 'rolldown';
import { rollup } from 'rollup';
import { build as vite } from 'vite';
import webpack from 'webpack';

const [project, out] = process.argv.slice(2);
process.chdir(project);

const input = { main: join(project, 'main.js'), 'wandb-fs-thread': 'wandb-fs/thread' };
const inNode = { bundle: true, platform: 'node', logLevel: 'silent' };
const webpacked = async (options) => {
  const stats = await promisify(webpack)({
    context: project,
    entry: input,
    target: 'node20',
    mode: 'none',
    ...options,
  });
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  if (errors.length + warnings.length > 0)
    throw new Error([...errors, ...warnings].map(({ message }) => message).join('\n'));
};
/** What rollup and its like warn of is worth a look. */
const onwarn = ({ code, message }) => {
  if (code !== 'UNUSED_EXTERNAL_IMPORT' && code !== 'CIRCULAR_DEPENDENCY') throw new Error(message);
};
const names = { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' };

const BUNDLERS = {
  esbuild: (outdir) =>
    esbuild({ ...inNode, entryPoints: input, outdir, format: 'esm', outExtension: { '.js': '.mjs' } }),
  'esbuild-cjs': (outdir) => esbuild({ ...inNode, entryPoints: input, outdir, format: 'cjs' }),
  'esbuild-split': (outdir) =>
    esbuild({
      ...inNode,
      entryPoints: input,
      outdir,
      format: 'esm',
      splitting: true,
      chunkNames: 'chunks/[name]-[hash]',
      outExtension: { '.js': '.mjs' },
    }),
  'esbuild-alone': (outdir) => esbuild({ ...inNode, entryPoints: [input.main], outdir, format: 'cjs' }),
  webpack: (path) => webpacked({ output: { path } }),
  'webpack-esm': (path) =>
    webpacked({
      output: { path, filename: '[name].mjs', chunkFilename: '[id].mjs', module: true },
      experiments: { outputModule: true },
    }),
  rollup: async (dir) => {
    const bundle = await rollup({
      input,
      plugins: [nodeResolve({ exportConditions: ['node'] })],
      onwarn,
      // The longest part of it.
      treeshake: false,
    });
    await bundle.write({ dir, ...names });
  },
  rolldown: async (dir) => {
    const bundle = await rolldown({ input, platform: 'node' });
    await bundle.write({ dir, ...names });
  },
  vite: (outDir) =>
    vite({
      root: project,
      configFile: false,
      logLevel: 'silent',
      ssr: { noExternal: true },
      build: { ssr: true, outDir, emptyOutDir: true, rollupOptions: { input, output: names } },
    }),
  ncc: async (directory) => {
    const thread = createRequire(input.main).resolve('wandb-fs/thread');
    await packed(input.main, join(directory, 'main.mjs'));
    await packed(thread, join(directory, 'wandb-fs-thread/index.mjs'));
  },
};

async function packed(file, to) {
  const { code, assets } = await ncc(file, { quiet: true, cache: false });
  const files = Object.entries(assets).map(([name, { source }]) => [join(dirname(to), name), source]);
  for (const [path, content] of [[to, code], ...files]) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

const failed = {};
for (const [name, bundle] of Object.entries(BUNDLERS)) {
  try {
    await bundle(join(out, name));
  } catch (error) {
    failed[name] = String(error);
  }
}
process.stdout.write(JSON.stringify(failed));

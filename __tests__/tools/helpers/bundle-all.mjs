/**
 * Bundles `main.js` of a project by the bundlers that are named, as the README says, into a directory of its own each below
 * another one. Prints what failed, by the bundlers' names. One process, for some of them can't run in Jest's.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const [project, out, ...names] = process.argv.slice(2);
process.chdir(project);

const input = { main: join(project, 'main.js'), 'wandb-fs-thread': 'wandb-fs/thread' };
const output = { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' };

async function byEsbuild(options) {
  const { build } = await import('esbuild');
  const common = { absWorkingDir: project, bundle: true, platform: 'node', logLevel: 'silent' };
  await build({ ...common, entryPoints: input, ...options });
}

const BUNDLERS = {
  esbuild: (outdir) =>
    byEsbuild({
      outdir,
      format: 'esm',
      splitting: true,
      chunkNames: 'chunks/[name]-[hash]',
      outExtension: { '.js': '.mjs' },
    }),
  'esbuild-cjs': (outdir) => byEsbuild({ outdir, format: 'cjs' }),
  webpack: async (path) => {
    const { default: webpack } = await import('webpack');
    const options = { context: project, entry: input, target: 'node20', mode: 'none', output: { path } };
    const stats = await promisify(webpack)(options);
    const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
    if (errors.length + warnings.length > 0)
      throw new Error([...errors, ...warnings].map(({ message }) => message).join('\n'));
  },
  rollup: async (dir) => {
    const { nodeResolve } = await import('@rollup/plugin-node-resolve');
    const { rollup } = await import('rollup');
    const bundle = await rollup({
      input,
      plugins: [nodeResolve({ exportConditions: ['node'] })],
      onwarn: ({ code, message }) => {
        if (code !== 'UNUSED_EXTERNAL_IMPORT' && code !== 'CIRCULAR_DEPENDENCY') throw new Error(message);
      },
      // The longest part of it.
      treeshake: false,
    });
    await bundle.write({ dir, ...output });
  },
  rolldown: async (dir) => {
    const { rolldown } = await import('rolldown');
    const bundle = await rolldown({ input, platform: 'node' });
    await bundle.write({ dir, ...output });
  },
  vite: async (outDir) => {
    const { build } = await import('vite');
    await build({
      root: project,
      configFile: false,
      logLevel: 'silent',
      ssr: { noExternal: true },
      build: { ssr: true, outDir, emptyOutDir: true, rollupOptions: { input, output } },
    });
  },
  ncc: async (directory) => {
    const thread = createRequire(input.main).resolve('wandb-fs/thread');
    await packed(input.main, join(directory, 'main.mjs'));
    await packed(thread, join(directory, 'wandb-fs-thread/index.mjs'));
  },
};

async function packed(file, to) {
  const { default: ncc } = await import('@vercel/ncc');
  const { code, assets } = await ncc(file, { quiet: true, cache: false });
  const files = Object.entries(assets).map(([name, { source }]) => [join(dirname(to), name), source]);
  for (const [path, content] of [[to, code], ...files]) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

const failed = {};
for (const name of names) {
  try {
    await BUNDLERS[name](join(out, name));
  } catch (error) {
    failed[name] = String(error);
  }
}
process.stdout.write(JSON.stringify(failed));

/**
 * Builds a project of the disk over a run and an artifact by one bundler; the arguments are a plan as JSON. Prints what the
 * bundle prints, or why the build failed. A process of its own, for some bundlers can't run in Jest's.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { build as esbuild } from 'esbuild';
import { rolldown } from 'rolldown';
import { rollup } from 'rollup';
import { build as vite } from 'vite';
import { createWandbArtifactFs, createWandbFs } from 'wandb-fs';
import { esbuildMounts, rollupMounts, webpackMounts } from 'wandb-fs/bundlers';
import webpack from 'webpack';

const { project, out, run, version, servers } = JSON.parse(process.argv[2]);
process.chdir(project);

const BUNDLERS = {
  esbuild: (entry, mounts, outfile) =>
    esbuild({
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      logLevel: 'silent',
      plugins: [esbuildMounts(mounts)],
    }),
  rollup: async (entry, mounts, file) =>
    (await rollup({ input: entry, plugins: [rollupMounts(mounts), nodeResolve()], onLog: () => {} })).write({
      file,
    }),
  rolldown: async (entry, mounts, file) =>
    (
      await rolldown({ input: entry, platform: 'node', plugins: [rollupMounts(mounts)], onLog: () => {} })
    ).write({ file }),
  vite: (entry, mounts, file) =>
    vite({
      root: project,
      configFile: false,
      logLevel: 'silent',
      plugins: [rollupMounts(mounts)],
      ssr: { noExternal: true },
      build: {
        ssr: entry,
        outDir: join(file, '..'),
        rollupOptions: { output: { entryFileNames: 'out.mjs' } },
      },
    }),
  webpack: async (entry, mounts, file) => {
    const stats = await promisify(webpack)({
      context: project,
      entry,
      target: 'node20',
      mode: 'none',
      experiments: { outputModule: true },
      output: { path: join(file, '..'), filename: 'out.mjs', module: true },
      plugins: [webpackMounts(mounts)],
    });
    const { errors } = stats.toJson({ all: false, errors: true });
    if (errors.length > 0) throw new Error(errors[0].message);
  },
};

const told = {};
for (const [name, bundle] of Object.entries(BUNDLERS)) {
  told[name] = {};
  for (const [how, { url, apiKey }] of Object.entries(servers)) {
    const options = { baseUrl: url, apiKey, timeout: 1000, logger: {} };
    const mounts = {
      '/mounted/run': createWandbFs({ ...options, root: run }),
      '/mounted/model': createWandbArtifactFs({ ...options, root: version }),
    };
    const file = join(out, name, how, 'out.mjs');
    const main = join(project, how === 'absent' ? 'absent.js' : 'main.js');
    try {
      await bundle(main, mounts, file);
      const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
      told[name][how] = stdout + stderr;
    } catch (error) {
      told[name][how] = `failed: ${error.message}`;
    }
    await Promise.all(Object.values(mounts).map(({ wandb }) => wandb.close()));
  }
}
process.stdout.write(JSON.stringify(told));

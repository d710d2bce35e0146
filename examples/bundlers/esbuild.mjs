import { build } from 'esbuild';
import { esbuildMounts } from 'wandb-fs/bundlers';
import { mounts } from './mounts.mjs';

await build({
  entryPoints: ['src/main.js'],
  bundle: true,
  outfile: 'out/esbuild.js',
  plugins: [esbuildMounts(mounts)],
});

import nodeFs from 'node:fs';
import { Union } from 'unionfs';
import { createWandbFs } from 'wandb-fs';
import { webpackMounts } from 'wandb-fs/bundlers';
import webpack from 'webpack';

const run = createWandbFs({ mountPoint: '/wandb/run', root: 'viewer/flowers/run-1' });

// A union of the disk and the run.
const union = new Union().use(nodeFs).use(run);
console.log(union.readFileSync('/wandb/run/site/config.json', 'utf8').trim());

// A build whose sources are on the disk and in the run.
const tree = createWandbFs({ root: 'viewer/flowers/run-1' });
const compiler = webpack({
  mode: 'none',
  target: 'node',
  entry: `${import.meta.dirname}/site/main.js`,
  output: { path: `${import.meta.dirname}/out`, filename: 'page.cjs' },
  plugins: [webpackMounts({ '/wandb/run': tree })],
});
compiler.run((error, stats) => {
  if (error || stats.hasErrors()) throw error ?? new Error(stats.toString());
  import('./out/page.cjs');
});

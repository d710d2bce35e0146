import { promisify } from 'node:util';
import { webpackMounts } from 'wandb-fs/bundlers';
import webpack from 'webpack';
import { mounts } from './mounts.mjs';

const compiler = webpack({
  mode: 'none',
  target: 'node',
  entry: './src/main.js',
  output: { path: `${import.meta.dirname}/out`, filename: 'webpack.js' },
  plugins: [webpackMounts(mounts)],
});
const stats = await promisify(compiler.run.bind(compiler))();
if (stats.hasErrors()) throw new Error(stats.toString());

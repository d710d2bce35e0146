export { esbuildMounts } from './esbuild.js';
export { rollupMounts } from './rollup.js';
export type { Mounts } from './sources.js';
export { webpackMounts } from './webpack.js';

import { rollup } from 'rollup';
import { rollupMounts } from 'wandb-fs/bundlers';
import { mounts } from './mounts.mjs';

const json = {
  name: 'json',
  transform: (code, id) => (id.endsWith('.json') ? `export default ${code};` : null),
};
const bundle = await rollup({ input: 'src/main.js', plugins: [rollupMounts(mounts), json] });
await bundle.write({ file: 'out/rollup.js' });

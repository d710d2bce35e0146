import { build } from 'vite';
import { rollupMounts } from 'wandb-fs/bundlers';
import { mounts } from './mounts.mjs';

await build({
  configFile: false,
  logLevel: 'error',
  plugins: [rollupMounts(mounts)],
  build: {
    ssr: 'src/main.js',
    outDir: 'out',
    emptyOutDir: false,
    rollupOptions: { output: { entryFileNames: 'vite.js' } },
  },
});

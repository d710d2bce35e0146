/**
 * Runs random programs of several clients through a proxy that breaks their connections, and judges by a plain model what
 * they see and what the server has in the end. Tells the seed of what fails; it can be run again with `--seed`:
 *
 *     node scripts/reliability.mjs [--minutes 60] [--programs 5000] [--seed 1] [--faults 0.2] [--only run|artifact|thread]
 *     node scripts/reliability.mjs --kills 150 [--journal]   kills processes that write
 *     node scripts/reliability.mjs --soak 180 [--faults 0.1]  a thousand readers and writers at once, so many seconds
 *
 * The package must be built.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const UNOPTIMISED = `require('../scripts/unoptimised-parser.cjs');`;
// Inside the package, so that it finds itself by its name.
const made = join(root, `.build-reliability-${process.pid}`);
await mkdir(made);
try {
  const bundle = (name, format, extension, more) =>
    build({
      entryPoints: [join(root, `__tests__/reliability/engine/${name}.ts`)],
      outdir: made,
      outExtension: { '.js': extension },
      bundle: true,
      packages: 'external',
      platform: 'node',
      format,
      target: 'node20.19',
      sourcemap: 'inline',
      logLevel: 'error',
      ...more,
    });
  // The package as CommonJS is one file: the start of a process that is to be killed takes half of what it takes as ESM.
  await Promise.all([
    bundle('main', 'esm', '.mjs'),
    bundle('writer', 'cjs', '.cjs', { banner: { js: UNOPTIMISED } }),
  ]);
  // The collector is called before memory is compared. With the default of 16 MiB it copies what is about to be garbage.
  const flags = ['--enable-source-maps', '--expose-gc', '--max-semi-space-size=64', join(made, 'main.mjs')];
  const { status } = spawnSync(process.execPath, [...flags, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  await rm(made, { recursive: true, force: true });
}

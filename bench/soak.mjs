/**
 * Minutes of mixed work by a process that is told to be small, as docs/configuration.md shows it to who has little memory: its memory
 * stays within bounds, and nothing is left behind. Writes bench/soak.json and
 * a chart of the memory, docs/soak.svg; with `--out` both lie there.
 *
 *     node bench/soak.mjs [--minutes 30] [--megabytes 700] [--out bench/soak.json]
 *
 * The package must be built. Ends with 1 where the memory was above its bound or grew, or anything is left; what is measured is
 * programs/soak.mjs, which can be run without these limits, too.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Of each thread's heap, in megabytes: flags of V8 hold for all threads. */
const FLAGS = ['--max-old-space-size=64', '--max-semi-space-size=4'];
/** Of glibc, which else keeps buffers of up to 32 MB that were freed, in an arena for each thread. */
const ALLOCATOR = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
};

const program = fileURLToPath(new URL('programs/soak.mjs', import.meta.url));
const child = spawn(process.execPath, ['--expose-gc', ...FLAGS, program, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, ...ALLOCATOR },
});
const [code, signal] = await once(child, 'exit');
if (signal) process.kill(process.pid, signal);
process.exitCode = code ?? 1;

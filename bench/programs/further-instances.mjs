/**
 * What each further instance of a process costs: memory, threads, and the time until its first read is answered, of which one
 * read of an instance that is there is taken off. The first argument tells how many; `WANDB_BASE_URL` and `WANDB_API_KEY` the server.
 */
import { readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { createWandbFs } from 'wandb-fs';

const [count, path] = process.argv.slice(2);

const settled = async () => {
  for (let round = 0; round < 3; round++) {
    globalThis.gc();
    await wait(100);
  }
  return process.memoryUsage().rss;
};
/** Threads of this process, where the system tells; a number that it doesn't tell is 0. */
const threads = () => (process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0);

const make = () => {
  const fs = createWandbFs();
  fs.readFileSync(path);
  return fs;
};
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const timed = (work) => {
  const start = performance.now();
  const value = work();
  return { value, ms: performance.now() - start };
};

const all = [];
// Connections, compiled code and the heap are there already.
for (let at = 0; at < Math.min(20, Number(count)); at++) all.push(make());
const before = { rss: await settled(), threads: threads() };
const made = [];
const refreshed = [];
for (let at = 0; at < Number(count); at++) {
  const { value, ms } = timed(make);
  all.push(value);
  made.push(ms);
  await all[0].wandb.refresh(path);
  refreshed.push(timed(() => all[0].readFileSync(path)).ms);
}
const after = { rss: await settled(), threads: threads() };
for (const fs of all) await fs.wandb.close();

const sample = {
  ms: median(made),
  againMs: median(refreshed),
  mb: (after.rss - before.rss) / 1e6 / Number(count),
  threads: after.threads - before.threads,
};
process.stdout.write(`${JSON.stringify(sample)}\n`);

/**
 * Minutes of mixed work over generated content, ever new: what bench/soak.mjs starts with its limits. Without a limit of the heaps
 * its bound says nothing.
 *
 *     node --expose-gc bench/programs/soak.mjs [--minutes 30] [--megabytes 700] [--out soak.json]
 *
 * Each round brings a run of so many megabytes (30 of them are 20 GB), does everything with it at once (soak-work.mjs), and removes
 * it. Ends with 1 where the memory was above its bound or grew, or anything is left.
 */
import { mkdtempSync, readdirSync, readlinkSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { getHeapStatistics } from 'node:v8';
import { lineChartOf } from '../line-chart.mjs';
import { collect } from '../measure.mjs';
import { machine } from '../results.mjs';
import { startServer } from '../server.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    megabytes: { type: 'string', default: '700' },
    out: { type: 'string' },
  },
});

// Private files lie in the temporary directory of the process, here one of its own: what is left in it is the package's.
const temporary = mkdtempSync(join(realpathSync(tmpdir()), 'wandb-fs-soak-'));
process.env.TMPDIR = temporary;

const { createWandbArtifactFs, createWandbFs } = await import('wandb-fs');
const { contentOfRound, workRound } = await import('../soak-work.mjs');

/** The main thread, and the one that speaks with the server: what the process is told of heaps holds for each. */
const THREADS = 2;
/** The default of `cacheBytes`, which nothing here changes, of the two instances that stay. */
const CACHES_MB = 2 * 67;
/**
 * What is on its way: the windows of two streams, half of `cacheBytes` each, 16 uploads of a MiB, the small files of a commit (16 MiB),
 * and 50 MB of buffers that were let go and aren't collected yet.
 */
const MOVING_MB = 150;
/** How much more than in its first half may be resident in a soak's second half. */
const FLAT = 1.1;

const filesIn = (directory) =>
  readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
const listenersOf = (emitter) =>
  emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);

/** Of which nothing may be left once an instance is idle; sockets wait for its next request, for as long as the server allows. */
const IDLE = ['handles', 'listeners', 'files', 'temporaryFiles'];

function isSocket(fd) {
  try {
    return readlinkSync(`/dev/fd/${fd}`).startsWith('socket:');
  } catch {
    // That by which the directory was read, which is closed by now.
    return false;
  }
}

/** What a program can leak. */
function held() {
  const fds = process.platform === 'win32' ? [] : readdirSync('/dev/fd');
  const sockets = fds.filter(isSocket).length;
  return {
    handles: process.getActiveResourcesInfo().filter((name) => name !== 'Timeout' && name !== 'Immediate')
      .length,
    listeners: listenersOf(process),
    files: fds.length - sockets,
    sockets,
    temporaryFiles: filesIn(temporary),
  };
}

/** What is held once nothing more goes, for which it is given half a minute. */
async function settled(before, keys) {
  for (let second = 0; second < 30; second++) {
    await collect();
    const now = held();
    if (before && keys.every((key) => now[key] <= before[key])) return now;
    await wait(1000);
  }
  return held();
}

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const rounded = (bytes) => Math.round(bytes / 1e5) / 10;
const megabytes = () => rounded(process.memoryUsage().rss);

/** Seconds, resident memory, and what of it this thread's heap and buffers are. */
function sample(since) {
  const { rss, heapUsed, external } = process.memoryUsage();
  return [Math.round((performance.now() - since) / 100) / 10, rounded(rss), rounded(heapUsed + external)];
}

const server = await startServer();
const options = { baseUrl: server.url, apiKey: server.apiKey };
const bytes = Number(values.megabytes) * 1e6;
const totals = { rounds: 0, operations: 0, requests: 0, bytes: 0, generated: 0 };
const samples = [];
let failure = null;

async function doRound(fs, artifacts) {
  const round = totals.rounds++;
  const run = `bench/soak/round-${round}`;
  const content = contentOfRound(round, bytes);
  await server.seed({ [run]: content.all });
  totals.operations += await workRound({ fs, artifacts, server, options, round, run, content });
  totals.generated += Object.values(content.all).reduce((sum, file) => sum + file.bytes, 0);
  const { requests, bytesIn, bytesOut } = await server.counted();
  totals.requests += requests;
  totals.bytes += bytesIn + bytesOut;
}

await server.seed({ 'bench/soak/first': { 'a.txt': 'a' } });
// A thread's output goes to these: they are opened with the first one, and are not its own.
void [process.stdout, process.stderr];
const before = held();
const fs = createWandbFs(options);
const artifacts = createWandbArtifactFs(options);
await fs.promises.readFile('bench/soak/first/a.txt');
await collect();
const idle = megabytes();
const start = performance.now();
const sampling = setInterval(() => samples.push(sample(start)), 250);
let first;
let last;
try {
  await doRound(fs, artifacts);
  first = await settled();
  while (performance.now() - start < Number(values.minutes) * 60_000) {
    await doRound(fs, artifacts);
    process.stdout.write(
      `${Math.round((performance.now() - start) / 1000)} s: ${JSON.stringify(totals)}, ${megabytes()} MB\n`,
    );
  }
  last = await settled(first, IDLE);
} catch (error) {
  failure = error;
} finally {
  clearInterval(sampling);
  await fs.wandb.close();
  await artifacts.wandb.close();
}
// Of the system's own count, which misses nothing between two samples.
const most = rounded(process.resourceUsage().maxRSS * 1024);
const { user, system } = process.cpuUsage();
const closed = await settled(before, Object.keys(before));
const kept = Math.round(megabytes() - idle);
await server.close();
await rm(temporary, { recursive: true, force: true });
if (failure) throw failure;

const heaps = Math.round((THREADS * getHeapStatistics().heap_size_limit) / 1e6);
const parts = { idle, heaps, caches: CACHES_MB, moving: MOVING_MB };
const bound = Math.round(Object.values(parts).reduce((sum, part) => sum + part, 0));
const mostOf = (some) => some.reduce((most, [, mb]) => Math.max(most, mb), 0);
const half = samples.length >> 1;
const growth = Math.round((mostOf(samples.slice(half)) / mostOf(samples.slice(0, half))) * 100) / 100;
const more = (when, from, to, keys) =>
  keys.filter((key) => to[key] > from[key]).map((key) => `${when}: ${key} ${from[key]} → ${to[key]}`);
const left = [...more('idle', first, last, IDLE), ...more('closed', before, closed, Object.keys(before))];
const minutes = Math.round((performance.now() - start) / 6000) / 10;
const report = {
  machine: machine(),
  minutes,
  cpuSeconds: Math.round((user + system) / 1e6),
  totals,
  idle,
  most,
  kept,
  growth,
  bound,
  parts,
  before,
  first,
  last,
  closed,
  left,
};
const out = values.out ?? here('../soak.json');
writeFileSync(out, `${JSON.stringify(report, null, 1)}\n`);
writeFileSync(
  values.out ? out.replace(/(\.json)?$/, '.svg') : here('../../docs/soak.svg'),
  lineChartOf({
    title: `Memory of a process in ${minutes} minutes of mixed work, ${totals.operations.toLocaleString('en')} operations`,
    unit: 'MB',
    lines: [
      { name: 'resident memory', points: samples.map(([at, rss]) => [at, rss]) },
      { name: "the main thread's heap and buffers", points: samples.map(([at, , heap]) => [at, heap]) },
    ],
    levels: [
      { name: 'idle', value: idle },
      { name: `idle + heaps ${heaps} + caches ${CACHES_MB} + on its way ${MOVING_MB}`, value: bound },
    ],
  }),
);
process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
if (most > bound || growth > FLAT || left.length > 0) process.exitCode = 1;

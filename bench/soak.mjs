/**
 * Minutes of mixed work over generated content, ever new: memory stays within bounds, and nothing is left behind. Writes
 * bench/soak.json and a chart of the memory, bench/soak.svg.
 *
 *     node --expose-gc bench/soak.mjs [--minutes 30] [--megabytes 700] [--out bench/soak.json]
 *
 * Each round brings a run of so many megabytes (30 of them are 20 GB), does everything with it at once (soak-work.mjs), and removes
 * it. The package must be built. Ends with 1 where the memory was above its bound or grew, or anything is left.
 */
import { mkdtempSync, readdirSync, readlinkSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { lineChartOf } from './line-chart.mjs';
import { collect } from './measure.mjs';
import { machine } from './results.mjs';
import { startServer } from './server.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    megabytes: { type: 'string', default: '700' },
    out: { type: 'string', default: fileURLToPath(new URL('soak.json', import.meta.url)) },
  },
});

// Private files lie in the temporary directory of the process, here one of its own: what is left in it is the package's.
const temporary = mkdtempSync(join(realpathSync(tmpdir()), 'wandb-fs-soak-'));
process.env.TMPDIR = temporary;

const { createWandbArtifactFs, createWandbFs } = await import('wandb-fs');
const { contentOfRound, workRound } = await import('./soak-work.mjs');

/** The default of `cacheBytes`, which nothing here changes, of the two instances that stay. */
const CACHE_MB = 2 * 67;
/** What is on its way: windows of streams, uploads, the code and the heaps of two threads beyond what they are when idle. */
const MOVING_MB = 150;
/**
 * What glibc keeps of buffers that were freed, for the next ones: up to 64 MB for each thread that makes some. It is still
 * resident when all is closed and collected ('kept' in the report), and isn't with another allocator.
 */
const ALLOCATOR_MB = 150;
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
const closed = await settled(before, Object.keys(before));
const kept = Math.round(megabytes() - idle);
await server.close();
await rm(temporary, { recursive: true, force: true });
if (failure) throw failure;

const bound = Math.round(idle + CACHE_MB + MOVING_MB + ALLOCATOR_MB);
const mostOf = (some) => Math.max(...some.map(([, mb]) => mb));
const most = mostOf(samples);
const half = samples.length >> 1;
const growth = Math.round((mostOf(samples.slice(half)) / mostOf(samples.slice(0, half))) * 100) / 100;
const more = (when, from, to, keys) =>
  keys.filter((key) => to[key] > from[key]).map((key) => `${when}: ${key} ${from[key]} → ${to[key]}`);
const left = [...more('idle', first, last, IDLE), ...more('closed', before, closed, Object.keys(before))];
const minutes = Math.round((performance.now() - start) / 6000) / 10;
const report = {
  machine: machine(),
  minutes,
  totals,
  idle,
  most,
  kept,
  growth,
  bound,
  before,
  first,
  last,
  closed,
  left,
};
writeFileSync(values.out, `${JSON.stringify(report, null, 1)}\n`);
writeFileSync(
  values.out.replace(/(\.json)?$/, '.svg'),
  lineChartOf({
    title: `Memory of a process in ${minutes} minutes of mixed work, ${totals.operations.toLocaleString('en')} operations`,
    unit: 'MB',
    lines: [
      { name: 'resident memory', points: samples.map(([at, rss]) => [at, rss]) },
      { name: "the main thread's heap and buffers", points: samples.map(([at, , heap]) => [at, heap]) },
    ],
    levels: [
      { name: 'idle', value: idle },
      { name: 'idle + 2 × cacheBytes + 300 MB', value: bound },
    ],
  }),
);
process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
if (most > bound || growth > FLAT || left.length > 0) process.exitCode = 1;

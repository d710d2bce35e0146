/**
 * Ten times the files cost at most eleven times the time and memory: listing, readdir, glob, stat, queueing, flushing, committing, of
 * so many files and of ten times as many, each in a process of its own.
 *
 *     node bench/growth.mjs [--size quick|full|tiny] [--only glob] [--out bench/growth.json]
 *
 * `full` goes up to a million names, and to a hundred thousand uploads. The package must be built.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { program } from './programs.mjs';
import { machine } from './results.mjs';
import { startServer } from './server.mjs';

const PROJECT = 'bench/growth';
const MOST = 11;
const READ = ['listing', 'readdir', 'glob', 'stat'];
const WRITE = ['queueing', 'flushing', 'committing'];
const SIZES = {
  full: { names: [10_000, 100_000, 1_000_000], uploads: [1_000, 10_000, 100_000] },
  quick: { names: [1_000, 10_000, 100_000], uploads: [300, 3_000] },
  tiny: { names: [200, 2_000], uploads: [20, 200] },
};

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'quick' },
    only: { type: 'string', default: '' },
    out: { type: 'string' },
  },
});

/** Of which the time and the memory must not grow faster than the files; what is told besides are counts. */
const GROWING = ['cpuMs', 'keptMb'];
/** Smaller differences than this are the heap's own. */
const NOISE = { cpuMs: 20, keptMb: 1 };

const filesOf = (count) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`flat/file-${at}.txt`, '']));

/** Those that are read are the same for all that read them. */
const seeded = new Set();

async function measure(server, subject, count) {
  const isCommit = subject === 'committing';
  const path = isCommit
    ? `${PROJECT}/dataset/set-${count}/draft`
    : READ.includes(subject)
      ? `${PROJECT}/run-${count}`
      : `${PROJECT}/${subject}-${count}`;
  if (!seeded.has(path)) {
    seeded.add(path);
    await server.seed(
      isCommit ? { [PROJECT]: {} } : { [path]: READ.includes(subject) ? filesOf(count) : {} },
    );
  }
  await server.counted();
  const sample = await program('grow.mjs', [subject, count, path], {
    env: server.env,
    flags: ['--expose-gc', '--max-old-space-size=8192'],
  });
  const { requests, graphql, bytesIn, bytesOut } = await server.counted();
  return { count, ...sample, requests, graphql, bytes: bytesIn + bytesOut };
}

const factor = (before, after, key) =>
  Math.max(after[key], NOISE[key] ?? 0) / Math.max(before[key], NOISE[key] ?? 0);

const round = (number) => Number(number.toPrecision(3));

async function grow(server, subject, counts) {
  const samples = [];
  for (const count of counts) {
    const sample = await measure(server, subject, count);
    const before = samples.at(-1);
    samples.push(sample);
    const growth =
      before &&
      Object.fromEntries(
        [...GROWING, 'requests', 'messages', 'bytes'].map((key) => [
          key,
          round(factor(before, sample, key) / (sample.count / before.count)),
        ]),
      );
    if (growth) sample.growth = growth;
    const numbers = Object.entries(sample).filter(([, value]) => typeof value === 'number');
    process.stdout.write(
      `${subject}: ${numbers.map(([key, value]) => `${key} ${round(value)}`).join(', ')}${growth ? `; a file, beside a tenth as many: ${JSON.stringify(growth)}` : ''}\n`,
    );
  }
  return { subject, samples };
}

const sizes = SIZES[values.size];
const server = await startServer();
const results = [];
try {
  for (const subject of READ.filter((name) => name.includes(values.only)))
    results.push(await grow(server, subject, sizes.names));
  for (const subject of WRITE.filter((name) => name.includes(values.only)))
    results.push(await grow(server, subject, sizes.uploads));
} finally {
  await server.close();
}
const over = results.flatMap(({ subject, samples }) =>
  samples.flatMap(({ count, growth = {} }) =>
    GROWING.filter((key) => growth[key] * 10 > MOST).map((key) => `${subject} of ${count}: ${key}`),
  ),
);
process.stdout.write(
  over.length ? `Grows faster than its files: ${over.join('; ')}\n` : 'Nothing grows faster.\n',
);
if (values.out) {
  const told = { machine: machine(), size: values.size, most: MOST, over, results };
  writeFileSync(values.out, `${JSON.stringify(told, null, 1)}\n`);
}

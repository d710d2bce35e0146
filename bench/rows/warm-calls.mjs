/**
 * Calls that find everything here, beside memfs in the same process: what the filesystem itself costs, without any request.
 *
 *     node bench/rows/warm-calls.mjs [--pairs 9] [--only readFile]
 *
 * Both sides of a pair run one after the other, each first in turn; a row is the median of the ratios of the pairs.
 * CPU time of this thread where Node tells it (from 23.9 on), else of the process.
 */
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { createFsFromVolume, Volume } from 'memfs';
import { createWandbFs } from 'wandb-fs';
import { startFakeWandb } from 'wandb-fs/testing';

const RUN = 'entity/project/run';
const SMALL = 'x'.repeat(1024);
const LINE = `${'y'.repeat(99)}\n`;

const later = (call) =>
  new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))));

/** One after another, none waiting for a turn of the event loop but for the call's own. */
const each = (call) => async (fs, count) => {
  for (let at = 0; at < count; at++) await call(fs, at);
};
const eachSync = (call) => (fs, count) => {
  for (let at = 0; at < count; at++) call(fs, at);
};
const missing = (call) => (fs) => {
  try {
    call(fs);
  } catch {
    return;
  }
  throw new Error('it is there');
};

/** What a row does so many times, and what ratio is aimed at. `before` prepares each measurement. */
const ROWS = [
  ['readFileSync, 1 KB', 1.3, 20_000, eachSync((fs) => fs.readFileSync(`/${RUN}/small.txt`))],
  ['readFileSync as text, 1 KB', 1.3, 20_000, eachSync((fs) => fs.readFileSync(`/${RUN}/small.txt`, 'utf8'))],
  ['promises.readFile, 1 KB', 1.3, 10_000, each((fs) => fs.promises.readFile(`/${RUN}/small.txt`))],
  [
    'readFile with a callback, 1 KB',
    1.3,
    10_000,
    each((fs) => later((done) => fs.readFile(`/${RUN}/small.txt`, done))),
  ],
  ['statSync', 1.2, 20_000, eachSync((fs) => fs.statSync(`/${RUN}/small.txt`))],
  ['promises.stat', 1.2, 10_000, each((fs) => fs.promises.stat(`/${RUN}/small.txt`))],
  ['stat with a callback', 1.2, 10_000, each((fs) => later((done) => fs.stat(`/${RUN}/small.txt`, done)))],
  ['existsSync of what is there', 1.2, 20_000, eachSync((fs) => fs.existsSync(`/${RUN}/small.txt`))],
  ['existsSync of what is missing', 1.2, 20_000, eachSync((fs) => fs.existsSync(`/${RUN}/none.txt`))],
  [
    'accessSync of what is missing',
    1.2,
    10_000,
    eachSync(missing((fs) => fs.accessSync(`/${RUN}/none.txt`))),
  ],
  ['statSync of what is missing', 1.2, 10_000, eachSync(missing((fs) => fs.statSync(`/${RUN}/none.txt`)))],
  ['writeFileSync again, 1 KB', 2, 5000, eachSync((fs) => fs.writeFileSync(`/${RUN}/again.txt`, SMALL))],
  [
    'promises.writeFile again, 1 KB',
    2,
    5000,
    each((fs) => fs.promises.writeFile(`/${RUN}/again.txt`, SMALL)),
  ],
  [
    'appendFileSync to a growing file',
    2,
    5000,
    eachSync((fs) => fs.appendFileSync(`/${RUN}/log.txt`, LINE)),
    (fs) => fs.writeFileSync(`/${RUN}/log.txt`, ''),
  ],
  [
    'promises.appendFile to a growing file',
    2,
    5000,
    each((fs) => fs.promises.appendFile(`/${RUN}/log.txt`, LINE)),
    (fs) => fs.writeFileSync(`/${RUN}/log.txt`, ''),
  ],
];

const cpuUsage = process.threadCpuUsage?.bind(process) ?? process.cpuUsage.bind(process);

/** Microseconds of CPU time a call. */
async function measure(fs, [, , count, work, before]) {
  before?.(fs);
  const start = cpuUsage();
  await work(fs, count);
  const { user, system } = cpuUsage(start);
  return (user + system) / count;
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/**
 * @param context.pairs how often each row is measured on both sides. @default 9
 * @param context.only a part of the names of the rows that are measured. @default all
 * @returns for each row: microseconds of CPU a call, ours and the peer's, their ratio and the one that is aimed at
 */
export async function rows({ pairs = 9, only = '' } = {}) {
  const wandb = await startFakeWandb();
  const memory = createFsFromVolume(new Volume());
  memory.mkdirSync(`/${RUN}`, { recursive: true });
  memory.writeFileSync(`/${RUN}/small.txt`, SMALL);
  await wandb.seed({ [RUN]: { 'small.txt': SMALL } });
  // Nothing goes to the server while it is measured.
  const ours = createWandbFs({
    baseUrl: wandb.url,
    apiKey: wandb.apiKey,
    writebackDelay: 600_000,
    listingTtl: 3_600_000,
  });
  try {
    await ours.promises.readFile(`/${RUN}/small.txt`);
    ours.readdirSync(`/${RUN}`);
    const told = [];
    for (const row of ROWS) {
      const [name, aim, count] = row;
      if (!name.includes(only)) continue;
      const [mine, theirs] = [[], []];
      for (let pair = -1; pair < pairs; pair++) {
        const sides = [
          [ours, mine],
          [memory, theirs],
        ];
        if (pair % 2) sides.reverse();
        for (const [fs, times] of sides) {
          const time = await measure(fs, row);
          // The first pair warms both up.
          if (pair >= 0) times.push(time);
        }
      }
      told.push({
        name,
        aim,
        count,
        ours: median(mine),
        peer: median(theirs),
        ratio: median(mine.map((time, at) => time / theirs[at])),
      });
    }
    return told;
  } finally {
    await ours.wandb.close();
    await wandb.close();
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: { pairs: { type: 'string', default: '9' }, only: { type: 'string', default: '' } },
  });
  for (const { name, aim, ours, peer, ratio } of await rows({ ...values, pairs: Number(values.pairs) })) {
    const figures = `${ours.toFixed(2)} / ${peer.toFixed(2)} µs`;
    console.log(`${name.padEnd(40)} ${ratio.toFixed(2).padStart(6)}  (aim ${aim})  ${figures}`);
  }
}

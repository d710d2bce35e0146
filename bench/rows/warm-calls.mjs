/**
 * Calls that find everything here, beside memfs in the same process: what the filesystem itself costs, without any request.
 * CPU time a call: of this thread where Node tells it (from 23.9 on), else of the process.
 */
import { createFsFromVolume, Volume } from 'memfs';
import { createWandbFs } from 'wandb-fs';

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

/** Its name and title, the aim, how many calls a measurement makes, the call, and what prepares each measurement. */
const CALLS = [
  [
    'warm-read-sync',
    'readFileSync, 1 KB',
    1.3,
    20_000,
    eachSync((fs) => fs.readFileSync(`/${RUN}/small.txt`)),
  ],
  [
    'warm-read-sync-text',
    'readFileSync as text, 1 KB',
    1.3,
    20_000,
    eachSync((fs) => fs.readFileSync(`/${RUN}/small.txt`, 'utf8')),
  ],
  [
    'warm-read-promise',
    'promises.readFile, 1 KB',
    1.3,
    10_000,
    each((fs) => fs.promises.readFile(`/${RUN}/small.txt`)),
  ],
  [
    'warm-read-callback',
    'readFile with a callback, 1 KB',
    1.3,
    10_000,
    each((fs) => later((done) => fs.readFile(`/${RUN}/small.txt`, done))),
  ],
  ['warm-stat-sync', 'statSync', 1.2, 20_000, eachSync((fs) => fs.statSync(`/${RUN}/small.txt`))],
  ['warm-stat-promise', 'promises.stat', 1.2, 10_000, each((fs) => fs.promises.stat(`/${RUN}/small.txt`))],
  [
    'warm-stat-callback',
    'stat with a callback',
    1.2,
    10_000,
    each((fs) => later((done) => fs.stat(`/${RUN}/small.txt`, done))),
  ],
  [
    'warm-exists',
    'existsSync of what is there',
    1.2,
    20_000,
    eachSync((fs) => fs.existsSync(`/${RUN}/small.txt`)),
  ],
  [
    'warm-exists-missing',
    'existsSync of what is missing',
    1.2,
    20_000,
    eachSync((fs) => fs.existsSync(`/${RUN}/none.txt`)),
  ],
  [
    'warm-access-missing',
    'accessSync of what is missing',
    1.2,
    10_000,
    eachSync(missing((fs) => fs.accessSync(`/${RUN}/none.txt`))),
  ],
  [
    'warm-stat-missing',
    'statSync of what is missing',
    1.2,
    10_000,
    eachSync(missing((fs) => fs.statSync(`/${RUN}/none.txt`))),
  ],
  [
    'rewrite-sync',
    'writeFileSync again, 1 KB',
    2,
    5000,
    eachSync((fs) => fs.writeFileSync(`/${RUN}/again.txt`, SMALL)),
  ],
  [
    'rewrite-promise',
    'promises.writeFile again, 1 KB',
    2,
    5000,
    each((fs) => fs.promises.writeFile(`/${RUN}/again.txt`, SMALL)),
  ],
  [
    'append-sync',
    'appendFileSync to a growing file',
    2,
    5000,
    eachSync((fs) => fs.appendFileSync(`/${RUN}/log.txt`, LINE)),
    (fs) => fs.writeFileSync(`/${RUN}/log.txt`, ''),
  ],
  [
    'append-promise',
    'promises.appendFile to a growing file',
    2,
    5000,
    each((fs) => fs.promises.appendFile(`/${RUN}/log.txt`, LINE)),
    (fs) => fs.writeFileSync(`/${RUN}/log.txt`, ''),
  ],
];

const cpuUsage = process.threadCpuUsage?.bind(process) ?? process.cpuUsage.bind(process);

async function prepare({ server, size }) {
  const memory = createFsFromVolume(new Volume());
  memory.mkdirSync(`/${RUN}`, { recursive: true });
  memory.writeFileSync(`/${RUN}/small.txt`, SMALL);
  await server.seed({ [RUN]: { 'small.txt': SMALL } });
  // Nothing goes to the server while it is measured.
  const ours = createWandbFs({
    baseUrl: server.url,
    apiKey: server.apiKey,
    writebackDelay: 600_000,
    listingTtl: 3_600_000,
  });
  await ours.promises.readFile(`/${RUN}/small.txt`);
  ours.readdirSync(`/${RUN}`);
  return { ours, peer: memory, calls: size.calls };
}

/** Microseconds of CPU time a call. */
const timing = (side, work, before) => async (state) => {
  const fs = state[side];
  before?.(fs);
  const start = cpuUsage();
  await work(fs, state.calls);
  const { user, system } = cpuUsage(start);
  // Some machines tell it in ticks, in none of which a moment of work may be seen.
  return { us: Math.max(1, user + system) / state.calls };
};

export const rows = CALLS.map(([name, title, aim, calls, work, before]) => ({
  name,
  title: `${title}, warm`,
  against: 'memfs',
  of: 'us',
  aim,
  // Compilers are at work for the first tens of thousands; a file that grows for so long measures something else.
  sizes: { full: { calls: before ? calls : 10 * calls }, tiny: { calls: 50 } },
  prepare,
  ours: timing('ours', work, before),
  peer: timing('peer', work, before),
  end: ({ ours }) => ours.wandb.close(),
}));

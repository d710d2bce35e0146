/**
 * Does one thing with so many files, in a fresh process, and tells what it took: time, what is kept of it in memory behind it, and
 * how many messages went to the thread that speaks with the server.
 *
 *     node --expose-gc grow.mjs readdir 10000 bench/growth/run-10000
 */
import { MessagePort } from 'node:worker_threads';
import { createWandbArtifactFs, createWandbFs } from 'wandb-fs';
import { collect, measuring } from '../measure.mjs';

const [subject, number, path] = process.argv.slice(2);
const count = Number(number);

let messages = 0;
const { postMessage } = MessagePort.prototype;
MessagePort.prototype.postMessage = function (...args) {
  messages++;
  return postMessage.apply(this, args);
};

/** Nothing is sent, or listed again, until it is asked for. */
const runs = () => createWandbFs({ writebackDelay: 3_600_000, listingTtl: 3_600_000 });
const write = async (fs, directory) => {
  for (let at = 0; at < count; at++)
    await fs.promises.writeFile(`${directory}/d${at % 100}/${at}.txt`, `${at}`);
};
const directories = async (fs, directory) => {
  for (let at = 0; at < 100; at++) await fs.promises.mkdir(`${directory}/d${at}`, { recursive: true });
};
const expect = (found) => {
  if (found !== count) throw new Error(`${subject}: ${found} of ${count}.`);
};
const entries = (fs) => fs.promises.readdir(path, { recursive: true, withFileTypes: true });
const draft = async () => {
  const fs = createWandbArtifactFs();
  await directories(fs, path);
  await write(fs, path);
  return fs;
};

/** What is made before, and what is measured. */
const SUBJECTS = {
  listing: [runs, async (fs) => expect((await entries(fs)).filter((entry) => entry.isFile()).length)],
  readdir: [runs, async (fs) => expect((await fs.promises.readdir(`${path}/flat`)).length)],
  glob: [
    runs,
    async (fs) => {
      let found = 0;
      for await (const _ of fs.promises.glob(`${path}/**/*.txt`)) found++;
      expect(found);
    },
  ],
  stat: [
    async () => {
      const fs = runs();
      const names = await fs.promises.readdir(`${path}/flat`);
      return { fs, names };
    },
    async ({ fs, names }) => {
      for (const name of names) fs.statSync(`${path}/flat/${name}`);
    },
  ],
  queueing: [
    async () => {
      const fs = runs();
      await directories(fs, path);
      return fs;
    },
    (fs) => write(fs, path),
  ],
  flushing: [
    async () => {
      const fs = runs();
      await directories(fs, path);
      await write(fs, path);
      return fs;
    },
    (fs) => fs.wandb.flush(),
  ],
  committing: [draft, (fs) => fs.wandb.commit(path)],
};

const kept = () => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
};

const [before, work] = SUBJECTS[subject];
await collect();
const idle = { kept: kept(), rss: process.memoryUsage().rss };
const state = await before();
messages = 0;
const sample = await measuring(null)(async () => {
  await work(state);
});
await collect();
const { maxRSS } = process.resourceUsage();
const keptMb = kept() - idle.kept;
const fs = state.fs ?? state;
if (subject === 'queueing') await fs.wandb.flush();
await fs.wandb.close();
const told = { ...sample, keptMb, peakMb: maxRSS / 1e3 - idle.rss / 1e6, messages };
process.stdout.write(`${JSON.stringify(told)}\n`);

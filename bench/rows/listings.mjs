/**
 * Runs of very many files, beside who asks for the same pages and parses them. Their server makes the rows as they are asked for, and
 * so is not what is measured.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { program } from '../programs.mjs';

const SERVER = fileURLToPath(new URL('../listing-server.mjs', import.meta.url));

async function startServer() {
  const server = fork(SERVER, []);
  const [port] = await once(server, 'message');
  // It ends with this process, which doesn't wait for it.
  server.unref();
  server.channel.unref();
  return `http://127.0.0.1:${port}`;
}

/** One for all rows of a process: it keeps nothing. */
let started = null;

async function prepare({ size }) {
  started ??= startServer();
  return { url: await started, size };
}

const listing =
  (kind) =>
  ({ url, size }) =>
    program('list.mjs', [kind, url, size.files], { flags: ['--expose-gc', '--max-old-space-size=8192'] });

const common = {
  server: null,
  warmUp: false,
  prepare,
};

export const rows = [
  {
    ...common,
    name: 'listing-100000',
    title: 'readdir of a run of 100,000 files, CPU time',
    against: 'JSON.parse of the same answers',
    of: 'cpuMs',
    aim: 3,
    most: { heapMb: 25, turnMs: 20 },
    sizes: { full: { files: 100_000 }, tiny: { files: 100 } },
    ours: listing('readdir'),
    peer: listing('parse'),
  },
  {
    ...common,
    name: 'listing-1000',
    title: 'readdir of a run of 1,000 files, CPU time',
    against: 'JSON.parse of the same answers',
    of: 'cpuMs',
    aim: 3,
    sizes: { full: { files: 1000 }, tiny: { files: 100 } },
    ours: listing('readdir'),
    peer: listing('parse'),
  },
  {
    ...common,
    name: 'listing-1000000',
    title: 'readdir of a run of 1,000,000 files',
    against: 'bare undici, page by page, parsed',
    aim: 1.5,
    most: { rssMb: 300 },
    sizes: { full: { files: 1_000_000 }, quick: { files: 200_000 }, tiny: { files: 200 } },
    ours: listing('readdir'),
    peer: listing('bare'),
  },
  {
    ...common,
    name: 'walk-of-10000',
    title: 'readdir, recursive, of a run of 10,000 files',
    against: 'bare undici, page by page, parsed',
    aim: 1.3,
    sizes: { full: { files: 10_000 }, tiny: { files: 100 } },
    ours: listing('walk'),
    peer: listing('bare'),
  },
];

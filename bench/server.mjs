/**
 * The local W&B server in a process of its own, so that what it computes is neither in our CPU time nor in the peer's.
 * Run by itself it is that process; the calls of `startServer` reach it as messages.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { generated, generatedMd5, isGenerated } from './content.mjs';

const self = fileURLToPath(import.meta.url);

/**
 * Starts it.
 *
 * @param {import('wandb-fs/testing').FakeWandbOptions} options
 * @returns what `startFakeWandb` has, but for `fetch`: `url`, `apiKey`, `seed`, `seedArtifacts`, `faults`, `files`, `reset`,
 *   `close`. Contents may be `{ bytes, seed }`, made in the server's process. Beside them
 *   `md5(content)` tells that of such a content, and
 *   `counted()`: how many requests came since it was asked last, how many of them were GraphQL, GET and PUT, their bytes,
 *   and how many uploads and downloads were under way at once.
 */
export async function startServer(options = {}) {
  const child = fork(self, [], { serialization: 'advanced', execArgv: [] });
  const waiting = new Map();
  let last = 0;
  child.on('message', ({ id, value, error }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(value);
    else reject(new Error(error));
  });
  child.once('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`The server ended (${signal ?? code}).`));
  });
  const call = (name, ...args) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      child.send({ id, name, args }, (error) => error && reject(error));
    });
  const { url, apiKey, storageUrl } = await call('start', options);
  const calls = ['seed', 'seedArtifacts', 'faults', 'files', 'artifactFiles', 'reset', 'md5', 'counted'];
  return {
    url,
    apiKey,
    storageUrl,
    ...Object.fromEntries(calls.map((name) => [name, (...args) => call(name, ...args)])),
    /** As variables of an environment, for programs. */
    env: { WANDB_BASE_URL: url, WANDB_API_KEY: apiKey },
    async close() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** What the records of requests come to. */
function countOf(records) {
  const isGraphql = ({ side, path }) => side === 'api' && path.endsWith('/graphql');
  const of = (test) => records.filter(test);
  const most = (list) => list.reduce((top, { inFlight }) => Math.max(top, inFlight), 0);
  const gets = of(({ side, method }) => side === 'storage' && method === 'GET');
  const puts = of(({ side, method }) => side === 'storage' && method === 'PUT');
  return {
    requests: records.length,
    graphql: of(isGraphql).length,
    gets: gets.length,
    puts: puts.length,
    bytesOut: records.reduce((sum, { bytesOut }) => sum + bytesOut, 0),
    bytesIn: records.reduce((sum, { bytesIn }) => sum + bytesIn, 0),
    mostGets: most(gets),
    mostPuts: most(puts),
  };
}

const filesOf = (files) =>
  Object.fromEntries(
    Object.entries(files).map(([name, content]) => [
      name,
      isGenerated(content) ? generated(content) : content,
    ]),
  );

async function serve() {
  const { startFakeWandb } = await import('wandb-fs/testing');
  let wandb;
  const calls = {
    async start(options) {
      wandb = await startFakeWandb(options);
      return { url: wandb.url, apiKey: wandb.apiKey, storageUrl: wandb.storageUrl };
    },
    seed: (tree, about) =>
      wandb.seed(
        Object.fromEntries(Object.entries(tree).map(([path, files]) => [path, filesOf(files)])),
        about,
      ),
    seedArtifacts: (tree) =>
      wandb.seedArtifacts(
        Object.fromEntries(
          Object.entries(tree).map(([path, { versions, ...more }]) => [
            path,
            { ...more, versions: versions?.map((one) => ({ ...one, files: filesOf(one.files ?? {}) })) },
          ]),
        ),
      ),
    faults: (faults) => wandb.faults(faults),
    files: (run) => wandb.files(run),
    artifactFiles: (name) => wandb.artifactFiles(name),
    reset: () => wandb.reset(),
    md5: async (content) => generatedMd5(content),
    counted: async () => countOf(await wandb.requests({ clear: true })),
  };
  process.on('message', async ({ id, name, args }) => {
    try {
      process.send({ id, value: await calls[name](...args) });
    } catch (error) {
      process.send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.once('disconnect', () => wandb?.close());
}

if (process.argv[1] === self && process.send) await serve();

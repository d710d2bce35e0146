import { randomBytes } from 'node:crypto';
import type { SeedArtifacts } from '../artifacts/seeding.js';
import { type Fault, FaultSchedule } from '../faults.js';
import type { SentRequest } from '../fetch.js';
import type { Settings } from '../options.js';
import { BUCKET } from '../storage/signing.js';
import type { SeedRun, SeedTree } from '../world/seeding.js';
import { forward } from './forward.js';
import { listen } from './listener.js';
import { RequestLog } from './log.js';
import type { Served } from './served.js';

/** What the server's own thread does on request of the thread that started it. */
export type Control = Awaited<ReturnType<typeof startServer>>;

/** Starts the API and the storage in this thread. */
export async function startServer(settings: Settings) {
  const log = new RequestLog();
  const faults = new FaultSchedule();
  const shared = {
    host: settings.host,
    latencyMs: settings.latencyMs,
    log,
    faults,
    expired: async () => (await served).expired(),
  };
  const apiListener = await listen({
    ...shared,
    sideOf: (path) => (path.startsWith(BUCKET) ? 'storage' : 'api'),
    port: settings.port,
    prepare: async (request) => (await served).ofApi(request),
  });
  const storageListener = await listen({
    ...shared,
    sideOf: () => 'storage',
    port: 0,
    prepare: async (request) => (await served).ofStorage(request),
  });
  const addresses = { url: apiListener.url, storageUrl: storageListener.url };
  const relay = randomBytes(16).toString('hex');
  const loaded = import('./served.js').then(({ loadServed }) =>
    loadServed(settings, { ...addresses, relay }),
  );
  let served: Promise<Served> = loaded.then((fresh) => fresh());

  return {
    ...addresses,
    /** Requests on their way end in the state that they came to. */
    reset: () => {
      log.clear();
      faults.replace([]);
      served = loaded.then((fresh) => fresh());
    },
    seed: async (tree: SeedTree, about: SeedRun) => (await served).seed(tree, about),
    seedDirectory: async (directory: string, about: SeedRun) =>
      (await served).seedDirectory(directory, about),
    seedArtifacts: async (tree: SeedArtifacts) => (await served).seedArtifacts(tree),
    artifactFiles: async (name: string) => (await served).artifactFiles(name),
    files: async (run: string) => (await served).files(run),
    requests: ({ clear = false }: { readonly clear?: boolean | undefined }) => {
      const records = log.all();
      if (clear) log.clear();
      return records;
    },
    faults: (list: readonly Fault[] | null) => {
      if (list) faults.replace(list);
      return faults.pending();
    },
    forward: (request: SentRequest) => forward({ ...addresses, relay }, request),
    close: async () => {
      await Promise.all([apiListener.close(), storageListener.close()]);
    },
  };
}

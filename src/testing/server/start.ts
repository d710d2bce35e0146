import { loadDigests } from '../artifacts/manifest.js';
import { ArtifactSeeder, artifactFiles } from '../artifacts/seed.js';
import type { SeedArtifacts } from '../artifacts/seeding.js';
import { type Fault, FaultSchedule } from '../faults.js';
import type { Settings } from '../options.js';
import { seedDirectory } from '../recorded/directory.js';
import { Api } from '../routes/api.js';
import { bucket, xmlError } from '../routes/bucket.js';
import { BUCKET, Instance } from '../world/instance.js';
import { objectKey } from '../world/records.js';
import { seed } from '../world/seed.js';
import type { SeedRun, SeedTree } from '../world/seeding.js';
import { listen } from './listener.js';
import { RequestLog } from './log.js';

/** What the server's own thread does on request of the thread that started it. */
export type Control = Awaited<ReturnType<typeof startServer>>;

/** Starts the API and the storage in this thread. */
export async function startServer(settings: Settings) {
  const instance = new Instance(settings, await loadDigests());
  const log = new RequestLog();
  const faults = new FaultSchedule();
  const api = new Api(instance);
  const shared = {
    host: settings.host,
    latencyMs: settings.latencyMs,
    log,
    faults,
    expired: () => xmlError(instance.signer.expired()),
  };
  const apiListener = await listen({
    ...shared,
    sideOf: (path) => (path.startsWith(BUCKET) ? 'storage' : 'api'),
    port: settings.port,
    prepare: (request) => api.prepare(request),
  });
  const storageListener = await listen({
    ...shared,
    sideOf: () => 'storage',
    port: 0,
    prepare: async () => ({ graphql: null, handle: (request) => bucket(instance, request) }),
  });
  instance.listensAt(apiListener.url, storageListener.url);

  return {
    url: apiListener.url,
    storageUrl: storageListener.url,
    seed: (tree: SeedTree, about: SeedRun) => seed(instance, tree, about),
    seedDirectory: (directory: string, about: SeedRun) => seedDirectory(instance, directory, about),
    seedArtifacts: (tree: SeedArtifacts) => {
      const seeder = new ArtifactSeeder(instance);
      return Object.fromEntries(
        Object.entries(tree).map(([path, what]) => [path, seeder.collection(path, what)]),
      );
    },
    artifactFiles: (name: string) => artifactFiles(instance, name),
    requests: ({ clear = false }: { readonly clear?: boolean | undefined }) => {
      const records = log.all();
      if (clear) log.clear();
      return records;
    },
    faults: (list: readonly Fault[] | null) => {
      if (list) faults.replace(list);
      return faults.pending();
    },
    files: (path: string) => {
      const [entity = '', project = '', name = ''] = path.split('/');
      const run = instance.world.run(entity, project, name);
      if (!run) throw new TypeError(`There is no run '${path}' on the server.`);
      const rows = [...run.files.values()].filter((row) => {
        const { updatedAt, settlesAt } = instance.world.settle(row);
        const isThere = !instance.storage.get(objectKey(row))?.isLeftOut;
        return updatedAt !== null && settlesAt === null && isThere;
      });
      return Object.fromEntries(
        rows.map((row) => [row.name, instance.storage.get(objectKey(row))?.bytes ?? EMPTY]),
      );
    },
    close: async () => {
      await Promise.all([apiListener.close(), storageListener.close()]);
    },
  };
}

const EMPTY = new Uint8Array();

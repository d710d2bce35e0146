import { loadDigests } from '../artifacts/manifest.js';
import { artifactFiles, seedArtifacts } from '../artifacts/seed.js';
import { FaultSchedule } from '../faults.js';
import type { Settings } from '../options.js';
import { Api } from '../routes/api.js';
import { bucket, xmlError } from '../routes/bucket.js';
import type { Control } from '../world/control.js';
import { BUCKET, Instance } from '../world/instance.js';
import { objectKey } from '../world/records.js';
import { seed } from '../world/seed.js';
import { listen } from './listener.js';
import { RequestLog } from './log.js';

interface RunningServer extends Control {
  readonly url: string;
  readonly storageUrl: string;
}

/** Starts the API and the storage in this thread. */
export async function startServer(settings: Settings): Promise<RunningServer> {
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
    seed: (tree, about) => seed(instance, tree, about),
    seedArtifacts: (tree) => seedArtifacts(instance.world, instance.storage, instance.artifacts, tree),
    artifactFiles: (name) => artifactFiles(instance.world, instance.artifacts, name),
    requests: ({ clear = false }) => {
      const records = log.all();
      if (clear) log.clear();
      return records;
    },
    faults: (list) => {
      if (list) faults.replace(list);
      return faults.pending();
    },
    files: (path) => {
      const [entity = '', project = '', name = ''] = path.split('/');
      const run = instance.world.run(entity, project, name);
      if (!run) throw new TypeError(`There is no run '${path}' on the server.`);
      const rows = [...run.files.values()].filter((row) => {
        const { updatedAt, settlesAt } = instance.world.settle(row);
        return updatedAt !== null && settlesAt === null;
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

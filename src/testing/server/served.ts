import { loadDigests } from '../artifacts/manifest.js';
import { ArtifactSeeder, artifactFiles } from '../artifacts/seed.js';
import type { SeedArtifacts } from '../artifacts/seeding.js';
import type { Settings } from '../options.js';
import { seedDirectory } from '../recorded/directory.js';
import { Api } from '../routes/api.js';
import { bucket, xmlError } from '../routes/bucket.js';
import { Instance } from '../world/instance.js';
import { objectKey } from '../world/records.js';
import { seed } from '../world/seed.js';
import type { SeedRun, SeedTree } from '../world/seeding.js';
import type { HttpAnswer, HttpRequest } from './http.js';
import type { Prepared } from './listener.js';

/** Where the two listeners are. */
export interface Addresses {
  readonly url: string;
  readonly storageUrl: string;
  /** A secret of this server's, which lets it believe its own `fetch`. */
  readonly relay: string;
}

/** What stands behind the listeners: the state, and what answers from it. */
export type Served = ReturnType<typeof serve>;

/**
 * Most of what a server is made of. It is loaded behind its start, while whoever started it gets ready to ask.
 *
 * @returns makes a state in which nothing has happened yet
 */
export async function loadServed(settings: Settings, addresses: Addresses): Promise<() => Served> {
  const digests = await loadDigests();
  return () => serve(new Instance(settings, digests), addresses);
}

function serve(instance: Instance, { url, storageUrl, relay }: Addresses) {
  instance.listensAt({ apiUrl: url, storageUrl, relay });
  const api = new Api(instance);
  return {
    ofApi: (request: HttpRequest): Promise<Prepared> => api.prepare(request),
    ofStorage: (request: HttpRequest): Prepared => ({
      graphql: null,
      handle: () => bucket(instance, request),
    }),
    expired: (): HttpAnswer => xmlError(instance.signer.expired()),
    seed: (tree: SeedTree, about: SeedRun) => seed(instance, tree, about),
    seedDirectory: (directory: string, about: SeedRun) => seedDirectory(instance, directory, about),
    seedArtifacts: (tree: SeedArtifacts) => {
      const seeder = new ArtifactSeeder(instance);
      return Object.fromEntries(
        Object.entries(tree).map(([path, what]) => [path, seeder.collection(path, what)]),
      );
    },
    artifactFiles: (name: string) => artifactFiles(instance, name),
    files: (path: string) => filesOf(instance, path),
  };
}

function filesOf({ world, storage }: Instance, path: string): Record<string, Uint8Array> {
  const [entity = '', project = '', name = ''] = path.split('/');
  const run = world.run(entity, project, name);
  if (!run) throw new TypeError(`There is no run '${path}' on the server.`);
  const rows = [...run.files.values()].filter((row) => {
    const { updatedAt, settlesAt } = world.settle(row);
    const isThere = !storage.get(objectKey(row))?.isLeftOut;
    return updatedAt !== null && settlesAt === null && isThere;
  });
  return Object.fromEntries(rows.map((row) => [row.name, storage.get(objectKey(row))?.bytes ?? EMPTY]));
}

const EMPTY = new Uint8Array();

import { resolve } from 'node:path';
import type { SeedArtifacts, SeededCollection } from './artifacts/seeding.js';
import type { Fault } from './faults.js';
import { fetchBy } from './fetch.js';
import { type FakeWandbOptions, resolveOptions } from './options.js';
import type { RequestRecord } from './server/log.js';
import type { Control } from './server/start.js';
import { ServerThread } from './thread/client.js';
import type { SeedRun, SeedTree } from './world/seeding.js';

/** A running local W&B server. */
export interface FakeWandb extends AsyncDisposable {
  /** The base URL, as for `WANDB_BASE_URL`. */
  readonly url: string;
  readonly storageUrl: string;
  readonly apiKey: string;
  /**
   * Puts entities, projects, runs and files on the server, as if they had long been there; files that exist are
   * replaced, as another writer would. Entities become teams of the viewer.
   *
   * @param tree such as `{ 'entity/project/run': { 'a/b.txt': 'text' } }`; an empty object seeds an empty run
   * @param about describes the runs named in `tree`
   */
  seed(tree: SeedTree, about?: SeedRun): Promise<void>;
  /**
   * Puts versions of artifacts on the server, as if they had long been there. Collections that exist grow; types,
   * projects and entities are made where they aren't there. Names needn't be ones that the service would accept.
   *
   * @param tree by path, `entity/project/type/collection`; a `/` or `%` inside a name is percent-encoded, as in
   *   `lab/project/odd%2Ftype/..`. Such as
   *   `{ 'lab/project/dataset/flowers': { versions: [{ files: { 'a.txt': 'text' }, aliases: ['prod'] }] } }`
   *   or `{ 'acme/wandb-registry-model/model/best': { links: [{ to: 'lab/project/flowers:v0' }] } }`. Collections are
   *   made in the order in which they stand: links lead to what stands before.
   * @returns by the same paths, what was made
   */
  seedArtifacts(tree: SeedArtifacts): Promise<Readonly<Record<string, SeededCollection>>>;
  /**
   * Seeds a directory: a world that `fs.wandb.record` made, or plain files, `<directory>/<entity>/<project>/<run>/<file…>`.
   * Rejects with an error that names the file where a recorded world isn't in order.
   *
   * @param about describes the runs; a recorded world does that itself
   */
  seedDirectory(directory: string, about?: SeedRun): Promise<void>;
  /**
   * The requests so far, in the order of their arrival.
   *
   * @param options.clear forgets them; a request under way is forgotten too. @default false
   */
  requests(options?: { readonly clear?: boolean | undefined }): Promise<readonly RequestRecord[]>;
  /** Replaces the failures to come, `[]` ends them all. Without an argument: tells which are still to come. */
  faults(faults?: readonly Fault[]): Promise<readonly Fault[]>;
  /** The bytes of all files of a run that were uploaded and finalised, by name; without those being rewritten. */
  files(run: string): Promise<Readonly<Record<string, Uint8Array>>>;
  /**
   * The bytes of a committed version, by their names in it; references are left out.
   *
   * @param name 'entity/project/collection', with ':alias' or ':vN' behind it, or else the one that is `latest`
   */
  artifactFiles(name: string): Promise<Readonly<Record<string, Uint8Array>>>;
  /**
   * Answers a request for W&B, of whatever host it is, as that host would: for who replaces HTTP, or hands it to the option
   * `fetch`. It leaves this thread by no network, is logged as all requests are, and meets the faults.
   */
  readonly fetch: typeof globalThis.fetch;
  /**
   * Makes the server what it was when it had started: what was seeded and written since is gone, and so are the faults and
   * the requests. Its addresses and its key stay; signed URLs and generated keys don't. Other programs and objects that
   * have read from it may still know what they saw.
   */
  reset(): Promise<void>;
  /** The server keeps this process alive no longer, as `net.Server`'s; without a call it would until `close`. */
  unref(): void;
  /** Ends the server: connections are cut. Its thread ends two seconds later, unless another server takes it. */
  close(): Promise<void>;
}

/**
 * Starts a local W&B server: the part of the service that concerns runs and artifacts, over real HTTP on loopback, in a thread of its
 * own. It holds everything in memory and is as strict as the official SDK and the object stores allow.
 *
 * Rejects with a TypeError for options out of range, and with Node's own error if the port can't be had.
 */
export async function startFakeWandb(options: FakeWandbOptions = {}): Promise<FakeWandb> {
  const settings = resolveOptions(options);
  const thread = new ServerThread<Control>(
    'testing/server/server-thread.cjs',
    'fake-wandb',
    'local W&B server',
    settings,
  );
  const { url, storageUrl } = await thread.listening;
  const close = (): Promise<void> => thread.close();
  const server: FakeWandb = {
    url,
    storageUrl,
    apiKey: settings.apiKey,
    seed: (tree, about = {}) => thread.call('seed', tree, about),
    seedArtifacts: (tree) => thread.call('seedArtifacts', tree),
    seedDirectory: (directory, about = {}) => thread.call('seedDirectory', resolve(directory), about),
    requests: (wanted = {}) => thread.call('requests', wanted),
    faults: (faults) => thread.call('faults', faults ?? null),
    artifactFiles: (name) => thread.call('artifactFiles', name),
    files: (run) => thread.call('files', run),
    fetch: fetchBy((request) => thread.call('forward', request)),
    reset: async () => {
      await thread.call('reset');
      if (options.world !== undefined) await server.seedDirectory(options.world);
    },
    unref: () => thread.unref(),
    close,
    [Symbol.asyncDispose]: close,
  };
  if (options.world !== undefined) {
    try {
      await server.seedDirectory(options.world);
    } catch (error) {
      await close();
      throw error;
    }
  }
  return server;
}

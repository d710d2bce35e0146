import type { WandbArtifactFsOptions, WandbFs, WandbFsOptions } from '../../index.js';
import { type FakeWandb, startFakeWandb } from '../fake-wandb.js';
import type { FakeWandbOptions } from '../options.js';
import type { SeedTree } from '../world/seeding.js';
import { setVariables } from './environment.js';
import { hooksOfRunner, type TestHooks } from './hooks.js';
import { Mounts } from './mounts.js';

export interface UseFakeWandbOptions extends FakeWandbOptions {
  /** What is on the server before each test. @default {} */
  readonly seed?: SeedTree | undefined;
  /**
   * Sets `WANDB_BASE_URL` and `WANDB_API_KEY` while the tests run, so that what is configured from the environment meets
   * this server, and never a real one. @default true
   */
  readonly environment?: boolean | undefined;
  /** The runner's functions, for runners other than Jest, Vitest, Mocha and `node:test`. */
  readonly hooks?: TestHooks | undefined;
}

/** The server of a test file. Before its first test nothing can be asked of it but seeding, in a `beforeAll`. */
export interface UsedFakeWandb
  extends Omit<FakeWandb, 'reset' | 'unref' | 'close' | typeof Symbol.asyncDispose> {
  /** A filesystem of run files on this server. Made in a test it is closed behind it, else behind the last one. */
  fs(options?: WandbFsOptions): WandbFs;
  /** The same of artifacts. */
  artifactFs(options?: WandbArtifactFsOptions): WandbFs;
  /** The test that runs may leave content unsent: it isn't sent then, or its failure is what is tested. */
  allowUnsent(): void;
}

/**
 * A local W&B server for the tests of a file, or of the `describe` that this is called in, for Jest, Vitest, Mocha and
 * `node:test`. It is started before the first of them and is what it was then before each: what is seeded outside of tests
 * stays, all else goes. A test fails that leaves acknowledged content that isn't on the server, for the program that is
 * tested would lose it, or didn't wait for it.
 *
 * ```js
 * const wandb = useFakeWandb({ seed: { 'team/flowers/run-1': { 'a.txt': 'text' } } });
 *
 * test('reads', async () => {
 *   expect(await wandb.fs().promises.readFile('team/flowers/run-1/a.txt', 'utf8')).toBe('text');
 * });
 * ```
 *
 * @throws TypeError for `hooks` that aren't all there
 */
export function useFakeWandb(options: UseFakeWandbOptions = {}): UsedFakeWandb {
  const { seed = {}, environment = true, hooks: given, ...ofServer } = options;
  const hooks = hooksOfRunner(given);
  /** What is done again behind each reset. */
  const seeding: ((server: FakeWandb) => Promise<unknown>)[] = [(server) => server.seed(seed)];
  let ofTest = new Mounts();
  const ofFile = new Mounts();
  /** The default objects, which what is tested may use: they are nobody's to close. */
  const ofPackage = new Mounts();
  let starting: Promise<Started> | null = null;
  let started: Started | null = null;
  let isInTest = false;
  let isUnsentAllowed = false;
  let isFresh = true;

  const used = (): Started => {
    if (started) return started;
    throw new Error(NOT_STARTED);
  };
  const seeded = async <Made>(seedInto: (server: FakeWandb) => Promise<Made>): Promise<Made> => {
    const isForAll = !isInTest;
    // `node:test` begins all its `before` at once.
    const { server } = (await starting) ?? used();
    if (isForAll) seeding.push(seedInto);
    return seedInto(server);
  };
  const mounts = (): Mounts => (isInTest ? ofTest : ofFile);
  const reached = () => ({ baseUrl: used().server.url, apiKey: used().server.apiKey });

  async function start(): Promise<Started> {
    const [server, mount] = await Promise.all([startFakeWandb(ofServer), import('../../index.js')]);
    server.unref();
    try {
      await server.seed(seed);
    } catch (error) {
      await server.close();
      throw error;
    }
    const { url, apiKey } = server;
    const restore = environment ? setVariables({ WANDB_BASE_URL: url, WANDB_API_KEY: apiKey }) : () => {};
    if (environment) {
      ofPackage.add(mount.wandbFs);
      ofPackage.add(mount.wandbArtifacts);
    }
    return { server, mount, restore };
  }

  hooks.beforeAll(async () => {
    starting = start();
    started = await starting;
  });

  hooks.beforeEach(async () => {
    const { server } = used();
    if (!isFresh) {
      await server.reset();
      for (const again of seeding) await again(server);
      ofFile.refresh();
      ofPackage.refresh();
    }
    isFresh = false;
    isInTest = true;
    isUnsentAllowed = false;
  });

  hooks.afterEach(async () => {
    isInTest = false;
    const isAllowed = isUnsentAllowed;
    // A runner goes on when its patience ends: what is closed then mustn't be the next test's.
    const ending = ofTest;
    ofTest = new Mounts();
    const all = [ending, ofFile, ofPackage];
    let unsent: readonly string[] = [];
    let failures: readonly unknown[] = [];
    try {
      // Faults that the test has left would hold up what is sent now.
      if (all.some((mounts) => mounts.isAnyUnsent())) await used().server.faults([]);
      unsent = (await Promise.all(all.map((mounts) => mounts.send()))).flat();
    } finally {
      failures = await ending.close();
    }
    if (isAllowed) return;
    if (unsent.length > 0) throw new Error(unsentMessage(unsent));
    if (failures.length > 0) throw failures[0];
  });

  hooks.afterAll(async () => {
    if (!started) return;
    const { server, restore } = started;
    try {
      const failures = await ofFile.close();
      if (failures.length > 0) throw failures[0];
    } finally {
      restore();
      started = starting = null;
      await server.close();
    }
  });

  return {
    get url() {
      return used().server.url;
    },
    get storageUrl() {
      return used().server.storageUrl;
    },
    get apiKey() {
      return used().server.apiKey;
    },
    seed: (tree, about) => seeded((server) => server.seed(tree, about)),
    seedArtifacts: (tree) => seeded((server) => server.seedArtifacts(tree)),
    seedDirectory: (directory, about) => seeded((server) => server.seedDirectory(directory, about)),
    requests: (wanted) => used().server.requests(wanted),
    faults: (faults) => used().server.faults(faults),
    files: (run) => used().server.files(run),
    artifactFiles: (name) => used().server.artifactFiles(name),
    fetch: (input, init) => used().server.fetch(input, init),
    fs: (own) => mounts().add(used().mount.createWandbFs({ ...reached(), ...own })),
    artifactFs: (own) => mounts().add(used().mount.createWandbArtifactFs({ ...reached(), ...own })),
    allowUnsent: () => {
      isUnsentAllowed = true;
    },
  };
}

interface Started {
  readonly server: FakeWandb;
  /** The package itself: loaded while the server starts. */
  readonly mount: typeof import('../../index.js');
  readonly restore: () => void;
}

const NOT_STARTED =
  'The server is started before the first test, and ends behind the last one. Call `useFakeWandb` outside of all tests; ' +
  'runners other than Jest, Vitest, Mocha and node:test need `hooks`.';

const unsentMessage = (unsent: readonly string[]): string =>
  `The test leaves content that isn't on the server:\n${unsent.map((line) => `  ${line}\n`).join('')}` +
  'Await `fs.wandb.flush()`, `fs.wandb.close()` or what writes; `allowUnsent()` is for a test of just that.';

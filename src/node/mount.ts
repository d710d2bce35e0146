import { type ArtifactsConfig, hasReaders, resolveArtifactsConfig } from '../config/artifacts.js';
import { type Config, resolveConfig } from '../config/config.js';
import type { WandbArtifactFsOptions, WandbFsOptions } from '../config/options.js';
import { Failure } from '../contract/failure.js';
import type { Remote } from '../contract/remote.js';
import { createInProcessRemote } from '../io/client/in-process.js';
import { createThreadRemote } from '../io/client/thread-remote.js';
import { createOwner } from '../io/owner/owner.js';
import type { StoreChoice } from '../io/owner/store-choice.js';
import { createStore } from '../io/owner/stores.js';
import type { JournalOptions } from '../kernel/content/journal/journal.js';
import { prepareHashes } from '../kernel/content/reading/content-hash.js';
import { createKernel } from '../kernel/kernel.js';
import type { Kernel } from '../kernel/syscalls.js';
import type { Layout } from './arguments/layout.js';
import { makeFs, type WandbFs } from './faces/create.js';
import { ARTIFACTS, RUNS } from './wandb/layouts.js';

/** One of the two trees, configured. */
interface Tree {
  readonly config: Config;
  readonly choice: StoreChoice;
  readonly isInProcess: boolean;
}

/**
 * Makes an object of the shape of `node:fs` whose files are those of W&B runs:
 * `/<entity>/<project>/<run>/<file…>`. Nothing is sent before the first call that needs it.
 *
 * @throws TypeError for options that can't be, with Node's codes. A missing key is no such thing: the first request
 *   fails with EACCES and tells the ways to give one.
 */
export function createWandbFs(options: WandbFsOptions = {}): WandbFs {
  const tree = runsTree(resolveConfig(options));
  return recovered(
    mount(() => tree, RUNS, tree.config),
    tree.config,
  );
}

/**
 * Makes an object of the shape of `node:fs` whose files are those of W&B artifacts:
 * `/<entity>/<project>/<type>/<collection>/<version>/<file…>`; aliases are symbolic links beside versions. Versions can
 * only be read; new ones come from drafts, by `fs.wandb.commit`. Nothing is sent before the first call that needs it.
 *
 * @throws TypeError as `createWandbFs` does
 */
export function createWandbArtifactFs(options: WandbArtifactFsOptions = {}): WandbFs {
  const { artifacts, rest } = resolveArtifactsConfig(options);
  const tree = artifactsTree(resolveConfig(rest), artifacts);
  return recovered(
    mount(() => tree, ARTIFACTS, tree.config),
    tree.config,
  );
}

/** As `createWandbFs()`, but what the environment says is read at the first use. */
export const createDefaultFs = (): WandbFs =>
  mount(
    atFirstUse(() => runsTree(resolveConfig())),
    RUNS,
    {},
  );

/** As `createWandbArtifactFs()`, but what the environment says is read at the first use. */
export const createDefaultArtifactFs = (): WandbFs =>
  mount(
    atFirstUse(() => artifactsTree(resolveConfig(), resolveArtifactsConfig({}).artifacts)),
    ARTIFACTS,
    {},
  );

function atFirstUse<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function runsTree(config: Config): Tree {
  return {
    config,
    get choice(): StoreChoice {
      return { kind: 'runs', config: config.wire.reveal() };
    },
    isInProcess: config.isInProcess,
  };
}

function artifactsTree(config: Config, artifacts: ArtifactsConfig): Tree {
  prepareHashes();
  return {
    config,
    get choice(): StoreChoice {
      return { kind: 'artifacts', config: config.wire.reveal(), artifacts };
    },
    // A function that reads references can't be sent to another thread.
    isInProcess: config.isInProcess || hasReaders(artifacts),
  };
}

/** What a journal holds is taken up now, not at the first call: a program that only starts again finishes its uploads. */
function recovered(fs: WandbFs, { journal }: Config): WandbFs {
  if (journal) fs.wandb.journal();
  return fs;
}

function mount(
  tree: () => Tree,
  layout: Layout,
  { mountPoint, root }: Pick<WandbFsOptions, 'mountPoint' | 'root'>,
): WandbFs {
  const appUrl = (): string => tree().config.appUrl;
  return makeFs({
    mountPoint,
    root,
    layout,
    connect: () => connect(tree()),
    appUrl,
    warn: (message) => tree().config.logger.warn?.(message),
    debug: (message) => tree().config.logger.debug?.(message),
    appPath: (address) => pathBelow(new URL(appUrl()), address),
  });
}

/** Throws ENOENT for an address elsewhere. */
function pathBelow(app: URL, address: URL): string {
  const base = app.pathname.replace(/\/$/, '');
  const isBelow = address.host === app.host && `${address.pathname}/`.startsWith(`${base}/`);
  if (isBelow) return address.pathname.slice(base.length);
  throw new Failure(
    'ENOENT',
    `This is an address at ${address.host}${address.host === app.host ? address.pathname : ''}, and this filesystem shows ` +
      `the W&B app at ${app.host}${base}: for another server give its \`baseUrl\` (or WANDB_BASE_URL).`,
  );
}

/** What one tree of one server left is no other's business; a mount that changes nothing takes nothing up. */
function journalOf({ config, choice }: Tree): JournalOptions | null {
  const { journal, readOnly, baseUrl } = config;
  return journal && !readOnly ? { ...journal, identity: `${choice.kind} ${baseUrl}` } : null;
}

const connect = (tree: Tree): Kernel =>
  createKernel({
    remote: remoteOf(tree),
    listingTtl: tree.config.listingTtl,
    cacheBytes: tree.config.cacheBytes,
    spoolBytes: tree.config.spoolBytes,
    maxRenameBytes: tree.config.maxRenameBytes,
    writeback: tree.config.writeback,
    readOnly: tree.config.readOnly,
    journal: journalOf(tree),
    warn: (message) => tree.config.logger.warn?.(message),
  });

function remoteOf({ config, choice, isInProcess }: Tree): Remote {
  const { writebackDelay, concurrency, fetch, dispatcher, sync, syncTimeout, workerUrl } = config;
  const { exitFlushMs, exitSignals } = config;
  if (sync === 'thread' && !isInProcess) {
    return createThreadRemote({
      store: choice,
      writebackDelay,
      concurrency,
      syncTimeout,
      exitFlushMs,
      exitSignals,
      workerUrl,
    });
  }
  const store = createStore(choice, { fetch, dispatcher });
  return createInProcessRemote((contents) => createOwner({ store, contents, writebackDelay, concurrency }), {
    sync: sync === 'cache-only' ? 'cache-only' : 'off',
    exitFlushMs,
    exitSignals,
  });
}

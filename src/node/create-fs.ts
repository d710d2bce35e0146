import { type ArtifactsConfig, hasReaders, resolveArtifactsConfig } from '../config/artifacts.js';
import { type Config, journalIdentity, resolveConfig } from '../config/config.js';
import { LIMITS } from '../config/defaults.js';
import type { WandbArtifactFsOptions, WandbFsOptions } from '../config/options.js';
import { Failure } from '../contract/failure.js';
import type { Remote } from '../contract/remote.js';
import { createInProcessRemote } from '../io/client/in-process.js';
import { createThreadRemote } from '../io/client/thread-remote.js';
import { createLateOwner, preloadOwner } from '../io/owner/late-owner.js';
import { SHAPES, type StoreChoice } from '../io/owner/store-choice.js';
import type { JournalOptions } from '../kernel/content/journal/journal.js';
import { prepareHashes } from '../kernel/content/reading/content-hash.js';
import { createKernel } from '../kernel/kernel.js';
import type { Kernel } from '../kernel/syscalls.js';
import type { Layout } from './arguments/layout.js';
import { type FsOptions, makeFs, type WandbFs } from './faces/create.js';
import { sharedDefault } from './shared-default.js';
import { ARTIFACTS, RUNS, VIEWED_RUNS } from './wandb/layouts.js';

/** One of the two trees, configured. Holds the key: it is shown to nobody. */
interface Setup {
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
  const config = resolveConfig(options);
  return prepared(runsSetup(config), runsLayout(config));
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
  return prepared(artifactsSetup(resolveConfig(rest), artifacts), ARTIFACTS);
}

/** As `createWandbFs()`, but what the environment says is read at the first use. */
export const createDefaultFs = (): WandbFs =>
  sharedDefault('runs', (onClose) => fsOf(() => runsSetup(resolveConfig()), RUNS, {}, onClose));

/** As `createWandbArtifactFs()`, but what the environment says is read at the first use. */
export const createDefaultArtifactFs = (): WandbFs =>
  sharedDefault('artifacts', (onClose) =>
    fsOf(() => artifactsSetup(resolveConfig(), resolveArtifactsConfig({}).artifacts), ARTIFACTS, {}, onClose),
  );

const runsLayout = ({ views }: Config): Layout => (views ? VIEWED_RUNS : RUNS);

const runsSetup = (config: Config): Setup => ({
  config,
  choice: { kind: config.views ? 'viewedRuns' : 'runs', config: config.wire.reveal() },
  isInProcess: config.isInProcess,
});

function artifactsSetup(config: Config, artifacts: ArtifactsConfig): Setup {
  prepareHashes();
  return {
    config,
    choice: { kind: 'artifacts', config: config.wire.reveal(), artifacts },
    // A function that reads references can't be sent to another thread.
    isInProcess: config.isInProcess || hasReaders(artifacts),
  };
}

/** What a journal holds is taken up now, not at the first call: a program that only starts again finishes its uploads. */
function prepared(setup: Setup, layout: Layout): WandbFs {
  const fs = fsOf(() => setup, layout, setup.config);
  if (!hasThread(setup)) preloadOwner(setup.choice.kind);
  if (setup.config.journal) fs.wandb.journal();
  return fs;
}

const hasThread = ({ config, isInProcess }: Setup): boolean => config.sync === 'thread' && !isInProcess;

/** @param make is called once, at the first use */
const fsOf = (
  make: () => Setup,
  layout: Layout,
  place: Pick<WandbFsOptions, 'mountPoint' | 'root'>,
  onClose?: () => void,
): WandbFs => makeFs({ ...optionsOf(make, layout, place), onClose });

function optionsOf(
  make: () => Setup,
  layout: Layout,
  { mountPoint, root }: Pick<WandbFsOptions, 'mountPoint' | 'root'>,
): FsOptions {
  let made: Setup | null = null;
  const setup = (): Setup => {
    made ??= make();
    return made;
  };
  const appUrl = (): string => setup().config.appUrl;
  return {
    mountPoint,
    root,
    layout,
    connect: () => connect(setup()),
    appUrl,
    warn: (message) => setup().config.logger.warn?.(message),
    debug: (message) => setup().config.logger.debug?.(message),
    appPath: (address) => pathBelow(new URL(appUrl()), address),
    other: () =>
      optionsOf(() => otherSetup(setup()), layout === ARTIFACTS ? runsLayout(setup().config) : ARTIFACTS, {}),
  };
}

/** Of the other tree, to be read only. */
function otherSetup({ config, choice }: Setup): Setup {
  const readable: Config = { ...config, readOnly: true, journal: null };
  return choice.kind === 'artifacts'
    ? runsSetup(readable)
    : artifactsSetup(readable, resolveArtifactsConfig({}).artifacts);
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

/** What one tree of one server left is no other's business; who changes nothing takes nothing up. */
function journalOf({ config, choice }: Setup): JournalOptions | null {
  const { journal, readOnly, baseUrl } = config;
  return journal && !readOnly
    ? { ...journal, identity: journalIdentity(SHAPES[choice.kind].kind, baseUrl) }
    : null;
}

function connect(setup: Setup): Kernel {
  const { listingTtl, cacheBytes, readAheadBytes, spoolBytes, maxRenameBytes, writeback, readOnly, logger } =
    setup.config;
  return createKernel({
    ...LIMITS,
    ...{ listingTtl, cacheBytes, readAheadBytes, spoolBytes, maxRenameBytes, writeback, readOnly },
    remote: remoteOf(setup),
    journal: journalOf(setup),
    warn: (message) => logger.warn?.(message),
  });
}

function remoteOf(setup: Setup): Remote {
  const { config, choice } = setup;
  const { writebackDelay, concurrency, exitFlushMs, exitSignals } = config;
  const { fetch, dispatcher, sync, syncTimeout, workerUrl } = config;
  const uploads = { writebackDelay, concurrency };
  const ending = { exitFlushMs, exitSignals };
  if (hasThread(setup)) {
    return createThreadRemote({ store: choice, ...uploads, ...ending, syncTimeout, workerUrl });
  }
  return createInProcessRemote(
    (contents, meter) => createLateOwner(choice, { contents, meter, ...uploads }, { fetch, dispatcher }),
    { ...ending, sync: sync === 'cache-only' ? 'cache-only' : 'off' },
  );
}

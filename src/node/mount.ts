import { type Config, resolveConfig } from '../config/config.js';
import type { WandbFsOptions } from '../config/options.js';
import { createInProcessRemote } from '../io/in-process.js';
import { createOwner } from '../io/owner.js';
import type { Remote } from '../io/remote.js';
import { createThreadRemote } from '../io/thread-remote.js';
import { createKernel } from '../kernel/kernel.js';
import type { Kernel } from '../kernel/syscalls.js';
import { createRunsStore } from '../store/runs.js';
import { makeFs, type WandbFs } from './create.js';

/**
 * Makes an object of the shape of `node:fs` whose files are those of W&B runs:
 * `/<entity>/<project>/<run>/<file…>`. Nothing is sent before the first call that needs it.
 *
 * @throws TypeError for options that can't be, with Node's codes. A missing key is no such thing: the first request
 *   fails with EACCES and tells the ways to give one.
 */
export function createWandbFs(options: WandbFsOptions = {}): WandbFs {
  const config = resolveConfig(options);
  return mount(() => config, config);
}

/** As `createWandbFs()`, but what the environment says is read at the first use. */
export function createDefaultFs(): WandbFs {
  let config: Config | null = null;
  return mount(() => {
    config ??= resolveConfig();
    return config;
  }, {});
}

function mount(
  config: () => Config,
  { mountPoint, root }: Pick<WandbFsOptions, 'mountPoint' | 'root'>,
): WandbFs {
  return makeFs({
    mountPoint,
    root,
    connect: () => connect(config()),
    appUrl: () => config().appUrl,
    appPath: (address) => pathBelow(new URL(config().appUrl), address),
  });
}

function pathBelow(app: URL, address: URL): string | null {
  const base = app.pathname.replace(/\/$/, '');
  const isBelow = address.host === app.host && `${address.pathname}/`.startsWith(`${base}/`);
  return isBelow ? address.pathname.slice(base.length) : null;
}

const connect = (config: Config): Kernel =>
  createKernel({
    remote: remoteOf(config),
    listingTtl: config.listingTtl,
    cacheBytes: config.cacheBytes,
    spoolBytes: config.spoolBytes,
    maxRenameBytes: config.maxRenameBytes,
    writeback: config.writeback,
    readOnly: config.readOnly,
  });

function remoteOf(config: Config): Remote {
  const { writebackDelay, concurrency, fetch, dispatcher, sync, syncTimeout, exitFlushMs, workerUrl } =
    config;
  const wire = config.wire.reveal();
  if (sync === 'thread' && !config.isInProcess) {
    const store = { kind: 'runs', config: wire } as const;
    return createThreadRemote({ store, writebackDelay, concurrency, syncTimeout, exitFlushMs, workerUrl });
  }
  const store = createRunsStore(wire, { fetch, dispatcher });
  const owner = createOwner({ store, writebackDelay, concurrency });
  return createInProcessRemote(owner, { sync: sync === 'cache-only' ? 'cache-only' : 'off' });
}

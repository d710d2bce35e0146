import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { disk } from '../platform/disk.js';

declare global {
  /** In what webpack makes: where the running bundle lies. */
  var __webpack_base_uri__: string | URL | undefined;
}

/**
 * Where the calling file lies, also in a bundle: of `import.meta` esbuild leaves nothing in CommonJS, and webpack makes the
 * address of the file that it bundled.
 *
 * @param address the caller's `import.meta.url`
 */
export function addressOf(address: string | undefined): string {
  if (typeof __webpack_base_uri__ === 'string') return String(__webpack_base_uri__);
  return address ?? pathToFileURL(__filename).href;
}

/**
 * Where the entry file of a thread lies. Threads always run the ESM build, compiled once: the CommonJS twin starts the
 * same files, and so do the sources when a test runs them before they are bundled.
 *
 * @param path relative to the root of the ESM build, such as 'testing/server/server-thread.js'
 */
export function threadFile(path: string): URL {
  const here = addressOf(import.meta.url);
  if (here.endsWith('.cjs')) return new URL(`../esm/${path}`, here);
  if (here.endsWith('.ts')) return new URL(`../../dist/esm/${path}`, here);
  return new URL(`../${path}`, here);
}

/** What a bundler may make of an entry of that name, beside the bundle or above its chunks. */
const IN_BUNDLES = ['./', '../'].flatMap((directory) =>
  ['.js', '.mjs', '.cjs', '/index.js', '/index.mjs', '/index.cjs'].map(
    (ending) => `${directory}wandb-fs-thread${ending}`,
  ),
);

/**
 * The file that was made of the entry `wandb-fs/thread` for the bundle that this code is in.
 *
 * @returns null if there is none
 */
export function bundledThreadFile(): URL | null {
  const here = addressOf(import.meta.url);
  return IN_BUNDLES.map((path) => new URL(path, here)).find((file) => disk.existsSync(file)) ?? null;
}

const OWN_THREAD = 'WANDB_FS_THREAD';

/**
 * The environment of this package's own threads: what NODE_OPTIONS preloads into them too can tell them by it. Since
 * Node 24 the flag for the system's certificates is a thread's own, and only the variable hands it on in all versions.
 */
export const threadEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  ...(process.execArgv.includes('--use-system-ca') && { NODE_USE_SYSTEM_CA: '1' }),
  [OWN_THREAD]: '1',
});

/** Does this code run in a thread of this package? */
export const isInOwnThread = (): boolean => !isMainThread && process.env[OWN_THREAD] !== undefined;

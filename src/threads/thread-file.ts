import { isMainThread } from 'node:worker_threads';

/**
 * Where the entry file of a thread lies. Threads always run the ESM build, compiled once: the CommonJS twin starts the
 * same files, and so do the sources when a test runs them before they are bundled.
 *
 * @param path relative to the root of the ESM build, such as 'testing/server/server-thread.js'
 */
export function threadFile(path: string): URL {
  const here = import.meta.url;
  if (here.endsWith('.cjs')) return new URL(`../esm/${path}`, here);
  if (here.endsWith('.ts')) return new URL(`../../dist/esm/${path}`, here);
  return new URL(`../${path}`, here);
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

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { DEFAULTS } from './defaults.js';
import type { ReferenceReader, WandbArtifactFsOptions, WandbFsOptions } from './options.js';
import { takeArtifactOptions } from './validate.js';

/** What the artifact store needs beside the wire. Plain data, unless a reader is a function. */
export interface ArtifactsConfig {
  /**
   * How references are read, by scheme: `true` by a request of our own to any public host, a list to these hosts (http,
   * https), a string from files below that
   * absolute directory (file), else by the user's function. Schemes that aren't here are never read.
   */
  readonly references: Readonly<Record<string, true | string | readonly string[] | ReferenceReader>>;
  /** Where content is kept; null: nowhere. `limit` bounds a directory of our own, in bytes; null: no bound. */
  readonly cache: { readonly directory: string; readonly limit: number | null } | null;
  /** Files from this size on, in bytes, are uploaded in parts. */
  readonly multipartBytes: number;
  /** In bytes. */
  readonly partBytes: number;
}

/** The options of artifacts resolved, and what is left for `resolveConfig`. */
export function resolveArtifactsConfig(
  options: WandbArtifactFsOptions,
  env: NodeJS.ProcessEnv = process.env,
): { readonly artifacts: ArtifactsConfig; readonly rest: WandbFsOptions } {
  const { own, rest } = takeArtifactOptions(options);
  const references: Record<string, true | string | readonly string[] | ReferenceReader> = {};
  for (const [scheme, reader] of Object.entries(own.references ?? {})) {
    if (reader === undefined || reader === false) continue;
    references[scheme] = typeof reader === 'string' ? resolve(reader) : reader;
  }
  const { artifactCache } = own;
  const directory =
    typeof artifactCache === 'string'
      ? resolve(artifactCache)
      : artifactCache
        ? sdkCacheDirectory(env)
        : null;
  return {
    artifacts: {
      references,
      cache:
        directory === null
          ? null
          : { directory: join(directory, 'artifacts'), limit: own.artifactCacheBytes ?? null },
      multipartBytes: own.multipartBytes ?? DEFAULTS.multipartBytes,
      partBytes: own.partBytes ?? DEFAULTS.partBytes,
    },
    rest,
  };
}

/** Requests can't be made in another thread: a function reads references. */
export const hasReaders = ({ references }: ArtifactsConfig): boolean =>
  Object.values(references).some((reader) => typeof reader === 'function');

/** `WANDB_CACHE_DIR`, else `wandb` in the user's cache directory of the platform, as the SDK finds it. */
function sdkCacheDirectory(env: NodeJS.ProcessEnv): string {
  if (env.WANDB_CACHE_DIR) return resolve(env.WANDB_CACHE_DIR.replace(/^~(?=$|[/\\])/, homedir()));
  if (process.platform === 'win32') {
    return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'wandb', 'wandb', 'Cache');
  }
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'wandb');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'wandb');
}

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { DEFAULTS } from './defaults.js';
import type { ReferenceReader, WandbArtifactFsOptions, WandbFsOptions } from './options.js';
import {
  assertObject,
  type Check,
  type Checks,
  checkMembers,
  count,
  directory,
  flag,
  invalidType,
  invalidValue,
  wholeNumber,
} from './validate.js';

/** What the artifact store needs beside the wire. Plain data, unless a reader is a function. */
export interface ArtifactsConfig {
  /**
   * How references are read, by scheme: `true` by a request of our own to any public host, a list to these hosts (http,
   * https), a string from files below that absolute directory (file), else by the user's function. Schemes that aren't
   * here are never read.
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
  return {
    artifacts: {
      references,
      cache: cacheOf(own, env),
      multipartBytes: own.multipartBytes ?? DEFAULTS.multipartBytes,
      partBytes: own.partBytes ?? DEFAULTS.partBytes,
    },
    rest,
  };
}

/** Requests can't be made in another thread: a function reads references. */
export const hasReaders = ({ references }: ArtifactsConfig): boolean =>
  Object.values(references).some((reader) => typeof reader === 'function');

function cacheOf(options: ArtifactOptions, env: NodeJS.ProcessEnv): ArtifactsConfig['cache'] {
  const { artifactCache, artifactCacheBytes: limit = null } = options;
  if (!artifactCache) return null;
  return { directory: cacheDirectory(artifactCache, env), limit };
}

/** @param given the option; `true` is the SDK's own directory */
export function cacheDirectory(given: string | true, env: NodeJS.ProcessEnv = process.env): string {
  return join(given === true ? sdkCacheDirectory(env) : resolve(given), 'artifacts');
}

/** `WANDB_CACHE_DIR`, else `wandb` in the user's cache directory of the platform, as the SDK finds it. */
function sdkCacheDirectory(env: NodeJS.ProcessEnv): string {
  if (env.WANDB_CACHE_DIR) return resolve(env.WANDB_CACHE_DIR.replace(/^~(?=$|[/\\])/, homedir()));
  if (process.platform === 'win32') {
    return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'wandb', 'wandb', 'Cache');
  }
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'wandb');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'wandb');
}

/** As URLs spell them, so that they are found in one: 'Host', '0x7f.1' or '[::0:1]' would never be. */
function hosts(scheme: string, what: string, value: unknown): void {
  if (!Array.isArray(value)) {
    flag(what, value);
    return;
  }
  for (const host of value as readonly unknown[]) {
    const address = typeof host === 'string' && host !== '' ? `${scheme}://${host}/` : '';
    const isHost = URL.canParse(address) && new URL(address).host === host;
    if (host !== '*' && !isHost)
      throw invalidValue(
        what,
        `expected hosts such as 'host', 'host:8080' or '[::1]', got '${String(host)}'`,
      );
  }
}

const references: Check = (what, value) => {
  assertObject(what, value);
  for (const [scheme, reader] of Object.entries(value)) {
    const name = `${what}.${scheme}`;
    if (!/^[a-z][a-z\d+.-]*$/.test(scheme))
      throw invalidValue(name, 'expected the scheme of a URI, such as s3');
    if (reader === undefined || typeof reader === 'function') continue;
    if (scheme === 'http' || scheme === 'https') hosts(scheme, name, reader);
    else if (scheme === 'file') directory(name, reader);
    else throw invalidType(name, 'a function that reads such references', reader);
  }
};

const cache: Check = (what, value) => {
  if (typeof value !== 'boolean') directory(what, value);
};

type ArtifactOptions = Omit<WandbArtifactFsOptions, keyof WandbFsOptions>;

const ARTIFACT_CHECKS: Checks<ArtifactOptions> = {
  references,
  artifactCache: cache,
  artifactCacheBytes: wholeNumber,
  multipartBytes: count,
  partBytes: count,
};

/** Takes the options of artifacts out of all, and throws a TypeError for what is no value of one. */
function takeArtifactOptions(options: WandbArtifactFsOptions): {
  readonly own: ArtifactOptions;
  readonly rest: WandbFsOptions;
} {
  assertObject('options', options);
  const all = Object.entries(options);
  const isOwn = ([name]: (typeof all)[number]): boolean => Object.hasOwn(ARTIFACT_CHECKS, name);
  const own: ArtifactOptions = Object.fromEntries(all.filter(isOwn));
  checkMembers('options', own, ARTIFACT_CHECKS, 'option');
  if (own.artifactCacheBytes !== undefined && typeof own.artifactCache !== 'string') {
    throw invalidValue(
      'options.artifactCacheBytes',
      'it bounds a directory of your own: give one as `artifactCache`; the one that the SDK shares is never evicted from',
    );
  }
  return { own, rest: Object.fromEntries(all.filter((option) => !isOwn(option))) };
}

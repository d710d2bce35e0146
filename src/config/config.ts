import { pathToFileURL } from 'node:url';
import { appUrlOf, isClear, normaliseBaseUrl } from './base-url.js';
import { DEFAULT_BASE_URL, DEFAULTS } from './defaults.js';
import { findProxies, type Proxies } from './environment/proxies.js';
import { Surroundings } from './environment/surroundings.js';
import { trustHint } from './environment/trust.js';
import { type Base, findKey, type Key, missingKeyHint } from './key.js';
import { harmless } from './logger.js';
import type { DeletableLevel, Logger, WandbFsOptions } from './options.js';
import { Secret } from './secret.js';
import { checkOptions, invalidValue, isUrl } from './validate.js';

/** This package's version, as in package.json. */
export const VERSION = '0.1.0';

/** What the owner of the remote needs: plain data, to be cloned into its thread. Holds the key: never log it. */
export interface WireConfig extends Key {
  readonly baseUrl: string;
  /** What to say when there is no key. */
  readonly missingKeyHint: string;
  /** Where access tokens are kept between processes. */
  readonly credentialsFile: string;
  readonly userAgent: string;
  /** Sent to the base URL with every request. */
  readonly extraHeaders: Readonly<Record<string, string>>;
  readonly isTlsVerified: boolean;
  /** What to say of a certificate that isn't trusted. */
  readonly trustHint: string;
  /** For requests of this package's own agent; null: there are none. */
  readonly proxies: Proxies | null;
  /** Files uploaded at once; null: as many as bring more. */
  readonly concurrency: number | null;
  readonly timeouts: Timeouts;
  readonly allowDelete: readonly DeletableLevel[];
  readonly readOnly: boolean;
  /** Somebody listens to what isn't worth a warning. */
  readonly isDebugged: boolean;
}

/** All in milliseconds. */
export interface Timeouts {
  /** One API call with its retries; a transfer with its retries that doesn't move. */
  readonly call: number;
  /** One attempt of an API call. */
  readonly attempt: number;
  /** Until there is a connection. */
  readonly connect: number;
  /** From a request to the first byte of its answer. */
  readonly headers: number;
  /** Between two parts of an answer's body. */
  readonly idle: number;
}

/** Everything that was configured, resolved once. */
export type Config = ReturnType<typeof resolveConfig>;

const toProcess: Logger = { warn: (message) => process.emitWarning(message, 'WandbFsWarning') };

/**
 * Resolves options, environment, netrc and settings files, in this order (protocol section 1), to one frozen value.
 * Throws a TypeError with a code of Node's for what can't be; a missing key is told by the first request instead.
 *
 * @param env @default process.env
 * @param cwd where the local settings file `wandb/settings` is looked for. @default process.cwd()
 */
export function resolveConfig(
  options: WandbFsOptions = {},
  env: NodeJS.ProcessEnv = process.env,
  cwd: string = process.cwd(),
) {
  checkOptions(options);
  const given = { ...DEFAULTS, ...withoutUndefined(options) };
  const logger = given.logger ? harmless(given.logger) : toProcess;
  const around = new Surroundings(env, cwd, (message) => logger.warn?.(message));
  const base = findBaseUrl(given, around);
  const { baseUrl } = base;
  const appUrl = around.variable('WANDB_APP_URL')?.replace(/\/+$/, '') ?? appUrlOf(baseUrl);
  const key = findKey(given, base, around);
  if (key.keySource !== null && isClear(baseUrl)) {
    logger.warn?.(`The API key travels to ${baseUrl} in clear, for all on the way to read; use https.`);
  }
  const isInProcess = given.fetch !== undefined || given.dispatcher !== undefined;
  const call = timeoutOf(options, around);
  const wire: WireConfig = {
    baseUrl,
    ...key,
    missingKeyHint: key.keySource === null ? missingKeyHint(baseUrl, appUrl, around) : '',
    credentialsFile: around.credentialsFile,
    userAgent: `wandb-fs/${VERSION} node/${process.versions.node}`,
    extraHeaders: extraHeaders(around),
    isTlsVerified: !/^(1|true)$/i.test(around.variable('WANDB_INSECURE_DISABLE_SSL') ?? ''),
    trustHint: trustHint(around),
    proxies: isInProcess ? null : findProxies(around),
    concurrency: given.concurrency ?? null,
    // Half of the time is left for a second attempt, with a smaller batch.
    timeouts: {
      call,
      attempt: Math.ceil(call / 2),
      connect: given.connectTimeout,
      headers: given.headersTimeout,
      idle: given.idleTimeout,
    },
    allowDelete: Object.freeze([...given.allowDelete]),
    readOnly: given.readOnly,
    isDebugged: logger.debug !== undefined,
  };
  // Whoever looks at the rest must not see these.
  const { apiKey: _, identityTokenFile: __, ...open } = given;
  return Object.freeze({
    ...open,
    baseUrl,
    /** Where W&B's web pages are, for links. */
    appUrl,
    /** Absolute, without a trailing slash but for '/'. */
    mountPoint: given.mountPoint.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, ''),
    /** A tree path: no slash at either end; '' is the whole tree. */
    root: given.root.replace(/^\/+|\/+$/g, ''),
    concurrency: given.concurrency ?? null,
    journal: findJournal(given.journal, around),
    sync: given.sync ?? (isInProcess ? 'off' : 'thread'),
    workerUrl: workerUrl(given.workerUrl),
    fetch: given.fetch ?? null,
    dispatcher: given.dispatcher ?? null,
    logger,
    /** Requests can't be made in another thread: a function was given that only this one can call. */
    isInProcess,
    wire: new Secret(wire),
  });
}

function findBaseUrl(options: WandbFsOptions, around: Surroundings): Base {
  const base = (written: string, source: string): Base => ({
    baseUrl: normaliseBaseUrl(written, source),
    written,
  });
  if (options.baseUrl !== undefined) return base(options.baseUrl, 'options.baseUrl');
  const variable = around.variable('WANDB_BASE_URL');
  if (variable) return base(variable, 'WANDB_BASE_URL');
  const setting = around.setting('base_url');
  return base(setting ?? DEFAULT_BASE_URL, 'base_url in a wandb settings file');
}

/** Whose changes a journal holds: what was meant for one tree of one server is no other's business. */
export const journalIdentity = (tree: string, baseUrl: string): string => `${tree} ${baseUrl}`;

/** Where the journal is, as an absolute path; null: there is none. */
function findJournal(given: WandbFsOptions['journal'], around: Surroundings) {
  const journal = given ?? journalVariable(around);
  if (journal === false) return null;
  const { dir, fsync = false } =
    typeof journal === 'object' ? journal : { dir: journal === true ? undefined : journal };
  return Object.freeze({ dir: dir === undefined ? around.journalDirectory : around.absolute(dir), fsync });
}

function journalVariable(around: Surroundings): boolean | string {
  const variable = around.variable('WANDB_FS_JOURNAL');
  if (variable === null || /^(0|false)$/i.test(variable)) return false;
  return /^(1|true)$/i.test(variable) || around.expand(variable);
}

function timeoutOf(options: WandbFsOptions, around: Surroundings): number {
  if (options.timeout !== undefined) return options.timeout;
  const variable = around.variable('WANDB_HTTP_TIMEOUT');
  if (variable === null) return DEFAULTS.timeout;
  const seconds = Number(variable);
  if (!(seconds > 0)) throw invalidValue('WANDB_HTTP_TIMEOUT', 'expected a number of seconds above 0');
  return seconds * 1000;
}

/** Headers that the SDK sends on the user's behalf; the values of `WANDB_X_EXTRA_HTTP_HEADERS` may be secrets. */
function extraHeaders(around: Surroundings): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  const username = around.variable('WANDB_USERNAME');
  const email = around.variable('WANDB_USER_EMAIL');
  if (username !== null) headers['x-wandb-username'] = username;
  if (email !== null) headers['x-wandb-user-email'] = email;
  const extra = around.object('WANDB_X_EXTRA_HTTP_HEADERS') ?? around.object('WANDB__EXTRA_HTTP_HEADERS');
  for (const [name, value] of Object.entries(extra ?? {})) headers[name.toLowerCase()] = String(value);
  return headers;
}

function workerUrl(given: string | URL | undefined): URL | null {
  if (given === undefined) return null;
  if (isUrl(given)) return new URL(given.href);
  return /^(file|data):/.test(given) ? new URL(given) : pathToFileURL(given);
}

/** So that `{ listingTtl: undefined }` means the default. */
function withoutUndefined<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

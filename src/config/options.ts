import type { Dispatcher } from 'undici';

/**
 * What can be deleted as a whole, beside files. Of artifacts: 'version' is one without aliases, 'aliasedVersion' any;
 * in a portfolio or registry a version is unlinked, its source stays.
 */
export type DeletableLevel = 'run' | 'project' | 'version' | 'aliasedVersion' | 'collection';

/** Hears of what a user should know and no call can tell; `console` is one. Messages hold no key. */
export interface Logger {
  /** What a user should know, whoever swallows the errors: each thing once. Without it `debug` hears of that, too. */
  warn?(message: string): void;
  /** Each request with its status and time, each retry with its reason and pause, and what is done another way than usual. */
  debug?(message: string): void;
}

/** Where a journal is, and what it outlives. */
export interface JournalDirectory {
  /** @default as for `journal: true` */
  readonly dir?: string | undefined;
  /** Outlives a power loss too; costs a write through the disk's cache, twice a file. @default false */
  readonly fsync?: boolean | undefined;
}

/**
 * Options of `createWandbFs`. What isn't given comes from the environment (`WANDB_BASE_URL`, `WANDB_API_KEY`…), the
 * netrc file and the settings files, as for W&B's own SDK.
 */
export interface WandbFsOptions {
  /**
   * Where the W&B API is; a path is allowed.
   *
   * @default WANDB_BASE_URL, else `base_url` of the settings files, else 'https://api.wandb.ai'
   */
  readonly baseUrl?: string | undefined;
  /**
   * The API key, from https://wandb.ai/authorize or the same page of your server. It is sent to `baseUrl` alone and
   * shown nowhere. Without any key the first request fails with EACCES.
   *
   * @default WANDB_API_KEY, else the netrc entry of the base URL's host (`wandb login` writes it), however it is spelled, else
   * `api_key` of the settings file whose `base_url` is the base URL
   */
  readonly apiKey?: string | undefined;
  /**
   * A file with a JWT, exchanged for access tokens (identity federation), in place of a key.
   *
   * @default WANDB_IDENTITY_TOKEN_FILE
   */
  readonly identityTokenFile?: string | undefined;
  /** Where the tree begins in the paths of this object; a path elsewhere is ENOENT, without a request. @default '/' */
  readonly mountPoint?: string | undefined;
  /** The subtree that is shown as the root: 'entity', 'entity/project' or deeper. @default '', the whole tree */
  readonly root?: string | undefined;
  /**
   * How long a listing is believed from when it came, in milliseconds; as long as it took, if that is longer. Up to a tenth
   * less, by chance. 0: no longer than the call that asked for it.
   *
   * @default 30000
   */
  readonly listingTtl?: number | undefined;
  /** Bound of clean content in memory, in bytes. @default 64 MiB */
  readonly cacheBytes?: number | undefined;
  /**
   * Bound of small files that are read before they are asked for, in bytes of each run or version that is read file by file.
   * 0: nothing is read ahead, nor of large files that are read on in.
   *
   * @default 4 MiB
   */
  readonly readAheadBytes?: number | undefined;
  /** Bound of changed content that waits on disk for its upload, in bytes; above it writers wait. @default 16 GiB */
  readonly spoolBytes?: number | undefined;
  /**
   * Keeps what is acknowledged and not uploaded yet on this machine's disk, so that the next start sends what a killed
   * process left. `true` is this user's directory for state (`$XDG_STATE_HOME` or `~/.local/state`, on macOS
   * `~/Library/Application Support`, on Windows `%LOCALAPPDATA%`; in it `wandb-fs/journal`), a string is another one.
   * Processes and instances may share a directory.
   *
   * @default WANDB_FS_JOURNAL ('true' or '1', 'false' or '0', or a directory), else false
   */
  readonly journal?: boolean | string | JournalDirectory | undefined;
  /** Most bytes that a rename moves by uploading them anew; above it EXDEV, and tools copy. @default 256 MiB */
  readonly maxRenameBytes?: number | undefined;
  /** 'back': a close queues the upload. 'through': it waits until the upload is durable. @default 'back' */
  readonly writeback?: 'back' | 'through' | undefined;
  /** How long closed files wait for others to be uploaded with, in milliseconds. @default 500 */
  readonly writebackDelay?: number | undefined;
  /**
   * How sync calls get what isn't here. 'thread': an I/O thread makes all requests, sync calls wait for it.
   * 'cache-only': EAGAIN, and the load starts. 'off': no thread; ENOTSUP. With `fetch` or `dispatcher` given there is
   * no thread either.
   *
   * @default 'thread', with `fetch` or `dispatcher` 'off'
   */
  readonly sync?: 'thread' | 'cache-only' | 'off' | undefined;
  /** Longest time that a sync call waits, in milliseconds; then ETIMEDOUT. @default 120000 */
  readonly syncTimeout?: number | undefined;
  /** The levels at which `rmdir` and `rm` delete a whole directory on the server. @default [], none: EPERM */
  readonly allowDelete?: readonly DeletableLevel[] | undefined;
  /** Every change fails with EROFS. @default false */
  readonly readOnly?: boolean | undefined;
  /**
   * Each run has a directory `.wandb` of what W&B knows of it: `history.jsonl`, `summary.json`, `config.yaml` and, where the
   * server has made Parquet files of its history, `history.parquet`. It is read-only, and costs a request for each listing of a
   * run. Artifacts have none.
   *
   * @default false
   */
  readonly views?: boolean | undefined;
  /**
   * Files uploaded at once, and parts of large ones; a number pins it. Else it begins with 16, is doubled up to 128 as long as that
   * brings more, and is halved down to 4 where the storage says that it can't keep up (408, 429, 503) or doesn't answer.
   * Files above 512 KiB are never more than 16 of them.
   *
   * @default adapts
   */
  readonly concurrency?: number | undefined;
  /**
   * Longest time of one API call with its retries, in milliseconds. A transfer of content may take as long as it moves, and
   * ends when for so long nothing did, over all of its retries. Then ETIMEDOUT.
   *
   * @default WANDB_HTTP_TIMEOUT (in seconds), else 30000
   */
  readonly timeout?: number | undefined;
  /** Longest time until a connection is made, TLS included, in milliseconds; not with `fetch` or `dispatcher`. @default 10000 */
  readonly connectTimeout?: number | undefined;
  /**
   * Longest time from a request (of an upload: from its last byte) to the first byte of its answer, in milliseconds; then it
   * is tried again. Never more than half of `timeout`, but for uploads.
   *
   * @default 30000
   */
  readonly headersTimeout?: number | undefined;
  /** Longest time between two parts of an answer's body, in milliseconds; then it is tried again. @default 30000 */
  readonly idleTimeout?: number | undefined;
  /** How long `process.exit` waits for pending uploads, in milliseconds. @default 10000 */
  readonly exitFlushMs?: number | undefined;
  /**
   * While uploads are pending, and the program has no listener of its own, SIGTERM, SIGINT and SIGHUP end the process
   * after they were sent, at most `exitFlushMs` later; a second signal at once. `false`: signals are left alone.
   *
   * @default true
   */
  readonly exitSignals?: boolean | undefined;
  /** Makes the requests in place of undici. Proxies of the environment are its own affair then. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /**
   * The undici dispatcher that makes the requests, in place of the one that keeps to the proxies of the environment
   * (WANDB_HTTPS_PROXY, HTTPS_PROXY, NO_PROXY…). It isn't closed with the filesystem.
   */
  readonly dispatcher?: Dispatcher | undefined;
  /**
   * Hears one line of text at a time, without keys and signatures. What it throws harms nothing. Without `debug` nothing
   * is gathered for it.
   *
   * @default warnings go to `process.emitWarning`
   */
  readonly logger?: Logger | undefined;
  /**
   * Where the I/O thread's file lies, for bundles: what was made of 'wandb-fs/thread'.
   *
   * @default beside this package's other files, else a file 'wandb-fs-thread' beside the bundle
   */
  readonly workerUrl?: string | URL | undefined;
}

/** Reads the bytes `[start, end)` of a reference; fewer only at the end of the content. */
export type ReferenceReader = (
  uri: string,
  range: { readonly start: number; readonly end: number },
) => Promise<Uint8Array>;

/**
 * Where the content of references is read from, by the scheme of their URIs; what isn't named is never read, since a
 * manifest must not choose what is read from the user's disk or network.
 */
export interface ReferenceOptions {
  /**
   * `true`: from any public host. A list: from these hosts ('host' or 'host:port', as in the URI), also those of this machine
   * and of private networks; '*' among them is any public one.
   *
   * @default false
   */
  readonly http?: boolean | readonly string[] | ReferenceReader | undefined;
  /** As `http`. @default false */
  readonly https?: boolean | readonly string[] | ReferenceReader | undefined;
  /** The directory below which `file:` URIs may lie. @default none */
  readonly file?: string | ReferenceReader | undefined;
  /** Any other scheme, such as `s3` or `gs`. */
  readonly [scheme: string]: boolean | string | readonly string[] | ReferenceReader | undefined;
}

/** Options of `createWandbArtifactFs`. */
export interface WandbArtifactFsOptions extends WandbFsOptions {
  /** With a function among them everything runs in this thread, and sync calls can't wait. @default {} */
  readonly references?: ReferenceOptions | undefined;
  /**
   * The content-addressed cache of the official SDK: content is taken from it, and verified content is added to it.
   * `true` is the SDK's own directory, `WANDB_CACHE_DIR` or the platform's; a string is another one, which the SDK
   * finds as `WANDB_CACHE_DIR`.
   *
   * @default false
   */
  readonly artifactCache?: boolean | string | undefined;
  /**
   * Bound of the cache in bytes, least recently used first out; only for a directory of your own, what the SDK shares
   * is never evicted from.
   *
   * @default none
   */
  readonly artifactCacheBytes?: number | undefined;
  /** Files from this size on, in bytes, are uploaded in parts. @default 2 GiB */
  readonly multipartBytes?: number | undefined;
  /** Size of a part, in bytes; larger where there would be more than 10,000. @default 100 MiB */
  readonly partBytes?: number | undefined;
}

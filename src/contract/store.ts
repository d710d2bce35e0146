import type { Facts, RunFacts } from './facts.js';

/**
 * The seam between filesystem semantics and a remote: what a kernel needs from one. A store is a plain object;
 * what it can't do it doesn't have. One contract suite (`__tests__/store/contract.ts`) runs against every store.
 *
 * Paths are tree paths: segments joined by '/', without a leading or trailing slash; '' is the root. A segment that
 * POSIX can't hold stands percent-encoded (see `names.ts`); the store decodes it on the way out.
 */
export type TreePath = string;

/** One name as the remote knows it. Directories below a unit are no entries: they are prefixes of file paths. */
export interface Entry {
  readonly path: TreePath;
  readonly kind: Kind;
  /**
   * Of a symbolic link: a name beside it (an alias points to a version of its collection), or the URI of content that
   * lies elsewhere (a reference), which is read as a file's where `refusal` doesn't forbid it.
   */
  readonly target?: string | undefined;
  /** One sentence: why the content can't be read, and which option allows it. */
  readonly refusal?: string | undefined;
  /** Where the remote has this content, where the name here is another: a file that was copied into a draft. */
  readonly origin?: TreePath | undefined;
  /** Bytes; `null` when the remote lists the file without knowing its size (learned from the first GET). */
  readonly size: number | null;
  /** Milliseconds since the epoch. */
  readonly mtimeMs: number;
  /** Milliseconds since the epoch. */
  readonly birthtimeMs: number;
  /**
   * Names the content: two entries of one path with the same version have the same bytes. A digest in base64 behind
   * 'md5:' or 'xxh128:' names the same bytes in all paths.
   */
  readonly version: string;
  /** Base64 of the content's 16-byte MD5, where the remote tells it. */
  readonly md5: string | null;
  /** The remote's own id, needed to remove the entry. */
  readonly id: string | null;
  /** Rows that the remote made itself and refuses to change. */
  readonly isReadOnly: boolean;
  /** It was uploaded here, and no answer has told of it yet: its times are this machine's. @default false */
  readonly isUntold?: boolean | undefined;
}

export type Kind = 'file' | 'directory' | 'symlink';

/** What one look at a path brought. */
export interface Lookup {
  /**
   * What stands at the path: an entry, 'prefix' (no file of that name, but files below it: a directory),
   * or null: nothing. Where the path leads through an alias, the entry's own path leads through the version.
   */
  readonly found: Entry | 'prefix' | null;
  /**
   * The directories above the path, outermost first, that the answer proved to exist (root left out); of an alias both
   * the link and, behind it, the version that it points to.
   */
  readonly ancestors: readonly Entry[];
  /**
   * With `listing: true` and a path at or below a unit that exists: the unit's flat listing, or its first page. Of a
   * version null where it would take a further request.
   */
  readonly listing: { readonly entries: readonly Entry[]; readonly isComplete: boolean } | null;
}

/** What may have been meant by a name above units that isn't there. Names as in tree paths. */
export interface Alike {
  /** The directory that it would be in isn't there either. */
  readonly isParentMissing: boolean;
  /** Names there that differ only in case. */
  readonly spelt: readonly TreePath[];
  /** Units whose display name it is; none where an id is. A few of them. */
  readonly titled: readonly TreePath[];
}

export interface Content {
  /** Where the entry was wrong about the size, all of the file from the first byte that was asked for on. */
  readonly bytes: Uint8Array;
  /** The version tag of the bytes at the storage; later ranges of one open file must carry the same one. */
  readonly etag: string | null;
  /** Size of the whole file in bytes, as the storage tells it. */
  readonly size: number;
}

/**
 * Bytes to upload; may be read more than once (a retry reads again). The fd of a file is kept open, and its first `size`
 * bytes unchanged, by whoever handed it over.
 */
export type OpenSource =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'file'; readonly fd: number; readonly size: number };

/** Content that is opened when it is to be read, and closed by who has opened it (`store/common/content/sources.ts`). */
export interface HeldSource {
  readonly kind: 'held';
  readonly size: number;
  open(): Promise<{ readonly content: OpenSource; readonly close: () => void }>;
}

export type Source = OpenSource | HeldSource;

/** The remote's permission to upload one path; made by `declare`, used up by `put`, settled by `finish`. */
export interface Ticket {
  readonly path: TreePath;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Signalled {
  readonly signal?: AbortSignal | undefined;
}

export interface Uploads {
  /** Tells the remote that these files (all of one unit) will come. From here on their names exist on the server. */
  declare(paths: readonly TreePath[], options: Signalled): Promise<readonly Ticket[]>;
  /**
   * Sends the bytes. Resolves when the storage has answered 2xx, and has taken what was sent where it tells what it took.
   * `onProgress` gets the bytes sent so far. `md5` is that of what was sent, in base64; null: nobody has looked.
   */
  put(
    ticket: Ticket,
    source: OpenSource,
    options: Signalled & { readonly onProgress?: (sent: number) => void },
  ): Promise<{ readonly md5: string | null }>;
  /** Tells the remote that the bytes have arrived; after it the upload is durable. */
  finish(tickets: readonly Ticket[], options: Signalled): Promise<void>;
}

/** One file of a draft. `name` is its path below the draft, as a tree path. */
export type DraftFile =
  | { readonly name: TreePath; readonly kind: 'content'; readonly source: Source }
  /** Content that a version has already, at the path `origin`: no byte moves. */
  | {
      readonly name: TreePath;
      readonly kind: 'copy';
      readonly origin: TreePath;
      /** As the entry that was copied told it: other content under that name now is ESTALE. @default any */
      readonly version?: string | undefined;
    }
  /** Content that lies elsewhere. */
  | { readonly name: TreePath; readonly kind: 'reference'; readonly uri: string };

/** How a draft becomes a version. */
export interface CommitOptions {
  /** Aliases beside `latest`, which is always set. @default [] */
  readonly aliases?: readonly string[] | undefined;
  /** @default that of the version that the draft is a copy of; none, where it is a copy of none or of several */
  readonly description?: string | undefined;
  /** A JSON object of at most 100 keys. @default likewise */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Lifetime of the version in seconds; null: it has none. @default what the collection says */
  readonly ttl?: number | null | undefined;
  /** The draft holds what is new or changed; everything else stays as in the latest version. @default false */
  readonly incremental?: boolean | undefined;
  /** The run that logs the version. @default a new run of job type `auto`, as the SDK makes one */
  readonly runId?: string | undefined;
  /** The digests of the manifest. @default likewise, else 'MD5' */
  readonly digestAlgorithm?: 'MD5' | 'XXH128' | undefined;
  /**
   * Drafts of any processes with the same id make one version together (experimental).
   */
  readonly distributedId?: string | undefined;
  /** With `distributedId`: is this the contribution that finishes the version? @default true */
  readonly finish?: boolean | undefined;
}

/** What became of a draft. */
export interface Committed {
  /** 'vN'; null while a distributed version isn't finished. */
  readonly version: string | null;
  readonly id: string;
  /** Hex. */
  readonly digest: string;
  readonly aliases: readonly string[];
  /** The latest version has the same content: no new one was made. */
  readonly deduplicated: boolean;
}

/** A page of the runs of a project that pass a filter. */
export interface RunQuery {
  /** The project's directory. */
  readonly path: TreePath;
  /** JSON in the style of MongoDB, in the server's own names. */
  readonly filters: string;
  /** A sign and one of the server's own names. */
  readonly order: string;
  /** Where the page before this one ended; null: from the beginning. */
  readonly after: string | null;
  /** Runs of a page at most. */
  readonly first: number;
}

export interface FoundRuns {
  readonly runs: readonly { readonly path: TreePath; readonly facts: RunFacts }[];
  /** The runs, and what is above them, as listings show them. */
  readonly entries: readonly Entry[];
  /** Where the next page begins; null: this was the last. */
  readonly next: string | null;
}

export interface Store {
  /** Depth of the directories whose whole subtree is listed flat, at once (runs: 3; root is 0). */
  readonly unitDepth: number;

  /**
   * Listings of directories above this depth aren't all that exists: names that they don't show are looked up, and what
   * a look-up has found isn't gone because a listing doesn't show it. @default 0: all listings are whole
   */
  readonly partialDepth?: number;

  /** Never rejects for what isn't there: that is `found: null`. One request, shared with look-ups of the same turn. */
  lookup(path: TreePath, options: Signalled & { readonly listing: boolean }): Promise<Lookup>;

  /**
   * Lists a directory: above the unit its children, at the unit every file below it, flat, page by page.
   * Rejects with ENOENT if the directory isn't there.
   */
  list(path: TreePath, options: Signalled): AsyncIterable<readonly Entry[]>;

  /**
   * Reads `[start, end)` of a file; what lies behind the file's end is left out. `etag` is what an earlier read of
   * this open file brought: other bytes at the storage reject with ESTALE. A range that covers the whole file is
   * verified against `entry.md5`: a mismatch, as an unexpected size, rejects with EBADMSG (the listing is stale or
   * the bytes are broken; the kernel finds out which).
   */
  read(
    entry: Entry,
    range: { readonly start: number; readonly end: number },
    options: Signalled & { readonly etag: string | null },
  ): Promise<Content>;

  /**
   * Reads a whole file, of at most `limit` bytes, as the storage has it, whatever the listing says: listings lag behind
   * uploads. Rejects with EBADMSG unless the storage's own tag vouches for the bytes.
   */
  readNewest(
    entry: Entry,
    options: Signalled & { readonly limit: number },
  ): Promise<Content & { readonly md5: string }>;

  readonly uploads?: Uploads;

  /**
   * Removes files, or aliases, batched. What is already gone counts as removed. An entry without an id is looked up
   * first.
   */
  remove?(
    files: readonly { readonly path: TreePath; readonly id: string | null }[],
    options: Signalled,
  ): Promise<void>;

  /** Makes a directory at or above the unit; rejects with EEXIST where it can't. */
  mkdir?(path: TreePath, options: Signalled): Promise<Entry>;

  /** Removes a directory at or above the unit with all that is in it; EPERM unless the user allowed that level. */
  rmdir?(path: TreePath, options: Signalled): Promise<void>;

  /**
   * Units are versions: what is listed of one never changes, and nothing is written into one. New units come from
   * drafts, by `commit`. @default false
   */
  readonly hasVersions?: boolean;

  /**
   * Makes the draft of a collection a version of it, whole or not at all. `entries` are what the next listing of the
   * collection will show of it: the version and its aliases.
   *
   * @param collection the directory of the collection; it may not exist yet
   */
  commit?(
    draft: {
      readonly collection: TreePath;
      readonly files: readonly DraftFile[];
      /** The version that it is a copy of: what that tells of itself and `options` don't, the new one keeps. */
      readonly base?: TreePath | null | undefined;
    },
    options: CommitOptions &
      Signalled & {
        /** Bytes of the file's content that were sent so far. */
        readonly onProgress?: ((name: TreePath, sent: number, size: number) => void) | undefined;
        /** The storage has the file's content, and didn't have it before. */
        readonly onUploaded?: ((name: TreePath, size: number) => void) | undefined;
      },
  ): Promise<Committed & { readonly entries: readonly Entry[] }>;

  /**
   * Makes the name at `path`, beside versions, an alias of the version at `target`: of its own collection, or (a link)
   * of another one. An alias of that name moves. `replaces` is an alias to be removed in its favour (a rename).
   * Resolves with what the next listing of the collection will show: the alias, and a version that was linked.
   */
  symlink?(
    link: { readonly path: TreePath; readonly target: TreePath; readonly replaces: TreePath | null },
    options: Signalled,
  ): Promise<readonly Entry[]>;

  /** What the remote knows of a path beyond its entry, as plain data for users. Rejects with ENOENT. */
  info?(path: TreePath, options: Signalled): Promise<Facts>;

  /** Where the storage gives out a file's content without credentials, for a while. Rejects with ENOENT, ENOTSUP. */
  signedUrl?(entry: Entry, options: Signalled): Promise<string>;

  /** Finds runs by what the remote knows of them. Rejects with ENOENT without the project. */
  find?(query: RunQuery, options: Signalled): Promise<FoundRuns>;

  /**
   * What may have been meant by a path above or of a unit that isn't there: one bounded request, for a message. Null where
   * nothing can be said.
   */
  alike?(path: TreePath, options: Signalled): Promise<Alike | null>;

  /**
   * Takes who hears of what a user should know whoever swallows the errors, each thing once: an unreachable server, a
   * refused key. @default `process.emitWarning`
   *
   * @param debug hears of requests, retries and fallbacks, where the configuration says that somebody listens
   */
  onWarning?(listener: (message: string) => void, debug: (message: string) => void): void;

  /** Ends what the store holds open (sockets); what is on its way fails. */
  close?(): Promise<void>;
}

import type { CommitOptions, Committed, DraftFile } from './drafts.js';
import type { Alike, Content, Entry, Lookup, Page } from './entry.js';
import type { Entries } from './entry-page.js';
import type { ConsoleLines, ConsoleQuery } from './knowledge/console.js';
import type { Facts, RunFacts } from './knowledge/facts.js';
import type { TreePath } from './tree-path.js';
import type { TreeShape } from './tree-shape.js';
import type { Signalled, Uploads } from './uploads.js';

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

export interface ReadOptions {
  /** What an earlier read of the same content brought. */
  readonly etag: string | null;
  /**
   * Files of the same unit that may be read next: what has to be asked for to read them may come along, as far as it costs
   * no request. @default none
   */
  readonly beside?: readonly Entry[] | undefined;
  /** Nobody waits for it yet: whoever is waited for goes first, and it is tried once. @default false */
  readonly isAhead?: boolean | undefined;
}

/**
 * The seam between filesystem semantics and a remote: what a kernel needs from one. A store is a plain object;
 * what it can't do it doesn't have. One contract suite (`__tests__/store/contract.ts`) runs against every store.
 */
export interface Store {
  /** How deep its units are, and in what else its tree differs from others. */
  readonly shape: TreeShape;

  /** Never rejects for what isn't there: that is `found: null`. One request, shared with look-ups of the same turn. */
  lookup(path: TreePath, options: Signalled & { readonly listing: boolean }): Promise<Lookup<Entries>>;

  /**
   * Lists a directory: above the unit its children, at the unit every file below it, flat, page by page.
   * Rejects with ENOENT if the directory isn't there. `after` is where the first page ended, where a look-up has told it:
   * then that isn't brought again.
   */
  list(path: TreePath, options: Signalled & { readonly after?: string | undefined }): AsyncIterable<Entries>;

  /**
   * One page of what `list` brings; `after` is where the one before it ended, null the beginning. Null for a directory
   * that isn't listed in pages. @default none is
   */
  page?(
    path: TreePath,
    options: Signalled & { readonly after: string | null },
  ): Promise<Page<Entries>> | null;

  /**
   * Reads `[start, end)` of a file; what lies behind the file's end is left out. `etag` is what an earlier read of
   * this open file brought: other bytes at the storage reject with ESTALE. A range that covers the whole file is
   * verified against `entry.md5`: a mismatch, as an unexpected size, rejects with EBADMSG (the listing is stale or
   * the bytes are broken; the kernel finds out which).
   */
  read(
    entry: Entry,
    range: { readonly start: number; readonly end: number },
    options: Signalled & ReadOptions,
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
        readonly onProgress?: ((name: string, sent: number, size: number) => void) | undefined;
        /** The storage has the file's content, and didn't have it before. */
        readonly onUploaded?: ((name: string, size: number) => void) | undefined;
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

  /** Lines that a unit has printed, in their order. Rejects with ENOENT, with EINVAL for what prints nothing. */
  consoleLines?(query: ConsoleQuery, options: Signalled): Promise<ConsoleLines>;

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

import type { RequestEvent } from './channels.js';
import type { RemoteCounters } from './counters.js';
import type { CommitOptions, Committed, DraftFile } from './drafts.js';
import type { Alike, Content, Entry, Lookup, Page } from './entry.js';
import type { Entries } from './entry-page.js';
import type { Failure } from './failure.js';
import type { ConsoleLines, ConsoleQuery } from './knowledge/console.js';
import type { Facts } from './knowledge/facts.js';
import type { FoundRuns, ReadOptions, RunQuery } from './store.js';
import type { TreePath } from './tree-path.js';
import type { TreeShape } from './tree-shape.js';
import type { OpenSource } from './uploads.js';

/**
 * Content in a message: the number of a snapshot that the kernel holds. The owner opens it when it is to be read
 * (`Contents`), so what waits to be sent is nowhere twice.
 */
export interface Handed {
  readonly kind: 'held';
  readonly id: number;
  /** Bytes. */
  readonly size: number;
}

/** The kernel's side of what it handed over. */
export interface Contents {
  /** Throws a Failure where the content isn't to be had any more. Bytes are the caller's own; an fd is closed once. */
  open(id: number): OpenSource;
  close(id: number): void;
}

/**
 * What the kernel asks of the one owner of the remote. Each method is one message and one reply, so a blocked thread
 * waits for at most one reply per operation. The owner holds the store, the upload queue and the URL cache.
 */
export interface RemoteMethods {
  lookup(args: { path: TreePath; listing: boolean }): Lookup<Entries>;
  /**
   * The whole listing of a directory above the unit, or of a unit (flat); or what comes behind its first page. To
   * who takes pages they are told as they come, and the reply is the last one.
   */
  list(args: { path: TreePath; after?: string | undefined }): { entries: Entries };
  /** One page of it, where it is listed in pages, and all of it elsewhere. */
  page(args: { path: TreePath; after: string | null }): Page<Entries>;
  /** `beside` and `isAhead` are those of the store's contract; a call that is made ahead keeps no process. */
  read(
    args: { entry: Entry; start: number; end: number; etag: string | null } & Pick<
      ReadOptions,
      'beside' | 'isAhead'
    >,
  ): Content;
  /** A whole file of at most `limit` bytes as the storage has it, if its tag vouches for them; the listing lags. */
  readNewest(args: { entry: Entry; limit: number }): Content & { readonly md5: string };
  /**
   * Queues a file's content for upload (the last close of a dirty file). Replies at once: acknowledged, not durable.
   * A later submit of the same inode or path supersedes an earlier one that isn't on its way yet.
   */
  submit(
    args: OfSubmitted & {
      source: Handed;
      /** The server may have this very content already: it is asked before anything is sent. @default false */
      isDoubtful?: boolean | undefined;
    },
  ): null;
  /**
   * Sends at once what is queued (of these inodes; of all, if null) and replies when all of it is durable or has
   * failed. Failed uploads stay queued and are tried again, by themselves after a while and at the next flush.
   */
  flush(args: { inos: readonly number[] | null }): { failed: readonly FailedUpload[] };
  /**
   * Renames files of one unit. A file that was never declared to the server is re-keyed in the queue (no request); any
   * other is uploaded under its new name (from `source`, else from the queue, else from the server), and when all are
   * durable the old names are removed. `entry` is what the server knows under `from`, null if it was never declared.
   */
  rename(args: { moves: readonly Move[] }): { moved: readonly { ino: number; entry: Entry | null }[] };
  /** Removes files: what is queued is dropped, what is on its way ends first, what the server knows is deleted there. */
  remove(args: { files: readonly { ino: number; path: TreePath; entry: Entry | null }[] }): null;
  mkdir(args: { path: TreePath }): Entry;
  rmdir(args: { path: TreePath }): null;
  /** Makes a version of a draft, whole or not at all; `path` and `inos` are for the events of its files' progress. */
  commit(args: {
    path: TreePath;
    collection: TreePath;
    files: readonly HandedDraftFile[];
    base: TreePath | null;
    inos: readonly number[];
    options: CommitOptions;
  }): Committed & { entries: readonly Entry[] };
  /** Sets or moves an alias, links a version, or with `replaces` renames an alias; see the store's contract. */
  symlink(args: { path: TreePath; target: TreePath; replaces: TreePath | null }): {
    entries: readonly Entry[];
  };
  /** What the remote knows of a path beyond its entry; null: it can't tell. */
  info(args: { path: TreePath }): Facts | null;
  /** Where the storage gives out a file's content, for a while; see the store's contract. */
  signedUrl(args: { entry: Entry }): string;
  /** A page of the runs of a project that pass a filter. */
  find(args: RunQuery): FoundRuns;
  /** Lines that a unit has printed. */
  consoleLines(args: ConsoleQuery): ConsoleLines;
  /** What may have been meant by a path that isn't there, for a message; see the store's contract. */
  alike(args: { path: TreePath }): Alike | null;
  /** Ends the owner: what is queued is not waited for (the caller flushes first). */
  close(args: Record<string, never>): null;
}

export interface FailedUpload {
  readonly path: TreePath;
  readonly failure: Failure;
}

export interface Move {
  readonly ino: number;
  readonly from: TreePath;
  readonly to: TreePath;
  readonly entry: Entry | null;
  /** Local content newer than the server's, of `generation`. */
  readonly source: Handed | null;
  readonly generation: number;
}

/** A file of a draft in a message. */
export type HandedDraftFile =
  | Exclude<DraftFile, { kind: 'content' }>
  | { readonly name: string; readonly kind: 'content'; readonly source: Handed };

export type Method = keyof RemoteMethods;

/** What changes nothing: who asked for it may leave. Of all else the outcome must be known. */
export const READS: ReadonlySet<Method> = new Set([
  ...(['lookup', 'list', 'page', 'read', 'readNewest'] as const),
  ...(['info', 'signedUrl', 'find', 'consoleLines', 'alike'] as const),
]);

export type Args<M extends Method> = Parameters<RemoteMethods[M]>[0];
export type Value<M extends Method> = ReturnType<RemoteMethods[M]>;
export type Reply<M extends Method> =
  | { readonly ok: true; readonly value: Value<M> }
  | { readonly ok: false; readonly failure: Failure };

/** Content that was handed over. */
interface OfSubmitted {
  readonly path: TreePath;
  readonly ino: number;
  readonly generation: number;
}

/** What the owner tells without being asked. Delivered in order with the replies. */
export type RemoteEvent =
  | (Omit<OfSubmitted, 'generation'> & {
      readonly type: 'progress';
      readonly sent: number;
      readonly size: number;
    })
  /** Durable: the storage answered 2xx and the mark succeeded. `entry` is what the next agreeing listing will show. */
  | (OfSubmitted & { readonly type: 'uploaded'; readonly entry: Entry })
  /** Failed; stays queued, and is tried again by itself after a while, or at the next flush. */
  | (OfSubmitted & { readonly type: 'failed'; readonly failure: Failure })
  /** Will not be sent: superseded, removed, or renamed over. */
  | (OfSubmitted & { readonly type: 'dropped' })
  /** A file that was sent for a version, which is there now. */
  | { readonly type: 'committed'; readonly path: TreePath; readonly size: number }
  /** No version was made of the draft at `path`, which stays as it is. */
  | { readonly type: 'uncommitted'; readonly path: TreePath; readonly failure: Failure }
  /** Nothing queued, nothing on its way. */
  | { readonly type: 'idle' }
  /** A request has ended, where somebody listens to that. */
  | { readonly type: 'request'; readonly request: RequestEvent }
  /** What the user's logger should hear, whoever swallows the errors. */
  | { readonly type: 'warning' | 'debug'; readonly message: string };

/** Takes a page of a listing that isn't its last. */
export type TakePage = (entries: Entries) => void;

/** What the kernel adds to that, where somebody listens to it. */
export type LocalEvent =
  /** A caller has waited for a message's outcome. */
  | {
      readonly type: 'waited';
      readonly method: Method;
      /** Null: it was about nothing single. */
      readonly path: TreePath | null;
      readonly milliseconds: number;
      /** Its thread stood still. */
      readonly isBlocking: boolean;
      readonly failure: Failure | null;
    }
  | { readonly type: 'queued'; readonly path: TreePath; readonly size: number };

export type KernelEvent = RemoteEvent | LocalEvent;

/** One message on its way. Compared by identity. */
export interface Call {
  readonly isSettled: boolean;
}

/** The owner of the remote as the kernel's thread sees it: behind a port in its own thread, or in-process. */
export interface Remote {
  /** That of the store. */
  readonly shape: TreeShape;
  /**
   * Sends a message. `commit` runs synchronously, exactly once, when the reply is received, whether by the event loop
   * or by a blocked `wait`; replies and events are committed in the order in which the owner sent them.
   *
   * @param take hears of what comes before the reply, of a `list`. @default all of it is the reply
   */
  call<M extends Method>(method: M, args: Args<M>, commit: (reply: Reply<M>) => void, take?: TakePage): Call;
  /** Somebody waits for a call that was made ahead: it keeps the process from now on. */
  want(call: Call): void;
  /** Aborts the work behind a call; its commit still runs, with ECANCELED if the work had not ended. */
  cancel(call: Call): void;
  /**
   * Blocks this thread until the call's commit has run. Throws a Failure where that can't be: ENOTSUP when everything
   * runs in-process, EAGAIN with `sync: 'cache-only'`, ETIMEDOUT past the deadline. The work behind the call goes on.
   */
  wait(call: Call): void;
  /** Throws the Failure of `wait` where no call can ever be waited for: what changes something isn't even sent then. */
  assertCanWait(): void;
  /** 'exit' is told: hands over what was changed, blocks until it is durable where it can, and names what is left. */
  drainAtEnd(): void;
  counters(): RemoteCounters;
  /** Who hears the events; set once by the kernel. */
  onEvent: (event: RemoteEvent) => void;
  /** Where what was handed over is; set once by the kernel. */
  contents: Contents;
  /** What the kernel does when the process ends; set once by the kernel. */
  ending: Ending;
}

/** The kernel's part in the end of its process; see `lifecycle.ts`. */
export interface Ending {
  /** Hands over what is open and changed: nobody closes it any more. */
  submit(): void;
  /** What could be sent was sent: private files go. @param isLast nothing is changed any more: a journal is given up, too */
  removeFiles(isLast: boolean): void;
  /** A journal keeps what isn't sent. */
  readonly isKept: boolean;
}

/** What a remote has before there is a kernel over it. */
export const NO_CONTENTS: Contents = {
  open: () => {
    throw new Error('there is no kernel');
  },
  close: () => {},
};
export const NO_ENDING: Ending = { submit: () => {}, removeFiles: () => {}, isKept: false };

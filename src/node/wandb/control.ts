import type { EventEmitter } from 'node:events';
import { type Counters, noCounters } from '../../contract/counters.js';
import type { CommitOptions, Committed } from '../../contract/drafts.js';
import type { ConsoleLines } from '../../contract/knowledge/console.js';
import { withoutSlash } from '../../contract/tree-path.js';
import type { JournalReport } from '../../kernel/writeback/recovery.js';
import { waitAtMost } from '../../platform/time.js';
import { type Composite, driveAsync, driveSync, invoke } from '../composites/driver.js';
import { invokeAt, placeOf, type Tree } from '../tree.js';
import { pathOf, signedUrl, webUrl } from './addresses.js';
import { commit } from './commit.js';
import { type ConsoleOptions, consoleLines } from './console.js';
import { type FindOptions, find, type RunsFound } from './find.js';
import { info, type WandbInfo } from './info.js';
import { journal } from './kept/journal-report.js';
import type { MirrorEnd, Mirrored, MirrorOptions } from './mirroring/options.js';
import type { TreeEnd } from './mirroring/tree-end.js';
import type { Recorded, RecordOptions } from './recording/options.js';
import { get } from './transfers/get.js';
import type { GetOptions, TransferOptions } from './transfers/options.js';
import { put } from './transfers/put.js';
import type { UploadEvents } from './uploads.js';

/** What W&B needs and `node:fs` has no name for. */
export interface WandbControl {
  /** Resolves when everything written so far is durable; rejects with EIO that names what failed. */
  flush(): Promise<void>;
  /** Blocks until everything written so far is durable. */
  flushSync(): void;
  /**
   * Waits for the calls on their way (ten seconds for those that only read), flushes, then closes every fd and ends the
   * connection. The fs object can't be used after it.
   */
  close(): Promise<void>;
  /**
   * Forgets what was learned about a path and all below it, so that the next call asks the server.
   * @default path is the whole tree
   */
  refresh(path?: string | Buffer | URL): void;
  /** Loads the listings of directories and the first blocks of files, so that sync calls on them don't wait. */
  prefetch(paths: Iterable<string | Buffer | URL>): Promise<void>;
  /**
   * Makes a version of a draft (a directory made beside versions): all or nothing, nobody sees it before it is whole.
   * `latest` and `aliases` point to it then. Content that the latest version has already makes no new version:
   * `deduplicated` tells. Afterwards the draft is gone.
   *
   * Rejects with EINVAL for what is no draft, or for options that W&B doesn't take; with EBUSY while a file in it is
   * open for writing; where an upload fails the draft stays as it is. So it does with AbortError where `signal` aborts
   * before the version is there; an abort that comes too late for that changes nothing: the commit resolves.
   */
  commit(
    draft: string | Buffer | URL,
    options?: CommitOptions & { readonly signal?: AbortSignal | undefined },
  ): Promise<Committed>;
  /** As `commit`, and blocks until it is done. */
  commitSync(draft: string | Buffer | URL, options?: CommitOptions): Committed;
  /**
   * What W&B knows of a path, by `kind`: of runs their display name, state, config, summary and more, of files size,
   * digest and type, of artifact versions aliases, tags and metadata. Asked anew each time, in one request behind those
   * that find the path; what only this instance has (drafts, files that aren't sent yet) costs none.
   *
   * Rejects with ENOENT for what isn't there; with EPROTO where the config, summary or metadata is no JSON.
   */
  info(path: string | Buffer | URL): Promise<WandbInfo>;
  /**
   * Copies a file to this machine's disk. It appears under its name when all of it is there and has the digest that W&B
   * tells; where that fails, or `signal` aborts, nothing is changed. With `resume` a part of it stays, to go on from.
   *
   * Rejects with EISDIR for a directory, with EIO for other content than W&B tells of, with AbortError.
   *
   * @param local A path of `node:fs`, or a file URL; its directory must be there.
   */
  get(remote: string | Buffer | URL, local: string | Buffer | URL, options?: GetOptions): Promise<void>;
  /**
   * Copies a file of this machine's disk into the tree, and resolves when it is durable (in a draft: when it is there). It
   * stands there whole or not at all: nothing half-read is ever sent. Where `signal` aborts before all was read, nothing is
   * changed; later it is as if `writeFile` had returned: what was read is sent.
   */
  put(local: string | Buffer | URL, remote: string | Buffer | URL, options?: TransferOptions): Promise<void>;
  /**
   * Makes one directory what the other is, one way: what differs is copied, many files at once, and with `delete` what
   * the other lacks is removed. What has the same size and digest is neither sent nor fetched, so a mirror that was
   * interrupted goes on where it is begun again. Files appear whole, and what is read from W&B has its digest. A file is
   * mirrored to a file. Into runs it resolves when all is durable; in a draft, when it is there.
   *
   * ```js
   * await fs.wandb.mirror({ fs: nodeFs, path: 'data' }, 'entity/project/run/data', { delete: true });
   * ```
   *
   * Rejects with an AggregateError (`errors`, and the `code` of the first) where single files failed, when all others
   * are through; nothing is removed then. With ENOENT without `from`, EINVAL where one is in the other, EISDIR or ENOTDIR
   * where a directory is in the way of a file or the reverse and `delete` isn't set; with AbortError: what was
   * written by then is sent.
   *
   * @param to Is made where it isn't there, with the directories above it.
   */
  mirror(from: MirrorEnd, to: MirrorEnd, options?: MirrorOptions): Promise<Mirrored>;
  /**
   * Finds runs of a project by what W&B knows of them, for who doesn't know their ids; `path` of each is its directory.
   *
   * ```js
   * const best = await fs.wandb
   *   .find({ entity, project, state: 'finished', config: { lr: 0.1 }, order: '+summary.loss' })
   *   .first();
   * ```
   *
   * Throws TypeErrors with Node's codes for options that can't be, ENOTSUP in a tree of artifacts; taking a run rejects
   * with ENOENT without the project and with AbortError when `signal` aborts.
   */
  find(options: FindOptions): RunsFound;
  /**
   * Records runs and artifact versions, with what W&B knows of them, as a directory that a person can read and edit and
   * that `startFakeWandb({ world: directory })` serves: `docs/RECORDED-WORLDS.md` has its layout. It appears whole or not
   * at all. What was written so far is sent first. Neither keys nor signed addresses are in it, nor who made what.
   *
   * Rejects with ENOENT for what isn't there; EINVAL for a path inside a run or version, and for a directory inside
   * another world; EEXIST where a world stands already, unless `replace` is set, or where somebody else records
   * meanwhile; ENOTEMPTY and ENOTDIR where anything else stands, EBUSY where this process is; with AbortError.
   *
   * @param paths of runs, or projects or entities for all of theirs; in a tree of artifacts, of versions, collections and
   *   what is above them. Addresses (`wandbfs://…`, `wandbas://…`, pages of the app) may be of either tree.
   */
  record(
    paths: string | Iterable<string | Buffer | URL>,
    directory: string | Buffer | URL,
    options?: RecordOptions,
  ): Promise<Recorded>;
  /**
   * What the journal holds: acknowledged, and not known to be on the server. `torn` records and `damaged` files were
   * found when it was taken over from a process that was killed. Null without the option `journal`.
   */
  journal(): JournalReport | null;
  /**
   * Running totals of this object, and what is so now: `docs/OBSERVABILITY.md`. Asking costs no message and no request; before
   * the first use all is 0.
   */
  counters(): Counters;
  /**
   * Where anybody, without a key, can download a file of a run or version: the address that the storage signs, anew each
   * time. It ends by itself, at W&B's own service after an hour; whoever has it can read the file till then. Of a
   * reference to the web it is that address, which doesn't end.
   *
   * Rejects with ENOENT, EISDIR for a directory, EBUSY for content that W&B doesn't have yet (changed files, drafts),
   * ENOTSUP for references that are no web addresses, with AbortError.
   */
  signedUrl(
    path: string | Buffer | URL,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<string>;
  /**
   * The absolute path, in this object, of a path or of an address (`wandbfs://…`, `wandbas://…`, a page of the app), without a
   * request. Throws ENOENT for an address of something else.
   */
  pathOf(path: string | Buffer | URL): string;
  /**
   * What a run has printed so far, a page at a time: a run that is running has no file of it yet. Lines that were rewritten
   * later, as by progress bars, are as they are now.
   *
   * Rejects with ENOENT, with EINVAL for what is no run, ENOTSUP in a tree of artifacts, with AbortError.
   */
  consoleLines(path: string | Buffer | URL, options?: ConsoleOptions): Promise<ConsoleLines>;
  /** Where a path is shown in the W&B app. */
  webUrl(path: string | Buffer | URL): string;
  readonly uploads: EventEmitter<UploadEvents>;
}

/** How long `close` waits for calls that only read, in milliseconds. */
const LONGEST_WAIT_MS = 10_000;

interface Beside {
  /** The fs object that it is on. */
  readonly self: () => object;
  /** What a tree has to be mirrored; null for fs objects that are none. */
  readonly endOf: (fs: object) => TreeEnd | null;
  /** Makes the other tree of the same server. */
  readonly other: () => Tree;
  readonly onClose: (() => void) | undefined;
}

export function wandbControl(tree: Tree, { self, endOf, other, onClose = () => {} }: Beside): WandbControl {
  return {
    flush: () => tree.calls.drive(flush(tree)),
    flushSync: () => driveSync(flush(tree)),
    close: () => {
      onClose();
      return close(tree);
    },
    refresh: (path) => driveSync(refresh(tree, path)),
    prefetch: async (paths) => {
      const loads = Array.from(paths, (path) => tree.calls.drive(prefetch(tree, path)));
      await Promise.all(loads);
    },
    commit: (draft, options) => tree.calls.drive(commit(tree, draft, options, true)),
    commitSync: (draft, options) => driveSync(commit(tree, draft, options, false)),
    info: (path) => tree.calls.drive(info(tree, path)),
    find: (options) => find(tree, options),
    get: (remote, local, options) => tree.calls.drive(get(tree, remote, local, options)),
    put: (local, remote, options) => tree.calls.drive(put(tree, local, remote, options)),
    mirror: async (from, to, options) => {
      const { mirror } = await import('./mirroring/mirror.js');
      return mirror({ own: self(), endOf }, from, to, options);
    },
    record: async (paths, directory, options) => {
      const { record } = await import('./recording/record.js');
      const flushed = (signal: AbortSignal | undefined) => tree.calls.drive(flush(tree, signal));
      const beside = () => {
        const made = other();
        return { tree: made, close: () => close(made) };
      };
      return record({ own: tree, flush: flushed, other: beside }, paths, directory, options);
    },
    journal: () => driveSync(journal(tree)),
    counters: () => tree.connection.made?.counters() ?? noCounters(),
    signedUrl: (path, options) => tree.calls.drive(signedUrl(tree, path, options)),
    pathOf: (path) => driveSync(pathOf(tree, path)),
    consoleLines: (path, options) => tree.calls.drive(consoleLines(tree, path, options)),
    webUrl: (path) => driveSync(webUrl(tree, path)),
    uploads: tree.uploads,
  };
}

async function close(tree: Tree): Promise<void> {
  tree.connection.end();
  await waitAtMost(LONGEST_WAIT_MS, tree.calls.whenNone());
  // An endless listing must not keep us for ever.
  tree.connection.made?.cancelReads();
  await tree.calls.whenNone();
  await driveAsync(shutdown(tree));
}

function* flush(tree: Tree, signal?: AbortSignal): Composite<void> {
  yield* invoke({ syscall: 'flush', signal, run: (op) => tree.connection.made?.flush(op) });
}

function* shutdown(tree: Tree): Composite<void> {
  yield* invoke({ syscall: 'close', run: (op) => tree.connection.made?.shutdown(op) });
}

function* refresh(tree: Tree, path?: unknown): Composite<void> {
  const place = placeOf(tree, path ?? tree.mount.show(tree.mount.top));
  yield* invokeAt('refresh', place, (_op, at) => tree.connection.made?.refresh(withoutSlash(at)));
}

function* prefetch(tree: Tree, path: unknown): Composite<void> {
  yield* invokeAt('prefetch', placeOf(tree, path), (op, at) => tree.kernel.prefetch(op, withoutSlash(at)));
}

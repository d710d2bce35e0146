import { EventEmitter } from 'node:events';
import type { RemoteEvent } from '../io/remote.js';
import { timeOver } from '../io/time-over.js';
import type { Kernel } from '../kernel/syscalls.js';
import type { JournalReport } from '../kernel/writeback/recovery.js';
import type { CommitOptions, Committed, TreePath } from '../store/contract.js';
import { asCommitOptions } from './commit-options.js';
import { type Composite, driveAsync, driveSync, invoke } from './driver.js';
import { systemError } from './errors.js';
import { invokeAt, placeOf, type Tree } from './tree.js';

/** What `fs.wandb.uploads` emits; paths as the fs object shows them. */
export interface UploadEvents {
  /** `sent` of `size` bytes are on their way or have arrived. */
  progress: [{ readonly path: string; readonly sent: number; readonly size: number }];
  /** Durable: other processes can see it. */
  uploaded: [{ readonly path: string; readonly size: number | null }];
  /**
   * Failed; the content is kept, and the upload is tried again by itself (after a second, then after twice as long each
   * time, up to five minutes) and at the next flush. Where nobody listens the first failure of each path is a warning.
   */
  failed: [{ readonly path: string; readonly error: NodeJS.ErrnoException }];
  /** Nothing is queued and nothing on its way. */
  idle: [];
}

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
   * open for writing; where an upload fails the draft stays as it is.
   */
  commit(draft: string | Buffer | URL, options?: CommitOptions): Promise<Committed>;
  /** As `commit`, and blocks until it is done. */
  commitSync(draft: string | Buffer | URL, options?: CommitOptions): Committed;
  /**
   * What W&B knows of a path: `kind`, `id`, `webUrl`, of files `size` and digest, of artifact versions `aliases`,
   * `tags`, `metadata`, `description`, `state` and more. Asked anew each time.
   */
  info(path: string | Buffer | URL): Promise<Readonly<Record<string, unknown>>>;
  /**
   * What the journal holds: acknowledged, and not known to be on the server. `torn` records and `damaged` files were
   * found when it was taken over from a process that was killed. Null without the option `journal`.
   */
  journal(): JournalReport | null;
  /** Running totals: requests, bytes, hits and misses of the caches. */
  counters(): Readonly<Record<string, number>>;
  /** Where a path is shown in the W&B app. */
  webUrl(path: string | Buffer | URL): string;
  readonly uploads: EventEmitter<UploadEvents>;
}

/** A tree whose kernel may not have been made yet. */
export interface LazyTree extends Tree {
  /** The kernel, if anybody has used it. */
  readonly made: Kernel | null;
  /** `https://wandb.ai`, or the app's address beside another server. */
  readonly appUrl: () => string;
  /** Makes sure that a tree that was never used isn't used after its end. */
  readonly end: () => void;
}

/** How long `close` waits for calls that only read, in milliseconds. */
const LONGEST_WAIT_MS = 10_000;

export function wandbControl(tree: LazyTree, uploads: EventEmitter<UploadEvents>): WandbControl {
  return {
    flush: () => tree.calls.drive(flush(tree)),
    flushSync: () => driveSync(flush(tree)),
    close: async () => {
      tree.end();
      await Promise.race([tree.calls.whenNone(), timeOver(LONGEST_WAIT_MS)]);
      // An endless listing must not keep us for ever.
      tree.made?.cancelReads();
      await tree.calls.whenNone();
      await driveAsync(shutdown(tree));
    },
    refresh: (path) => driveSync(refresh(tree, path)),
    prefetch: async (paths) => {
      const loads = Array.from(paths, (path) => tree.calls.drive(prefetch(tree, path)));
      await Promise.all(loads);
    },
    commit: (draft, options) => tree.calls.drive(commit(tree, draft, options)),
    commitSync: (draft, options) => driveSync(commit(tree, draft, options)),
    info: (path) => tree.calls.drive(info(tree, path)),
    journal: () => driveSync(journal(tree)),
    counters: () => tree.made?.counters() ?? {},
    webUrl: (path) => driveSync(webUrl(tree, path)),
    uploads,
  };
}

function* journal(tree: LazyTree): Composite<JournalReport | null> {
  const { mount } = tree;
  const report = yield* invoke({ syscall: 'journal', run: () => tree.kernel.journal() });
  if (!report) return null;
  const entries = report.entries.map((entry) => ({ ...entry, path: mount.show(entry.path) }));
  return { ...report, entries, damaged: report.damaged.map((path) => mount.show(path)) };
}

function* flush(tree: LazyTree): Composite<void> {
  yield* invoke({ syscall: 'flush', run: (op) => tree.made?.flush(op) });
}

function* shutdown(tree: LazyTree): Composite<void> {
  yield* invoke({ syscall: 'close', run: (op) => tree.made?.shutdown(op) });
}

function* refresh(tree: LazyTree, path?: unknown): Composite<void> {
  const place = placeOf(tree, path ?? tree.mount.show(tree.mount.top));
  yield* invokeAt('refresh', place, (_op, at) => tree.made?.refresh(withoutSlash(at)));
}

function* prefetch(tree: LazyTree, path: unknown): Composite<void> {
  const place = placeOf(tree, path);
  yield* invokeAt('prefetch', place, (op, at) => tree.kernel.prefetch(op, withoutSlash(at)));
}

function* webUrl(tree: LazyTree, path: unknown): Composite<string> {
  const place = placeOf(tree, path);
  return yield* invokeAt('webUrl', place, (_op, at) => addressOf(tree, at));
}

function addressOf({ appUrl, mount }: LazyTree, path: TreePath): string {
  const names = withoutSlash(path).split('/').map(encodeURIComponent);
  return `${appUrl().replace(/\/+$/, '')}/${mount.layout.toApp(names).join('/')}`;
}

function* commit(tree: LazyTree, draft: unknown, options?: unknown): Composite<Committed> {
  const place = placeOf(tree, draft, 'draft');
  const settings = asCommitOptions(options);
  return yield* invokeAt('commit', place, (op, at) => tree.kernel.commit(op, withoutSlash(at), settings));
}

function* info(tree: LazyTree, path: unknown): Composite<Readonly<Record<string, unknown>>> {
  const place = placeOf(tree, path);
  const facts = yield* invokeAt('info', place, (op, at) => tree.kernel.info(op, withoutSlash(at)));
  return { ...facts, webUrl: yield* webUrl(tree, path) };
}

const withoutSlash = (path: TreePath): TreePath => path.replace(/\/$/, '');

/**
 * Hands an event of the owner of the remote to who listens, in a turn of its own: what a listener throws is its
 * process's affair, not the kernel's.
 */
export function emitUpload(uploads: EventEmitter<UploadEvents>, tree: Tree, event: RemoteEvent): void {
  if (event.type === 'dropped' || 'message' in event) return;
  process.nextTick(() => {
    if (event.type === 'idle') {
      uploads.emit('idle');
      return;
    }
    const path = tree.mount.show(event.path);
    if (event.type === 'progress') uploads.emit('progress', { path, sent: event.sent, size: event.size });
    else if (event.type === 'uploaded') uploads.emit('uploaded', { path, size: event.entry.size });
    else uploads.emit('failed', { path, error: systemError(event.failure, { syscall: 'upload', path }) });
  });
}

export const newUploads = (): EventEmitter<UploadEvents> => new EventEmitter<UploadEvents>();

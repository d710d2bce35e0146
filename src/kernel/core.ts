import { LRUCache } from 'lru-cache';
import type { Alike, Entry } from '../contract/entry.js';
import { Failure } from '../contract/failure.js';
import type { Remote } from '../contract/remote.js';
import { depthOf, isAtOrBelow, segmentsOf, splitPath, type TreePath } from '../contract/tree-path.js';
import { type Journal, type JournalOptions, openJournal } from './content/journal/journal.js';
import { HandedOver } from './content/local/handed-over.js';
import { Keeping, placeIn } from './content/local/keeping.js';
import { Overlay } from './content/local/overlay.js';
import { PageCache } from './content/reading/pages.js';
import { Spool, sweepSpools } from './content/spool/spool.js';
import { Descriptors } from './descriptors.js';
import { Inode } from './namespace/inode.js';
import { InodeNumbers } from './namespace/inode-numbers.js';
import { KnownNames } from './namespace/listing/known-names.js';
import { relativeTo, Scope, type ScopeHost } from './namespace/listing/scope.js';
import { Loads } from './operation/load.js';
import { Locks } from './operation/locks.js';
import { type Moment, monotonicClock, Timeline } from './timeline.js';

export interface KernelOptions {
  readonly remote: Remote;
  /** How long a listing is believed, in milliseconds. */
  readonly listingTtl: number;
  /** Bound of pages in memory, in bytes; local content takes at most half as much on top. */
  readonly cacheBytes: number;
  /** Size of a page, in bytes. */
  readonly blockBytes: number;
  /** Bound of local content on disk, in bytes; above it writers wait for uploads. */
  readonly spoolBytes: number;
  /** Most bytes that a rename moves by uploading them under the new name. */
  readonly maxRenameBytes: number;
  /** 'back': a close queues the upload; 'through': it waits until the upload is durable. */
  readonly writeback: 'back' | 'through';
  /** Names of files that are remembered; units that nobody uses are forgotten above it. */
  readonly mostNames: number;
  /** Where what is acknowledged is kept until it is durable; null: in memory and a temporary directory. */
  readonly journal: JournalOptions | null;
  /** Hears of what a user should know and no call can tell. */
  readonly warn: (message: string) => void;
  /** Every change fails with EROFS. */
  readonly readOnly: boolean;
  /** Milliseconds since the epoch, for dates that callers see. @default Date.now */
  readonly now?: () => number;
  /** Milliseconds of a clock that is never set, for ages. @default performance.now */
  readonly monotonic?: () => number;
}

/** The directories and files that stand at a path, or that nothing does: how long such an answer is remembered. */
const MOST_NEGATIVE_ENTRIES = 65_536;
/** Names that aren't there and of which it is known what may have been meant. */
const MOST_ALIKE = 1024;

/** The superblock: the state that all primitives of one kernel share. */
export class Core implements ScopeHost {
  readonly root = new Inode('directory', null);
  readonly options: KernelOptions;
  /** The date, as callers see it. The wall clock may be set at any time: ages go by `timeline`. */
  readonly now: () => number;
  readonly remote: Remote;
  readonly unitDepth: number;
  readonly loads: Loads;
  readonly locks = new Locks();
  readonly descriptors = new Descriptors();
  readonly numbers = new InodeNumbers(() => this.living());
  readonly names: KnownNames;
  readonly pages: PageCache;
  readonly overlay: Overlay;
  readonly journal: Journal | null;
  /** What of the overlay is in the journal. */
  readonly keeping: Keeping;
  /** Snapshots that the owner of the remote may read. */
  readonly handedOver = new HandedOver();
  /** Paths that a look-up found nothing at, where no complete listing says so. */
  // A size of 1 each: `max` would set aside memory for all entries at once.
  readonly negatives = new LRUCache<TreePath, Moment>({
    maxSize: MOST_NEGATIVE_ENTRIES,
    sizeCalculation: () => 1,
  });
  /** What may have been meant by names above units that aren't there; null where nobody knows. */
  readonly alike = new LRUCache<TreePath, { readonly said: Alike | null; readonly moment: Moment }>({
    maxSize: MOST_ALIKE,
    sizeCalculation: () => 1,
  });
  /** One device number a kernel: fs-extra and others take equal dev and ino for the same file. */
  readonly dev = nextDevice();
  readonly bornAt: number;
  readonly timeline: Timeline;
  /** No call is taken any more. */
  isClosed = false;
  /** The owner of the remote has ended. */
  isEnded = false;

  constructor(options: KernelOptions) {
    const { now = Date.now, monotonic = monotonicClock } = options;
    this.options = options;
    this.now = now;
    this.timeline = new Timeline(monotonic, options.listingTtl);
    this.names = new KnownNames(this, this.options.mostNames);
    this.remote = options.remote;
    this.unitDepth = options.remote.unitDepth;
    this.loads = new Loads(options.remote);
    sweepSpools();
    const { journal } = this.options;
    this.journal = journal && openJournal(journal);
    this.overlay = new Overlay(
      this.options,
      this.journal ? placeIn(this.journal) : new Spool(),
      this.journal !== null,
    );
    this.keeping = new Keeping(this.journal, this.overlay, this.options.warn);
    this.remote.contents = this.handedOver;
    this.pages = new PageCache(this.options.cacheBytes, this.options.blockBytes);
    this.bornAt = this.now();
  }

  /** Orders sends and commits among each other. */
  tick(): Moment {
    return this.timeline.tick();
  }

  get currentEpoch(): number {
    return this.timeline.epoch;
  }

  private *living(): Generator<Inode> {
    yield* this.root.walk();
    for (const fd of this.descriptors.all()) yield this.descriptors.get(fd).inode;
  }

  dropContent(inode: Inode): void {
    inode.etag = null;
    const { local } = inode;
    if (!local) return;
    this.overlay.drop(inode);
    local.mtimeMs = null;
    local.ctimeMs = null;
  }

  /** Forgets how fresh the names in a directory are, but nothing of what is below them. */
  expireNames(directory: Inode): void {
    this.scopeAt(directory).expire(this.tick().epoch);
    for (const child of directory.children?.values() ?? []) child.seenAt = Number.NEGATIVE_INFINITY;
  }

  expireTree(top: Inode): void {
    const { epoch } = this.tick();
    for (const inode of top.walk()) {
      inode.scope?.expire(epoch);
      inode.seenAt = Number.NEGATIVE_INFINITY;
    }
  }

  /** The scope that speaks of a name: its unit's (with all below), or its directory's above units. */
  scopeOf(inode: Inode): Scope {
    let directory = inode;
    for (let depth = directory.depth; depth > this.unitDepth; depth--)
      if (directory.parent) directory = directory.parent;
    return this.scopeAt(directory);
  }

  /**
   * A listing took this open file's name away, because somebody else removed or replaced it; now it is written to, and
   * the last writer wins: it has its name again. ESTALE where it can't, since the run is gone or the name was changed
   * here since: what is written could not be sent.
   */
  reclaim(inode: Inode): void {
    const { displaced } = inode.ensureLocal();
    if (inode.parent || !displaced) return;
    const place = this.scopeOfName(displaced.path);
    const current = place?.scope.childAt(place.relative);
    if (current !== displaced.by || !place || place.scope.root.depth < this.unitDepth) {
      throw new Failure('ESTALE', 'Somebody else removed the file, or its run, while it was open here.');
    }
    inode.ensureLocal().displaced = null;
    const { parent, name } = splitPath(displaced.path);
    inode.entry = current?.entry ?? null;
    current?.detach();
    inode.attach(this.directoryAt(parent), name);
  }

  /** The directory at a path that is known to exist, made where a listing dropped it meanwhile. */
  directoryAt(path: TreePath): Inode {
    let directory = this.root;
    for (const name of segmentsOf(path)) {
      let child = directory.children?.get(name);
      if (!child?.isDirectory) {
        child?.detach();
        child = new Inode('directory', null);
        child.attach(directory, name);
      }
      directory = child;
    }
    return directory;
  }

  /** Units are versions: what is listed of one never changes, and what is written goes into drafts. */
  get hasVersions(): boolean {
    return this.remote.hasVersions;
  }

  /** Throws EROFS where the inode, or a name in it, can't change: anywhere in a read-only mount, in a version always. */
  assertMutable(at: Inode): void {
    if (this.options.readOnly) throw new Failure('EROFS', 'This mount was made with `readOnly: true`.');
    if (this.isFrozen(at)) {
      throw new Failure(
        'EROFS',
        'A version never changes: copy it, or an alias of it, to a new name beside it (`cp` with `recursive: true`), which ' +
          'makes a draft; change that, and commit it.',
      );
    }
  }

  /** Is it a version, or in one? Then it is as it was committed. */
  isFrozen(inode: Inode): boolean {
    return this.hasVersions && inode.depth >= this.unitDepth && inode.draft === null;
  }

  /** A directory of a unit that was emptied here is still there; no listing will show it. */
  keepIfEmpty(directory: Inode): void {
    if (directory.children?.size === 0 && directory.depth > this.unitDepth) {
      directory.ensureLocal().isLocalDirectory = true;
    }
  }

  /** The scope that a directory at or above the unit is the root of. */
  scopeAt(directory: Inode): Scope {
    const isDeep = directory.depth >= this.unitDepth;
    directory.scope ??= new Scope(this, directory, {
      isDeep,
      isImmutable: isDeep && this.hasVersions,
      isPartial: directory.depth < (this.remote.partialDepth ?? 0),
    });
    return directory.scope;
  }

  /** The scope in which the name at a path is listed, if its root is known. */
  scopeOfName(path: TreePath): { readonly scope: Scope; readonly relative: string } | undefined {
    const segments = path.split('/');
    const rootDepth = Math.min(segments.length - 1, this.unitDepth);
    let directory = this.root;
    for (const name of segments.slice(0, rootDepth)) {
      const child = directory.children?.get(name);
      if (!child?.isDirectory) return undefined;
      directory = child;
    }
    return { scope: this.scopeAt(directory), relative: segments.slice(rootDepth).join('/') };
  }

  /** Places entries at or above the unit that an answer proved to exist, outermost first. */
  mergeAbove(entries: readonly Entry[], sent: Moment): void {
    for (const entry of entries) {
      this.negatives.delete(entry.path);
      const place = this.scopeOfName(entry.path);
      place?.scope.mergeName(place.relative, entry, sent);
    }
  }

  /** Takes note that the name at `path` was changed here and the server agreed. */
  pin(path: TreePath, version: string, previous: readonly (string | undefined)[]): void {
    this.forgetNegatives(path);
    const place = this.scopeOfName(path);
    place?.scope.pin(place.relative, version, this.tick().epoch, previous);
  }

  /** What was said not to be there may be there now: at the path and at everything below. */
  forgetNegatives(path: TreePath): void {
    this.negatives.delete(path);
    for (const known of [...this.alike.keys()]) if (isAtOrBelow(known, path)) this.alike.delete(known);
    if (depthOf(path) > this.unitDepth) return;
    for (const known of [...this.negatives.keys()])
      if (isAtOrBelow(known, path)) this.negatives.delete(known);
  }

  relativeToScope(scope: Scope, path: TreePath): string {
    return relativeTo(scope.root.path, path);
  }
}

const DEVICE = Symbol.for('wandb-fs.nextDevice');
const shared: { [DEVICE]?: number } = globalThis as { [DEVICE]?: number };
const FIRST_DEVICE = 0x57420000;

function nextDevice(): number {
  const device = shared[DEVICE] ?? FIRST_DEVICE;
  shared[DEVICE] = device + 1;
  return device;
}

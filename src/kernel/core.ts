import { Failure } from '../contract/failure.js';
import type { KernelEvent, Remote } from '../contract/remote.js';
import type { TreeShape } from '../contract/tree-shape.js';
import { theGlobal } from '../platform/realm.js';
import { monotonicClock, wallClock } from '../platform/time.js';
import { type Journal, type JournalOptions, openJournal } from './content/journal/journal.js';
import { Keeping, placeIn } from './content/local/keeping.js';
import { Leases } from './content/local/leases.js';
import { Overlay } from './content/local/overlay.js';
import { Descriptors } from './content/open-files.js';
import { PageCache } from './content/reading/pages.js';
import { ReadAhead } from './content/reading/read-ahead.js';
import { Spool } from './content/spool/spool.js';
import { Inode } from './namespace/inode.js';
import { InodeNumbers } from './namespace/inode-numbers.js';
import { Namespace } from './namespace/namespace.js';
import { Loads } from './operation/load.js';
import { Locks } from './operation/locks.js';
import { Timeline } from './timeline.js';
import { Writeback } from './writeback/writeback.js';

export interface KernelOptions {
  readonly remote: Remote;
  /** How long a listing is believed, in milliseconds. */
  readonly listingTtl: number;
  /** Bound of pages in memory, in bytes; local content takes at most half as much on top. */
  readonly cacheBytes: number;
  /** Size of a page, in bytes. */
  readonly blockBytes: number;
  /** Bound of small files that are read ahead in a unit, in bytes; 0: nothing is. */
  readonly readAheadBytes: number;
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
  /** The user's number; undefined where there are none. @default the process's effective one */
  readonly user?: () => number | undefined;
  /** Milliseconds since the epoch, for dates that callers see. @default Date.now */
  readonly now?: () => number;
  /** Milliseconds of a clock that is never set, for ages. @default performance.now */
  readonly monotonic?: () => number;
  /** Chance, in [0, 1). @default Math.random */
  readonly random?: () => number;
}

/** What not every mount needs: made at the first use. */
interface Parts {
  /** Of who reads more than one file. */
  readAhead: ReadAhead;
  /** Of what somebody asked for the number of. */
  numbers: InodeNumbers;
  locks: Locks;
  /** Content that lives here. */
  overlay: Overlay;
  /** What of it is in the journal. */
  keeping: Keeping;
  /** Of snapshots, to the owner of the remote. */
  leases: Leases;
  writeback: Writeback;
}

/** The superblock: the state that all primitives of one kernel share. */
export class Core {
  readonly root = new Inode('directory', null);
  /** The date, as callers see it. The wall clock may be set at any time: ages go by `timeline`. */
  readonly now: () => number;
  readonly remote: Remote;
  readonly shape: TreeShape;
  readonly unitDepth: number;
  readonly timeline: Timeline;
  readonly loads: Loads;
  readonly descriptors = new Descriptors();
  readonly names: Namespace;
  readonly pages: PageCache;
  readonly journal: Journal | null;
  /** The parts that were needed so far. */
  readonly made: Partial<Parts> = {};
  /** One device number a kernel: fs-extra and others take equal dev and ino for the same file. */
  readonly dev = nextDevice();
  readonly uid = process.getuid?.() ?? 0;
  readonly gid = process.getgid?.() ?? 0;
  readonly bornAt: number;
  private firstMissed: Inode | null = null;
  /** Who hears of what happens, beside the write-back. */
  listener: ((event: KernelEvent) => void) | null = null;
  /** A draft was made here: before, no path leads into one. */
  hasDrafts = false;
  /** No call is taken any more. */
  isClosed = false;
  /** The owner of the remote has ended. */
  isEnded = false;

  constructor(readonly options: KernelOptions) {
    const { now = wallClock, monotonic = monotonicClock, random = Math.random, remote, journal } = options;
    this.now = now;
    this.bornAt = now();
    this.timeline = new Timeline(monotonic, options.listingTtl, random);
    this.remote = remote;
    this.shape = remote.shape;
    this.unitDepth = remote.shape.levels.length;
    this.loads = new Loads(remote, (waited) => this.listener?.(waited));
    this.names = new Namespace(this, options.mostNames);
    this.pages = new PageCache(options.cacheBytes, options.blockBytes);
    this.journal = journal && openJournal(journal);
    // Its place is the journal's, which ends with it.
    if (this.journal) this.made.overlay = this.makeOverlay(this.journal);
    this.remote.onEvent = (event) => {
      this.made.writeback?.onEvent(event);
      this.listener?.(event);
    };
    this.remote.ending = {
      submit: () => this.made.writeback?.submitAll(),
      removeFiles: (isLast) => {
        if (isLast || !this.journal) this.made.overlay?.files.removeFiles();
      },
      isKept: this.journal !== null,
    };
  }

  /** For who misses the content of a file; null for the first one, who may be the last. */
  readAheadFor(inode: Inode): ReadAhead | null {
    if (this.options.readAheadBytes === 0) return null;
    const first = this.firstMissed;
    this.firstMissed ??= inode;
    if (first) this.made.readAhead ??= new ReadAhead(this, first);
    return this.made.readAhead ?? null;
  }

  get numbers(): InodeNumbers {
    this.made.numbers ??= new InodeNumbers(() => this.living());
    return this.made.numbers;
  }

  get locks(): Locks {
    this.made.locks ??= new Locks();
    return this.made.locks;
  }

  get overlay(): Overlay {
    this.made.overlay ??= this.makeOverlay(null);
    return this.made.overlay;
  }

  private makeOverlay(journal: Journal | null): Overlay {
    return new Overlay(this.options, journal ? placeIn(journal) : new Spool(), journal !== null);
  }

  get keeping(): Keeping {
    this.made.keeping ??= new Keeping(this.journal, this.overlay, this.options.warn);
    return this.made.keeping;
  }

  get leases(): Leases {
    if (!this.made.leases) {
      this.made.leases = new Leases();
      this.remote.contents = this.made.leases;
    }
    return this.made.leases;
  }

  get writeback(): Writeback {
    this.made.writeback ??= new Writeback(this);
    return this.made.writeback;
  }

  private *living(): Generator<Inode> {
    yield* this.root.walk();
    for (const { inode } of this.descriptors.files.values()) yield inode;
  }

  /** Throws EBADF once no call is taken any more. */
  assertOpen(): void {
    if (this.isClosed) throw new Failure('EBADF', 'This filesystem is closed.');
  }

  /**
   * Throws EROFS where the inode, or a name in it, can't change: anywhere in a read-only mount, and where it is frozen.
   *
   * @param newName what is to be made in it
   */
  assertMutable(at: Inode, newName?: string): void {
    if (this.options.readOnly) throw new Failure('EROFS', 'This mount was made with `readOnly: true`.');
    const { frozen } = this.shape;
    // That directory is the remote's: what was sent under its name would be seen by nobody.
    const isKept = newName !== undefined && newName === frozen?.within && at.depth + 1 === frozen.from;
    if (isKept || this.isFrozen(at)) throw new Failure('EROFS', frozen?.reason);
  }

  /** Throws EACCES for a file that the server writes. @param name what it is to the caller */
  assertNotKept({ special }: Inode, name = 'this file'): void {
    if (special?.isReadOnly)
      throw new Failure('EACCES', `${this.shape.keeper} keeps ${name} itself; it is read-only.`);
  }

  /** Permission bits, as they are shown. */
  modeOf(inode: Inode): number {
    const mode = inode.local?.attributes?.mode ?? (inode.isDirectory ? 0o755 : 0o644);
    const isFrozen = this.shape.frozen !== null && this.isFrozen(inode);
    const isReadOnly = inode.special?.isReadOnly || this.options.readOnly || isFrozen;
    return isReadOnly ? mode & ~0o222 : mode;
  }

  /**
   * Throws EACCES where the modes of a draft forbid it, as those of a disk do: to its owner, who is the user of this
   * process, and never to root. Elsewhere modes keep nobody out.
   */
  assertPermitted(inode: Inode, what: keyof typeof OWNERS_BITS): void {
    if (!this.hasDrafts || !inode.draft || (this.modeOf(inode) & OWNERS_BITS[what]) !== 0) return;
    // Last, for it asks the system.
    if ((this.options.user ?? effectiveUser)()) throw new Failure('EACCES');
  }

  /** Is it where nothing ever changes, and in no draft? */
  isFrozen(inode: Inode): boolean {
    const { frozen } = this.shape;
    if (frozen === null) return false;
    const { depth } = inode;
    if (depth < frozen.from || inode.draft !== null) return false;
    if (frozen.within === undefined) return true;
    let at: Inode | null = inode;
    for (let above = depth - frozen.from; above > 0; above--) at = at?.parent ?? null;
    return at?.name === frozen.within;
  }
}

const OWNERS_BITS = { read: 0o400, write: 0o200, search: 0o100 } as const;

/** A program may take another user at any time. */
const effectiveUser = (): number | undefined => process.geteuid?.();

const DEVICE = Symbol.for('wandb-fs.nextDevice');
const shared = theGlobal as { [DEVICE]?: number };
const FIRST_DEVICE = 0x57420000;

function nextDevice(): number {
  const device = shared[DEVICE] ?? FIRST_DEVICE;
  shared[DEVICE] = device + 1;
  return device;
}

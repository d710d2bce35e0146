import type { Inode } from '../../namespace/inode.js';
import type { Scope } from '../../namespace/listing/scope.js';

/** Files that may be here, or on their way, and unread. */
const MOST_UNREAD = 512;
const FIRST_BYTES = 128 * 1024;
/** What may be unread for each file, and each byte, that was asked for; and more for each that was here then. */
const FOR_ASKED = 2;
const FOR_USED = 14;
/** Addresses that come along with the first that is asked for in a unit, and with each later one. */
const FIRST_TOLD = 15;
const MOST_TOLD = 99;
/** Those that nobody used, and more for each that somebody did, but never more than the last. */
const MOST_TOLD_IN_VAIN = 300;
const FOR_TOLD = 4;
const MOST_TOLD_EVER = 1000;
/** A directory that takes a while to look through: so often it is for nothing, and then for each so many files. */
const MANY_NAMES = 4096;
const MOST_LOOKS = 8;
const LOOKED_THROUGH_EACH = 32;
/** So many files, each but the first beside an earlier one, show that all of it is read, in whatever directories. */
const ASKED_ANYWHERE = 3;
/** Directories of a unit that are remembered to have been read in, and those in which reading goes on. */
const MOST_READ_IN = 256;
const MOST_PLACES = 4;

/** What may be read ahead in a unit that is read file by file: it grows with what is asked for, and faster with what is used. */
export class Window {
  /** Small files that were asked for one after another, each beside an earlier one. */
  asked = 0;
  private askedBytes = 0;
  /** Those of them that had been read ahead. */
  private used = 0;
  private usedBytes = 0;
  /** Read ahead, and not asked for so far: that of which it failed, too. */
  private unread = 0;
  unreadBytes = 0;
  /** Files whose addresses may come along, and how many of those were asked for. */
  readonly told = new Set<Inode>();
  toldUsed = 0;
  hasTold = false;
  /** Through large directories, since something was used. */
  private looks = 0;
  /** Directories of which files were asked for. */
  private readonly readIn = new Set<Inode>();
  /** Where it goes on in each directory, behind all others the one that was read in last. */
  private readonly places = new Map<Inode, Iterator<Inode>>();

  constructor(
    readonly scope: Scope,
    readonly startedAt: number,
  ) {}

  /** A file is asked for. Who reads one file of each directory gives no reason to read on. */
  count({ parent, toldSize }: Inode): void {
    if (!parent) return;
    const isBeside = this.readIn.has(parent);
    if (!isBeside && this.readIn.size < MOST_READ_IN) this.readIn.add(parent);
    if (!isBeside && this.asked > 0 && this.asked < ASKED_ANYWHERE) return;
    this.asked++;
    this.askedBytes += toldSize ?? 0;
  }

  /**
   * Is it worth to look through the names of a directory for those that come next? Through very many not for each file,
   * where none of those that came next is read.
   */
  isWorthALook({ children }: Inode): boolean {
    if ((children?.size ?? 0) <= MANY_NAMES) return true;
    this.looks++;
    return this.looks <= MOST_LOOKS || this.looks % LOOKED_THROUGH_EACH === 0;
  }

  /** Reading on in a directory takes this order from now on. */
  goOnBy(directory: Inode, order: Iterator<Inode>): void {
    this.places.delete(directory);
    this.places.set(directory, order);
    for (const oldest of this.places.keys()) {
      if (this.places.size <= MOST_PLACES) break;
      this.places.delete(oldest);
    }
  }

  /** The order of a directory, else of the one that was read in last. */
  orderOf(directory: Inode | null): Iterator<Inode> | undefined {
    return (directory && this.places.get(directory)) ?? [...this.places.values()].at(-1);
  }

  add(bytes: number): void {
    this.unread++;
    this.unreadBytes += bytes;
  }

  /** What was read ahead is asked for. */
  use(bytes: number): void {
    this.looks = 0;
    this.unread--;
    this.unreadBytes -= bytes;
    this.asked++;
    this.askedBytes += bytes;
    this.used++;
    this.usedBytes += bytes;
  }

  /** Is there room for more? @param most bytes */
  hasRoom(most: number): boolean {
    const bytes = FIRST_BYTES + FOR_ASKED * this.askedBytes + FOR_USED * this.usedBytes;
    const files = FOR_ASKED * this.asked + FOR_USED * this.used;
    return this.unread < Math.min(MOST_UNREAD, files) && this.unreadBytes < Math.min(most, bytes);
  }

  /** How many addresses may come along with the next that is asked for. */
  get mayTell(): number {
    const most = this.hasTold || this.asked > 1 ? MOST_TOLD : FIRST_TOLD;
    const unused = Math.min(MOST_TOLD_EVER, MOST_TOLD_IN_VAIN + FOR_TOLD * this.toldUsed);
    return Math.min(most, unused - this.told.size);
  }
}

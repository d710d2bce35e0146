import type { Entry } from '../../../contract/entry.js';
import { type Entries, EntryPage } from '../../../contract/entry-page.js';
import type { Core } from '../../core.js';
import { type Moment, NEVER } from '../../timeline.js';
import type { Inode } from '../inode.js';
import { forget } from './foreign-changes.js';
import { ABSENT } from './pins.js';
import type { Scope } from './scope.js';

/** Single names that are remembered to have been looked up; the oldest go first. */
const MOST_LOOKUPS = 4096;

/** The first page of a listing, which a look-up has brought. */
export interface Begun {
  /** What has been merged of the listing. */
  readonly merge: ListingMerge;
  readonly page: EntryPage;
  /** Where the next one begins. */
  readonly next: string;
  readonly learned: Moment;
  /** Changes were pinned when it came. */
  readonly isPinned: boolean;
}

/** The load that lists a directory. */
export const listKey = (path: string): string => `list:${path}`;

interface Beginning {
  readonly page: EntryPage;
  readonly isComplete: boolean;
  readonly next?: string | null;
}

/**
 * Takes in what a look-up has brought of a listing: all of it, or its first page. Such a page ends no listing that is on its
 * way: with one newer page after the other none would come to its end.
 */
export function mergeBeginning(scope: Scope, { page, isComplete, next }: Beginning, sent: Moment): void {
  if (!isComplete && scope.core.loads.running(listKey(scope.root.path))) return;
  const merge = scope.mergeListing(page, isComplete, sent);
  if (next != null && scope.known.listed === sent)
    scope.known.begun = { merge, page, next, learned: sent, isPinned: scope.pins.size > 0 };
}

/**
 * When the names of one scope were asked for. An answer speaks of the moment in which it was asked for, not of that in
 * which it came:
 *
 * - What was asked for before a complete listing, or before a look-up of the same name, says nothing of the name any more.
 * - After `expire(epoch)` nothing counts that was learned or asked for up to then.
 * - Of a complete listing all names are known, also those that it doesn't show; of any other one only those it shows.
 */
export class Knowledge {
  /** The newest listing, and whether it was the whole one. */
  listed: Moment = NEVER;
  isComplete = false;
  /** All names were known once, and none has been forgotten since: what is new came since. */
  hasAll = false;
  /** The listing has more than its first page: names are looked up singly before it is loaded again. */
  isLarge = false;
  /** What the newest listing began with, where it is neither complete nor forgotten. */
  begun: Begun | null = null;
  /** Look-ups of single names since the listing was last complete. */
  lookups = 0;
  /** When single names were last looked up, where that is newer than the listing. */
  private readonly byName = new Map<string, Moment>();
  /** When the newest complete listing was asked for. */
  private completeEpoch = 0;
  private expiredEpoch = 0;
  private newestLookup = 0;

  /** @param isPartial there may be more than is listed, even by a complete listing: look-ups outlive it */
  constructor(private readonly isPartial: boolean) {}

  /**
   * Forgets that anything was listed or looked up up to `epoch`; what is in the tree stays until a new answer disagrees.
   */
  expire(epoch: number): void {
    this.listed = { ...this.listed, at: Number.NEGATIVE_INFINITY };
    this.isComplete = false;
    this.begun = null;
    this.lookups = 0;
    this.expiredEpoch = epoch;
  }

  isExpired({ epoch }: Pick<Moment, 'epoch'>): boolean {
    return epoch <= this.expiredEpoch;
  }

  /** Was no name looked up, nor all listed, by what was asked for after `epoch`? */
  isNewest(epoch: number): boolean {
    return epoch >= this.completeEpoch && epoch >= this.newestLookup;
  }

  /** When the name was last looked up, where that is newer than the listing. */
  lookupOf(relative: string): Moment {
    return this.byName.get(relative) ?? NEVER;
  }

  /** Was it looked up by itself since all names were listed? */
  wasLookedUp(relative: string): boolean {
    return this.byName.has(relative);
  }

  /** Is what was asked for at `epoch` older than what is already known of the name? */
  isOutdated(relative: string, epoch: number): boolean {
    return epoch < this.completeEpoch || epoch < this.lookupOf(relative).epoch;
  }

  /** Was the whole listed by what was asked for after `epoch`? */
  wasListedSince(epoch: number): boolean {
    return this.completeEpoch > epoch;
  }

  noteListing(sent: Moment, isComplete: boolean): void {
    this.isLarge = !isComplete;
    this.begun = null;
    this.isComplete = isComplete;
    this.listed = sent;
    if (!isComplete) return;
    this.lookups = 0;
    if (this.isPartial) return;
    for (const [relative, { epoch }] of this.byName) if (epoch <= sent.epoch) this.byName.delete(relative);
    this.completeEpoch = sent.epoch;
    this.hasAll = true;
  }

  /** @param longAgo what is older is forgotten; see `Timeline`. @default nothing is too old */
  noteLookup(relative: string, sent: Moment, longAgo = Number.NEGATIVE_INFINITY): void {
    if (sent.epoch < this.lookupOf(relative).epoch) return;
    this.byName.delete(relative);
    this.byName.set(relative, sent);
    if (sent.epoch > this.newestLookup) this.newestLookup = sent.epoch;
    for (const [oldest, { at }] of this.byName) {
      if (this.byName.size <= MOST_LOOKUPS && at >= longAgo) break;
      this.byName.delete(oldest);
    }
  }
}

/**
 * One listing on its way into a scope, page by page. What is shown carries its epoch, so that at its end what doesn't is
 * gone; only the rows that were not taken are remembered until then.
 */
export class ListingMerge {
  /** The newest rows of names that something newer is known of, or that something else stands in the place of. */
  private readonly left = new Map<string, Entry>();
  /** Of those, the ones that tell of older content than is known: another page may show the newer one. */
  private readonly older = new Set<string>();

  constructor(
    private readonly scope: Scope,
    /** When the listing was asked for: all of its pages are as old as that. */
    private readonly sent: Pick<Moment, 'epoch'>,
  ) {}

  /** What it doesn't show may be on another page. */
  page(entries: Entries, learned: Moment): void {
    const { scope } = this;
    if (scope.mayMerge(this.sent))
      scope.mergeRows(EntryPage.of(entries), learned, 'unless older', this.leave);
  }

  /** The same of a page that counts whether its listing will or not. */
  rows(page: EntryPage, learned: Moment): void {
    const { scope } = this;
    if (!scope.isLocal && !scope.known.isExpired(learned))
      scope.mergeRows(page, learned, undefined, this.leave);
  }

  private readonly leave: OnLeft = (relative, entry, outcome) => {
    const other = this.left.get(relative);
    if (other && other.mtimeMs > entry.mtimeMs) return;
    this.left.set(relative, entry);
    if (outcome === 'older') this.older.add(relative);
  };

  /** All pages have come: what none shows is gone. */
  end(learned: Moment): void {
    const { scope, left } = this;
    if (!scope.mayMerge(this.sent)) return;
    for (const relative of this.older) {
      const entry = left.get(relative);
      if (entry && !this.isShown(relative)) scope.mergeRow(relative, entry, learned);
    }
    // What a look-up in the same answer has found is there, though the listing doesn't show it (yet).
    const isFound = (relative: string): boolean => scope.known.lookupOf(relative).epoch === learned.epoch;
    sweep(scope.core, scope, scope.root, '', (relative) => left.has(relative) || isFound(relative), learned);
    // Where a directory stood in the way of a file, it may be gone now.
    for (const [relative, entry] of scope.isDeep ? left : [])
      if (!scope.childAt(relative)) scope.mergeRow(relative, entry, learned);
    scope.noteListing((relative) => left.has(relative) || this.isShown(relative), true, learned);
  }

  private isShown(relative: string): boolean {
    return (this.scope.childAt(relative)?.seenEpoch ?? 0) >= this.sent.epoch;
  }
}

/** What became of a row; 'older': it tells of older content than is known. */
export type Outcome = 'merged' | 'left' | 'older';
export type OnLeft = (relative: string, entry: Entry, outcome: Outcome) => void;

/** By path from the scope's root on. */
export type Filter = (relative: string) => boolean;

/**
 * Removes what a complete listing doesn't show, unless it is newer (a page asked for later shows it) or only here. What it
 * shows has its epoch, or is told by `isShown`.
 */
export function sweep(
  core: Core,
  scope: Scope,
  directory: Inode,
  prefix: string,
  isShown: Filter,
  sent: Moment,
): void {
  // Copied, for names are taken out on the way.
  for (const child of [...(directory.children?.values() ?? [])]) {
    if (scope.isDeep && child.isDirectory) {
      sweep(core, scope, child, `${prefix}${child.name}/`, isShown, sent);
      if (child.children?.size === 0 && child.seenEpoch < sent.epoch && !child.local?.isLocalDirectory)
        forget(core.names, child);
    } else if (child.seenEpoch < sent.epoch) {
      const relative = prefix + child.name;
      if (isShown(relative) || scope.isOutdated(relative, ABSENT, sent.epoch)) continue;
      if (!isKnownBesides(core, scope, relative, child)) forget(core.names, child);
    }
  }
}

/** A directory that isn't listed stays for what only this instance has in it. */
export function sweepOne(core: Core, scope: Scope, directory: Inode, relative: string, sent: Moment): void {
  sweep(core, scope, directory, `${relative}/`, () => false, sent);
  if (directory.seenEpoch >= sent.epoch || directory.local?.isLocalDirectory) return;
  if (directory.children?.size === 0) forget(core.names, directory);
  else directory.ensureLocal().isLocalDirectory = true;
}

/** Is it there though no listing shows it? Then a look-up has found it, or somebody has a file in it open. */
function isKnownBesides(core: Core, scope: Scope, relative: string, child: Inode): boolean {
  if (!scope.isPartial) return false;
  if (core.timeline.now() - scope.knownSince(relative).at < core.timeline.ttl) return true;
  return [...child.walk()].some(({ isOpen }) => isOpen);
}

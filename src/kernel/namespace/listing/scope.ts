import type { Entry } from '../../../contract/entry.js';
import type { TreePath } from '../../../contract/tree-path.js';
import { type Moment, NEVER, type Timeline } from '../../timeline.js';
import { Inode } from '../inode.js';
import { ABSENT, Pins } from './pins.js';

/** Single names that a scope remembers to have looked up; the oldest go first. */
const MOST_LOOKED = 4096;

/** What a scope asks of its surroundings when a listing changes an inode under it. */
export interface ScopeHost {
  readonly timeline: Pick<Timeline, 'now' | 'oldestQuestion' | 'ttl'>;
  readonly names: { grew(scope: Scope, by: number): void };
  /** The clean content of this inode is of an older version now. */
  dropContent(inode: Inode): void;
  /** Forgets what was learned at and below an inode. */
  expireTree(inode: Inode): void;
}

/** What kind of directory it is. */
export interface ScopeKind {
  /** A unit, which is listed with its whole subtree. */
  readonly isDeep: boolean;
  /** What was learned of a version stays true. @default false */
  readonly isImmutable?: boolean;
  /** There may be more than is listed, even by a complete listing: what isn't must be looked up. @default false */
  readonly isPartial?: boolean;
}

/**
 * What is known of the names in a directory that is listed as one: a unit (a run) with its whole subtree, or a
 * directory above units with its children. Merges listings and look-ups into the tree of inodes; local changes win
 * over whatever was sent before them.
 */
export class Scope {
  readonly isDeep: boolean;
  readonly isImmutable: boolean;
  readonly isPartial: boolean;
  /** The newest listing merged, and whether it was the whole one. */
  listed: Moment = NEVER;
  isComplete = false;
  /** When the newest complete listing was sent; nothing older speaks of any name in this scope. */
  private completeEpoch = 0;
  /** What was learned up to here isn't fresh; see `expire`. */
  private forgotten = 0;
  /** The listing has more than its first page: names are looked up singly before it is loaded again. */
  isLarge = false;
  /** Somebody has asked for a name in it since `KnownNames` last looked. */
  isUsed = true;
  /** Names that the merge on its way has added. */
  private added = 0;
  /** Look-ups of single names since the listing was last complete. */
  touches = 0;
  /** When single names were last looked up, where that is newer than the listing. */
  private readonly looked = new Map<string, Moment>();
  readonly pins: Pins;
  /** When the newest content of a name was told of, where answers tell of older content since. */
  private readonly disputes = new Map<string, number>();

  constructor(
    private readonly host: ScopeHost,
    readonly root: Inode,
    { isDeep, isImmutable = false, isPartial = false }: ScopeKind,
  ) {
    this.pins = new Pins(host.timeline);
    this.isDeep = isDeep;
    this.isImmutable = isImmutable;
    this.isPartial = isPartial;
  }

  /** A draft is only here: no answer of the server speaks of it, and all its names are known. */
  get isLocal(): boolean {
    return this.root.local?.isDraft ?? false;
  }

  /**
   * Forgets that anything was listed or looked up up to `epoch`, and hears no answer that was asked for before; what is
   * in the tree stays until a new answer disagrees.
   */
  expire(epoch: number): void {
    this.listed = { ...this.listed, at: Number.NEGATIVE_INFINITY };
    this.isComplete = false;
    this.touches = 0;
    this.forgotten = epoch;
  }

  /** Takes note of a committed change of a name: listings sent before `epoch` no longer speak of it. */
  pin(relative: string, version: string, epoch: number, previous: readonly (string | undefined)[]): void {
    if (!this.isLocal) this.pins.set(relative, version, epoch, previous);
  }

  /** When the name was last looked up or changed here, where that is newer than the listing. */
  knownSince(relative: string): Moment {
    const looked = this.looked.get(relative) ?? NEVER;
    const pin = this.pins.get(relative);
    const newest = pin && pin.epoch >= looked.epoch ? { ...pin, arrived: pin.epoch } : looked;
    return newest.epoch > this.forgotten ? newest : NEVER;
  }

  /** Merges a listing. With `isComplete`, what it doesn't show is gone. */
  mergeListing(entries: readonly Entry[], isComplete: boolean, sent: Moment): void {
    if (this.isLocal || sent.epoch < this.listed.epoch || sent.epoch <= this.forgotten) return;
    const newest = newestOfNames(entries, this.prefix);
    for (const [relative, entry] of newest) this.mergeEntry(relative, entry, sent);
    if (isComplete) {
      this.sweep(this.root, '', this.shownBy(newest, sent), sent);
      // Where a directory stood in the way of a file, it may be gone now.
      for (const [relative, entry] of this.isDeep ? newest : [])
        if (!this.childAt(relative)) this.mergeEntry(relative, entry, sent);
      this.pins.dropRemoved(newest, sent.epoch);
      this.touches = 0;
      if (!this.isPartial) this.supersedeLookups(sent.epoch);
    }
    this.isLarge = !isComplete;
    this.isComplete = isComplete;
    this.listed = sent;
    // What was listed exists.
    markSeen(this.root, sent);
    this.tellGrowth();
  }

  /** Merges a part of a listing: what it doesn't show may be in another. */
  mergePage(entries: readonly Entry[], sent: Moment): void {
    if (this.isLocal || sent.epoch <= this.forgotten) return;
    for (const [relative, entry] of newestOfNames(entries, this.prefix))
      this.mergeEntry(relative, entry, sent);
    this.tellGrowth();
  }

  private get prefix(): number {
    return this.root.path === '' ? 0 : this.root.path.length + 1;
  }

  /** What a look-up in the same answer has found is there, though the listing doesn't show it (yet). */
  private shownBy(listed: ReadonlyMap<string, Entry>, sent: Moment): Names {
    const isFound = (relative: string): boolean => this.looked.get(relative)?.epoch === sent.epoch;
    return { has: (relative) => listed.has(relative) || isFound(relative) };
  }

  private supersedeLookups(epoch: number): void {
    for (const [relative, looked] of this.looked) if (looked.epoch <= epoch) this.looked.delete(relative);
    this.completeEpoch = epoch;
  }

  /** Merges the look-up of one name: an entry, a mere prefix (a directory), or nothing there. */
  mergeName(relative: string, found: Entry | 'prefix' | null, sent: Moment): void {
    if (this.isLocal || sent.epoch <= this.forgotten) return;
    if (found === 'prefix') {
      this.directoryAt(relative.split('/'), sent);
    } else if (found) {
      const inode = this.childAt(relative);
      if (this.isDeep && inode?.isDirectory && found.kind !== 'directory')
        this.sweepOne(inode, relative, NOTHING, sent);
      this.mergeEntry(relative, found, sent);
    } else if (!this.isOutdated(relative, ABSENT, sent.epoch)) {
      const inode = this.childAt(relative);
      if (inode?.isDirectory && this.isDeep) this.sweepOne(inode, relative, NOTHING, sent);
      else if (inode) this.forget(inode);
    }
    if (sent.epoch < (this.looked.get(relative) ?? NEVER).epoch) return;
    this.looked.delete(relative);
    this.looked.set(relative, sent);
    for (const oldest of this.looked.keys()) {
      if (this.looked.size <= MOST_LOOKED) break;
      this.looked.delete(oldest);
    }
    this.tellGrowth();
  }

  private tellGrowth(): void {
    const { added } = this;
    this.added = 0;
    if (added > 0) this.isUsed = true;
    this.host.names.grew(this, added);
  }

  /** The inode at a path below this scope's root, whatever is known of its freshness. */
  childAt(relative: string): Inode | undefined {
    let inode: Inode | undefined = this.root;
    for (const name of relative.split('/')) inode = inode?.children?.get(name);
    return inode;
  }

  /** Is what was sent at `epoch` older than what is already known of the name? */
  private isOutdated(relative: string, version: string, epoch: number): boolean {
    if (epoch < this.completeEpoch || epoch < (this.looked.get(relative) ?? NEVER).epoch) return true;
    if (this.isPartial && epoch < (this.childAt(relative)?.seenEpoch ?? 0)) return true;
    return this.pins.outdates(relative, version, epoch);
  }

  private mergeEntry(relative: string, entry: Entry, sent: Moment): void {
    if (this.isOutdated(relative, entry.version, sent.epoch)) return;
    const segments = this.isDeep ? relative.split('/') : [relative];
    const name = segments.pop();
    const parent = this.directoryAt(segments, sent);
    if (name === undefined || !parent) return;
    const inode = parent.children?.get(name);
    // A server may hold both a file 'a' and a file 'a/b'; one name is one thing here, and the directory wins.
    if (inode && inode.kind !== entry.kind) return;
    if (inode) {
      if (!this.isOlderThanKnown(relative, inode, entry, sent)) this.update(inode, entry);
    } else {
      new Inode(entry.kind, entry).attach(parent, name);
      this.added++;
    }
    const placed = parent.children?.get(name);
    if (placed) markSeen(placed, sent);
  }

  /**
   * Does an answer tell of older content than an earlier one that is believed still, or than another part of itself?
   * Listings may lag behind look-ups by name, and a page behind another. Times that were made up here, of what was
   * uploaded and never listed, count for nothing: they are another clock's.
   */
  private isOlderThanKnown(relative: string, inode: Inode, entry: Entry, sent: Moment): boolean {
    const { entry: known, isDirectory, seenEpoch, seenAt } = inode;
    const isTold = known !== null && known.id !== null && !known.isUntold;
    const isOlder = isTold && known.mtimeMs > entry.mtimeMs;
    const { timeline } = this.host;
    const since = this.disputes.get(relative) ?? seenAt;
    const isBelieved = seenEpoch === sent.epoch || timeline.now() - since < timeline.ttl;
    if (isDirectory || !isOlder || known.version === entry.version || !isBelieved) {
      this.disputes.delete(relative);
      return false;
    }
    this.disputes.set(relative, since);
    return true;
  }

  private update(inode: Inode, entry: Entry): void {
    const known = inode.entry;
    // Another directory of the same name: a collection was deleted and made again, and its numbers with it.
    if (inode.isDirectory && known !== null && known.version !== entry.version) this.host.expireTree(inode);
    if (inode.isDirty || known?.version === entry.version || inode.isDirectory) {
      // The size that a first GET taught isn't unlearned by a listing that doesn't know it, or goes on claiming another.
      const isSizeKnown = known?.version === entry.version && known.size !== null;
      inode.entry = isSizeKnown ? { ...entry, size: known.size } : entry;
      return;
    }
    const { parent, name } = inode;
    if (inode.isOpen && parent) {
      // Whoever has it open goes on with the old version (or gets ESTALE); the name stands for the new one.
      const { path } = inode;
      const by = new Inode(inode.kind, entry);
      inode.detach();
      inode.ensureLocal().displaced = { path, by };
      by.attach(parent, name);
      return;
    }
    this.host.dropContent(inode);
    inode.entry = entry;
  }

  /** The directory at these segments, made if need be; undefined where a file of this instance stands in the way. */
  private directoryAt(segments: readonly string[], sent: Moment): Inode | undefined {
    let inode = this.root;
    for (const name of segments) {
      let child = inode.children?.get(name);
      if (child && !child.isDirectory) {
        if (child.isDirty) return undefined;
        this.forget(child);
        child = undefined;
      }
      if (!child) {
        child = new Inode('directory', null);
        child.attach(inode, name);
        this.added++;
      }
      markSeen(child, sent);
      if (child.local) child.local.isLocalDirectory = false;
      inode = child;
    }
    return inode;
  }

  /** Removes what a complete listing doesn't show, unless it is newer than the listing or only here. */
  private sweep(directory: Inode, prefix: string, seen: Names, sent: Moment): void {
    for (const child of [...(directory.children?.values() ?? [])]) {
      const relative = prefix + child.name;
      if (this.isDeep && child.isDirectory) {
        this.sweep(child, `${relative}/`, seen, sent);
        if (child.children?.size === 0 && child.seenEpoch !== sent.epoch && !child.local?.isLocalDirectory)
          child.detach();
      } else if (!seen.has(relative) && !this.isOutdated(relative, ABSENT, sent.epoch)) {
        if (!this.isKnownBesides(relative, child)) this.forget(child);
      }
    }
  }

  /** Is it there though no listing shows it? Then a look-up has found it, or somebody has a file in it open. */
  private isKnownBesides(relative: string, child: Inode): boolean {
    if (!this.isPartial) return false;
    if (this.host.timeline.now() - this.knownSince(relative).at < this.host.timeline.ttl) return true;
    for (const { isOpen } of child.walk()) if (isOpen) return true;
    return false;
  }

  /** A directory that isn't listed stays for what only this instance has in it. */
  private sweepOne(directory: Inode, relative: string, seen: Names, sent: Moment): void {
    this.sweep(directory, `${relative}/`, seen, sent);
    if (directory.seenEpoch === sent.epoch || directory.local?.isLocalDirectory) return;
    if (directory.children?.size === 0) directory.detach();
    else directory.ensureLocal().isLocalDirectory = true;
  }

  /** The server doesn't have this name. Dirty content stays: it will be sent. */
  private forget(inode: Inode): void {
    if (inode.isDirty) {
      inode.entry = null;
      return;
    }
    if (inode.isDirectory) {
      for (const below of inode.walk()) if (below.isDirty || below.local?.isLocalDirectory) return;
    }
    for (const below of [...inode.walk()].reverse()) {
      if (below.isOpen) below.ensureLocal().displaced = { path: below.path, by: undefined };
      else this.host.dropContent(below);
      below.detach();
    }
  }
}

interface Names {
  has(relative: string): boolean;
}

const NOTHING: Names = new Set();

/** Of two rows of one name, on whichever pages, the later one counts. */
function newestOfNames(entries: readonly Entry[], prefix: number): ReadonlyMap<string, Entry> {
  const newest = new Map<string, Entry>();
  for (const entry of entries) {
    const relative = entry.path.slice(prefix);
    const other = newest.get(relative);
    if (!other || other.mtimeMs <= entry.mtimeMs) newest.set(relative, entry);
  }
  return newest;
}

function markSeen(inode: Inode, sent: Moment): void {
  inode.seenAt = sent.at;
  inode.seenEpoch = sent.epoch;
}

export const relativeTo = (scope: TreePath, path: TreePath): string =>
  scope === '' ? path : path.slice(scope.length + 1);

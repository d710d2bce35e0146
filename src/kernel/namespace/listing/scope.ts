import type { Entry } from '../../../contract/entry.js';
import type { TreePath } from '../../../contract/tree-path.js';
import type { Core } from '../../core.js';
import { type Moment, NEVER } from '../../timeline.js';
import { Inode } from '../inode.js';
import { Disputes } from './disputes.js';
import { forget, replaceByOther } from './foreign-changes.js';
import { type Filter, Knowledge, ListingMerge, sweep, sweepOne } from './knowledge.js';
import { ABSENT, Pins } from './pins.js';

/**
 * The names in a directory that is listed as one: a unit (a run) with its whole subtree, or a directory above units with
 * its children. Merges the answers about them into the tree of inodes. Of two that speak of one name
 *
 * 1. what was asked for later counts (`Knowledge`), and local changes win over whatever was asked for before them;
 * 2. but a lagging answer doesn't undo an acknowledged change (`Pins`),
 * 3. nor does it turn newer content into older (`Disputes`);
 * 4. and dirty content stays whatever is told: it will be sent.
 */
export class Scope {
  /** A unit, which is listed with its whole subtree. */
  readonly isDeep: boolean;
  /** What was once learned of it stays true. */
  readonly isImmutable: boolean;
  /** There may be more than is listed, even by a complete listing: what isn't must be looked up. */
  readonly isPartial: boolean;
  readonly known: Knowledge;
  private madePins: Pins | null = null;
  private disputes: Disputes | null = null;
  /** Somebody has asked for a name in it since units were last looked through. */
  isUsed = true;
  /** Names that the merge on its way has added. */
  private added = 0;

  constructor(
    private readonly core: Core,
    readonly root: Inode,
  ) {
    const { shape, unitDepth } = core;
    this.isDeep = root.depth >= unitDepth;
    this.isImmutable = this.isDeep && shape.areUnitsImmutable;
    this.isPartial = root.depth < shape.partialDepth;
    this.known = new Knowledge(this.isPartial);
  }

  get pins(): Pins {
    this.madePins ??= new Pins(this.core.timeline);
    return this.madePins;
  }

  /** A draft is only here: no answer of the server speaks of it, and all its names are known. */
  get isLocal(): boolean {
    return this.root.local?.draft != null;
  }

  /** Takes note of a committed change of a name: answers asked for before `epoch` no longer speak of it. */
  pin(relative: string, version: string, epoch: number, previous: readonly (string | undefined)[]): void {
    if (!this.isLocal) this.pins.set(relative, version, epoch, previous);
  }

  /** When the name was last looked up or changed here, where that is newer than the listing. */
  knownSince(relative: string): Moment {
    const lookup = this.known.lookupOf(relative);
    const pin = this.madePins?.get(relative);
    const newest = pin && pin.epoch >= lookup.epoch ? { ...pin, arrived: pin.epoch } : lookup;
    return this.known.isExpired(newest) ? NEVER : newest;
  }

  /** Can a listing say anything of the names here? Not one that is older than another, or than what was forgotten. */
  mayMerge(sent: Pick<Moment, 'epoch'>): boolean {
    return !this.isLocal && sent.epoch >= this.known.listed.epoch && !this.known.isExpired(sent);
  }

  /**
   * Merges a listing. With `isComplete`, what it doesn't show is gone.
   *
   * @returns goes on with what comes behind it
   */
  mergeListing(entries: readonly Entry[], isComplete: boolean, sent: Moment): ListingMerge {
    const merge = new ListingMerge(this, sent);
    merge.page(entries, sent);
    if (isComplete) merge.end(sent);
    else if (this.mayMerge(sent)) this.noteListing(() => true, false, sent);
    return merge;
  }

  /** Merges a part of a listing: what it doesn't show may be in another. */
  mergePage(entries: readonly Entry[], sent: Moment): void {
    if (this.isLocal || this.known.isExpired(sent)) return;
    for (const [relative, entry] of this.newestOf(entries)) this.mergeRow(relative, entry, sent);
    this.reportGrowth();
  }

  /** By path from the root on. Of two rows of one name the later one counts. */
  newestOf(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
    const { prefix } = this;
    const newest = new Map<string, Entry>();
    for (const entry of entries) {
      const relative = entry.path.slice(prefix);
      const other = newest.get(relative);
      if (!other || other.mtimeMs <= entry.mtimeMs) newest.set(relative, entry);
    }
    return newest;
  }

  /** A complete listing has come to its end: what it hasn't marked, and doesn't show besides, is gone. */
  sweepUnshown(isShown: Filter, sent: Moment): void {
    // What a look-up in the same answer has found is there, though the listing doesn't show it (yet).
    const isFound = (name: string): boolean => this.known.lookupOf(name).epoch === sent.epoch;
    sweep(this.core, this, this.root, '', (name) => isShown(name) || isFound(name), sent);
  }

  /** @param isShown of the names whose removal is pinned */
  noteListing(isShown: Filter, isComplete: boolean, sent: Moment): void {
    if (isComplete) this.madePins?.dropRemoved(isShown, sent.epoch);
    this.known.noteListing(sent, isComplete);
    // What was listed exists.
    this.root.markSeen(sent);
    this.reportGrowth();
  }

  private get prefix(): number {
    return this.root.path === '' ? 0 : this.root.path.length + 1;
  }

  /** Merges the look-up of one name: an entry, a mere prefix (a directory), or nothing there. */
  mergeName(relative: string, found: Entry | 'prefix' | null, sent: Moment): void {
    if (this.isLocal || this.known.isExpired(sent)) return;
    if (found === 'prefix') this.directoryAt(relative.split('/'), sent);
    else if (found) {
      const inode = this.childAt(relative);
      if (this.isDeep && inode?.isDirectory && found.kind !== 'directory')
        sweepOne(this.core, this, inode, relative, sent);
      this.mergeRow(relative, found, sent);
    } else if (!this.isOutdated(relative, ABSENT, sent.epoch)) {
      const inode = this.childAt(relative);
      if (inode?.isDirectory && this.isDeep) sweepOne(this.core, this, inode, relative, sent);
      else if (inode) forget(this.core.names, inode);
    }
    this.known.noteLookup(relative, sent);
    this.reportGrowth();
  }

  reportGrowth(): void {
    this.core.names.grew(this, this.added);
    this.added = 0;
  }

  /** A path at or below this scope's root, from there on. */
  relativeOf(path: TreePath): string {
    return path.slice(this.prefix);
  }

  /** The inode at a path below this scope's root, whatever is known of its freshness. */
  childAt(relative: string): Inode | undefined {
    return this.root.descendant(relative.split('/'));
  }

  /** Is what was asked for at `epoch` older than what is already known of the name? */
  isOutdated(relative: string, version: string, epoch: number): boolean {
    if (this.known.isOutdated(relative, epoch)) return true;
    if (this.isPartial && epoch < (this.childAt(relative)?.seenEpoch ?? 0)) return true;
    return this.madePins?.outdates(relative, version, epoch) ?? false;
  }

  /**
   * Puts a row in its place, but where something newer is known, or something else stands there.
   *
   * @param rule what becomes of older content than is known. @default as long as the answer that told of the newer is believed, it isn't taken
   */
  mergeRow(relative: string, entry: Entry, sent: Moment, rule?: 'unless older'): Outcome {
    if (this.isOutdated(relative, entry.version, sent.epoch)) return 'left';
    const segments = this.isDeep ? relative.split('/') : [relative];
    const name = segments.pop();
    const parent = this.directoryAt(segments, sent);
    if (name === undefined || !parent) return 'left';
    const inode = parent.children?.get(name);
    // A server may hold both a file 'a' and a file 'a/b'; one name is one thing here, and the directory wins.
    if (inode && inode.kind !== entry.kind) return 'left';
    if (!inode) this.add(new Inode(entry.kind, entry), parent, name);
    else if (!this.isOlder(inode, entry)) {
      this.disputes?.end(relative);
      this.update(inode, entry);
    } else if (rule) return 'older';
    else if (!this.isKept(relative, inode, sent)) this.update(inode, entry);
    parent.children?.get(name)?.markSeen(sent);
    return 'merged';
  }

  private add(inode: Inode, parent: Inode, name: string): Inode {
    inode.attach(parent, name);
    this.added++;
    if (this.known.hasAll) this.core.names.touch(parent);
    return inode;
  }

  /** Does an answer tell of older content than is known? */
  private isOlder(inode: Inode, entry: Entry): boolean {
    const { entry: known } = inode;
    // Times that were made up here, of what was uploaded and never listed, are another clock's.
    const hasTime = known !== null && known.id !== null && !known.isUntold;
    if (inode.isDirectory || !hasTime) return false;
    return known.mtimeMs > entry.mtimeMs && known.version !== entry.version;
  }

  /** Is newer content than an answer tells of believed still? */
  private isKept(relative: string, inode: Inode, sent: Moment): boolean {
    this.disputes ??= new Disputes(this.core.timeline);
    return this.disputes.isKept(relative, inode, sent);
  }

  private update(inode: Inode, entry: Entry): void {
    const known = inode.entry;
    const isSame = known?.version === entry.version;
    // Another directory of the same name: a collection was deleted and made again, and its numbers with it.
    if (inode.isDirectory && known && !isSame) this.core.names.expireTree(inode);
    if (inode.isDirty || isSame || inode.isDirectory) {
      // The size that a first GET taught isn't unlearned by a listing that doesn't know it, or goes on claiming another.
      inode.entry = isSame && known.size !== null ? { ...entry, size: known.size } : entry;
      return;
    }
    replaceByOther(this.core.names, inode, entry);
  }

  /** The directory at these segments, made if need be; undefined where a file of this instance stands in the way. */
  private directoryAt(segments: readonly string[], sent: Moment): Inode | undefined {
    let inode = this.root;
    for (const name of segments) {
      let child = inode.children?.get(name);
      if (child && !child.isDirectory) {
        if (child.isDirty) return undefined;
        forget(this.core.names, child);
        child = undefined;
      }
      child ??= this.add(new Inode('directory', null), inode, name);
      child.markSeen(sent);
      if (child.local) child.local.isLocalDirectory = false;
      inode = child;
    }
    return inode;
  }
}

/** What became of a row; 'older': it tells of older content than is known. */
type Outcome = 'merged' | 'left' | 'older';

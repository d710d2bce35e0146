import type { Entry } from '../../../contract/entry.js';
import { type Entries, EntryPage } from '../../../contract/entry-page.js';
import {
  joinPath,
  ROOT,
  segmentsOf,
  splitPath,
  type TreePath,
  treePath,
} from '../../../contract/tree-path.js';
import type { Core } from '../../core.js';
import { type Moment, NEVER } from '../../timeline.js';
import { Inode } from '../inode.js';
import { Disputes } from './disputes.js';
import { forget, replaceByOther } from './foreign-changes.js';
import { type Filter, Knowledge, ListingMerge, type OnLeft, type Outcome, sweepOne } from './knowledge.js';
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
    readonly core: Core,
    readonly root: Inode,
  ) {
    const { shape, unitDepth } = core;
    this.isDeep = root.depth >= unitDepth;
    this.isImmutable = this.isDeep && shape.areUnitsImmutable;
    this.isPartial = root.depth < shape.partialDepth;
    this.known = new Knowledge(this.isPartial);
  }

  get pins(): Pins {
    this.madePins ??= new Pins(this.core.timeline, this.core.names.changedPins);
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
  mergeListing(entries: Entries, isComplete: boolean, sent: Moment): ListingMerge {
    const merge = new ListingMerge(this, sent);
    merge.page(entries, sent);
    if (isComplete) merge.end(sent);
    else if (this.mayMerge(sent)) this.noteListing(() => true, false, sent);
    return merge;
  }

  /** @param rule see `put`  @param onLeft hears of the rows that weren't taken */
  mergeRows(page: EntryPage, sent: Moment, rule?: 'unless older', onLeft?: OnLeft): void {
    // Then no row needs its path: most listings come first, and are alone.
    const isNewest = this.isDeep && !this.madePins?.size && this.known.isNewest(sent.epoch);
    const place: Place = { parent: undefined, within: ROOT, name: '', isNewest };
    let last: TreePath | null = null;
    page.each((row, directory, name) => {
      if (directory !== last) {
        last = directory;
        place.within = treePath(this.relativeOf(directory));
        place.parent = undefined;
      }
      place.name = name;
      const outcome = this.put(page, row, place, sent, rule);
      if (outcome !== 'merged')
        onLeft?.(pathOf(place), page.entryOf(row, joinPath(directory, name)), outcome);
    });
    this.reportGrowth();
  }

  noteListing(isShown: Filter, isComplete: boolean, sent: Moment): void {
    this.madePins?.dropSettled();
    if (isComplete) this.madePins?.dropRemoved(isShown, sent.epoch);
    this.known.noteListing(sent, isComplete);
    // What was listed exists.
    this.root.markSeen(sent);
    this.reportGrowth();
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
    this.known.noteLookup(relative, sent, this.isImmutable ? undefined : this.core.timeline.longAgo);
    this.reportGrowth();
  }

  private reportGrowth(): void {
    this.core.names.grew(this, this.added);
    this.added = 0;
  }

  /** A path at or below this scope's root, from there on. */
  relativeOf(path: TreePath): string {
    return path.slice(this.root.path === '' ? 0 : this.root.path.length + 1);
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

  mergeRow(relative: string, entry: Entry, sent: Moment): void {
    const { parent: within, name } = splitPath(treePath(relative));
    this.put(EntryPage.of([entry]), 0, { parent: undefined, within, name }, sent);
  }

  /**
   * Puts a row in its place, but where something newer is known, or something else stands there.
   *
   * @param rule what becomes of older content than is known. @default as long as the answer that told of the newer is believed, it isn't taken
   */
  private put(page: EntryPage, row: number, place: Place, sent: Moment, rule?: 'unless older'): Outcome {
    if (!place.isNewest && this.isOutdated(pathOf(place), page.versionOf(row), sent.epoch)) return 'left';
    place.parent ??= this.directoryAt(segmentsOf(place.within), sent);
    const { parent, name } = place;
    if (!parent) return 'left';
    const inode = parent.children?.get(name);
    if (!inode) {
      const made = new Inode(page.kindOf(row), null);
      made.tell(page, row);
      this.add(made, parent, name).markSeen(sent);
      return 'merged';
    }
    // A server may hold both a file 'a' and a file 'a/b'; one name is one thing here, and the directory wins.
    if (inode.kind !== page.kindOf(row)) return 'left';
    const isOlder = !inode.isDirectory && inode.isNewerThan(page, row) && !inode.isVersionOf(page, row);
    if (!isOlder) {
      this.disputes?.end(pathOf(place));
      this.update(inode, page, row);
    } else if (rule) return 'older';
    else {
      this.disputes ??= new Disputes(this.core.timeline);
      if (!this.disputes.isKept(pathOf(place), inode, sent)) this.update(inode, page, row);
    }
    parent.children?.get(name)?.markSeen(sent);
    return 'merged';
  }

  private add(inode: Inode, parent: Inode, name: string): Inode {
    inode.attach(parent, name);
    this.added++;
    if (this.known.hasAll) this.core.names.touch(parent);
    return inode;
  }

  private update(inode: Inode, page: EntryPage, row: number): void {
    const isSame = inode.isVersionOf(page, row);
    // Another directory of the same name: a collection was deleted and made again, and its numbers with it.
    if (inode.isDirectory && inode.isTold && !isSame) this.core.names.expireTree(inode);
    if (!inode.isDirty && !isSame && !inode.isDirectory) {
      replaceByOther(this.core.names, inode, page, row);
      return;
    }
    // The size that a first GET taught isn't unlearned by a listing that doesn't know it, or goes on claiming another.
    const size = isSame ? inode.toldSize : null;
    inode.tell(page, row);
    if (size !== null && size !== page.sizeOf(row) && inode.entry) inode.entry = { ...inode.entry, size };
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

/** Where a row belongs: `within` is the directory's path from the scope's root on, `parent` the directory once it was looked for. */
interface Place {
  parent: Inode | undefined;
  within: TreePath;
  name: string;
  /** Nothing newer is known of any name. @default false */
  readonly isNewest?: boolean;
}

const pathOf = ({ within, name }: Place): string => joinPath(within, name);

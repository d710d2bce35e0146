import type { Entry, Lookup } from '../../contract/entry.js';
import { type Entries, EntryPage } from '../../contract/entry-page.js';
import {
  depthOf,
  joinPath,
  lowerPath,
  segmentsOf,
  type TreePath,
  upperPath,
} from '../../contract/tree-path.js';
import type { Core } from '../core.js';
import type { Moment } from '../timeline.js';
import { Inode } from './inode.js';
import { mergeBeginning } from './listing/knowledge.js';
import { forgetIdleUnits } from './listing/known-names.js';
import type { Pins } from './listing/pins.js';
import { Scope } from './listing/scope.js';
import { NegativeEntries } from './negatives.js';

/** A scope, and the path of a name from its root on. */
interface Place {
  readonly scope: Scope;
  readonly relative: string;
}

/** How much of the bound has to be learned until units are looked through again. */
const GROWTH = 5 / 4;
/** Units that are remembered before those among them are looked for that are gone. */
const FEW_UNITS = 64;

/** What is known of the names in the tree: a scope for each directory that is listed as one, and the negative entries. */
export class Namespace {
  /** Of all directories that have some; whose last change was longest ago is first. */
  readonly changedPins = new Set<Pins>();
  private madeNegatives: NegativeEntries | null = null;
  private readonly units = new Set<Scope>();
  /** Names in units; never less than there are: what has gone is found out when units are looked through. */
  private count = 0;
  private boundAt: number;
  private unitsBoundAt = FEW_UNITS;
  /** When a name in a directory was last seen to come or go. */
  private readonly changes = new WeakMap<Inode, number>();

  /** @param most names in units that are remembered */
  constructor(
    private readonly core: Core,
    private readonly most: number,
  ) {
    this.boundAt = most;
  }

  get negatives(): NegativeEntries {
    this.madeNegatives ??= new NegativeEntries();
    return this.madeNegatives;
  }

  /** When a look-up found nothing at the path, where no complete listing says so. */
  absentSince(path: TreePath): Moment | undefined {
    return this.madeNegatives?.get(path);
  }

  /** The clean content of this inode is of an older version now. */
  dropContent(inode: Inode): void {
    inode.etag = null;
    const { local } = inode;
    if (local?.content) this.core.overlay.drop(inode);
    local?.forgetTimes();
  }

  /** A name in the directory came or went: pollers of disks look for that in its time. */
  touch(directory: Inode): void {
    this.changes.set(directory, this.core.now());
  }

  /** Milliseconds since the epoch; undefined: since it is known nothing was seen to change, or a caller has set its times. */
  touchedAt(directory: Inode): number | undefined {
    return this.changes.get(directory);
  }

  forgetTouch(inode: Inode): void {
    this.changes.delete(inode);
  }

  /** Forgets how fresh the names in a directory are, but nothing of what is below them. */
  expire(directory: Inode): void {
    this.scopeAt(directory).known.expire(this.core.timeline.tick().epoch);
    for (const child of directory.children?.values() ?? []) child.expire();
  }

  /** Forgets how fresh all is that was learned at and below an inode. */
  expireTree(top: Inode): void {
    const { epoch } = this.core.timeline.tick();
    for (const inode of top.walk()) {
      inode.scope?.known.expire(epoch);
      inode.expire();
    }
  }

  /** The scope that a directory at or above the unit is the root of. */
  scopeAt(directory: Inode): Scope {
    directory.scope ??= new Scope(this.core, directory);
    return directory.scope;
  }

  /** The scope that speaks of the names in a directory: its unit's (with all below), or its own above units. */
  scopeOf(inode: Inode): Scope {
    let directory = inode;
    for (let depth = directory.depth; depth > this.core.unitDepth; depth--)
      if (directory.parent) directory = directory.parent;
    return this.scopeAt(directory);
  }

  /** The scope in which the name at a path is listed, if its root is known. */
  scopeOfName(path: TreePath): Place | undefined {
    const segments = path.split('/');
    const rootDepth = Math.min(segments.length - 1, this.core.unitDepth);
    const root = this.core.root.descendant(segments.slice(0, rootDepth));
    if (!root?.isDirectory) return undefined;
    return { scope: this.scopeAt(root), relative: segments.slice(rootDepth).join('/') };
  }

  /** The directory at a path that is known to exist, made where a listing dropped it meanwhile. */
  directoryAt(path: TreePath): Inode {
    let directory = this.core.root;
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

  /** A directory of a unit that was emptied here is still there; no listing will show it. */
  keepIfEmpty(directory: Inode): void {
    if (directory.children?.size === 0 && directory.depth > this.core.unitDepth) {
      directory.ensureLocal().isLocalDirectory = true;
    }
  }

  /** Takes note that the name at `path` was changed here and the server agreed. */
  pin(path: TreePath, version: string, previous: readonly (string | undefined)[]): void {
    this.forgetNegatives(path);
    const place = this.scopeOfName(path);
    if (!place) return;
    place.scope.pin(place.relative, version, this.core.timeline.tick().epoch, previous);
    place.scope.known.begun = null;
  }

  /** What was said not to be there may be there now: at the path and, at or above the unit, at everything below. */
  forgetNegatives(path: TreePath): void {
    this.madeNegatives?.forget(path, depthOf(path) <= this.core.unitDepth);
  }

  /** What is remembered beside the tree itself, of things that may be gone. */
  get remembered(): { readonly units: number; readonly negatives: number } {
    return { units: this.units.size, negatives: this.madeNegatives?.size ?? 0 };
  }

  /** A page shows what it shows to be there. */
  forgetNegativesOf(page: EntryPage): void {
    if (this.madeNegatives?.size) for (const path of page.paths()) this.madeNegatives.delete(path);
  }

  /** Places entries at or above the unit that an answer proved to exist, outermost first. */
  mergeAbove(entries: readonly Entry[], sent: Moment): void {
    for (const entry of entries) {
      this.madeNegatives?.delete(entry.path);
      const place = this.scopeOfName(entry.path);
      place?.scope.mergeName(place.relative, entry, sent);
    }
  }

  /** Takes in the answer to a look-up: of the name, of what it is in and, where it came along, of the unit's listing or its own. */
  mergeLookup(asked: TreePath, { ancestors, found: told, listing }: Lookup<Entries>, sent: Moment): void {
    const { core } = this;
    const { unitDepth } = core;
    // An answer that contradicts itself says that there is something: denying it would let it be overwritten.
    const page = listing && EntryPage.of(listing.entries);
    const found = told ?? page?.find(asked) ?? null;
    this.madeNegatives?.dropOlder(core.timeline.longAgo);
    this.mergeAbove(ancestors, sent);
    const depth = depthOf(asked);
    if (found && found !== 'prefix' && depth <= unitDepth) this.mergeAbove([found], sent);
    // The answer may have told of an alias on the way.
    const directories = ancestors.filter(({ kind }) => kind === 'directory');
    // What the answer speaks of is what the answer names, not what the alias points to here by now.
    const unitPath = depth > unitDepth ? directories[unitDepth - 1]?.path : undefined;
    const path = unitPath === undefined ? asked : joinPath(unitPath, lowerPath(asked, unitDepth));
    const place = this.scopeOfName(path);
    if (!found) this.rememberAbsence(path, directories, sent);
    else this.madeNegatives?.delete(path);
    if (depth > unitDepth && place && place.scope.root.depth === unitDepth) {
      if (directories.length >= unitDepth || found) {
        place.scope.known.lookups++;
        place.scope.mergeName(place.relative, found, sent);
      }
    }
    const listed = core.root.descendant(segmentsOf(upperPath(path, unitDepth)));
    if (!listed?.isDirectory) return;
    if (!listing || !page) {
      // Such a listing may be a file of its own, which a look-up leaves alone while names can be asked for.
      if (core.shape.areUnitsImmutable && depth >= unitDepth) this.scopeAt(listed).known.isLarge = true;
    } else mergeBeginning(this.scopeAt(listed), { ...listing, page }, sent);
  }

  /**
   * Nothing stands at the path. Where the answer proves less than all ancestors, the whole branch below the last proven
   * one is missing; of the names down to `partialDepth` it can't be told which, so the outer ones alone are never denied.
   */
  private rememberAbsence(path: TreePath, ancestors: readonly Entry[], sent: Moment): void {
    const { shape, unitDepth } = this.core;
    const proven = ancestors.length;
    const missingPath =
      proven >= unitDepth ? path : upperPath(path, Math.max(proven + 1, shape.partialDepth));
    const place = this.scopeOfName(missingPath);
    if (!place) {
      this.negatives.set(missingPath, sent);
      return;
    }
    if (depthOf(missingPath) > unitDepth) return;
    place.scope.mergeName(place.relative, null, sent);
    // It stays for what only this instance has in it; of anything else in it there is nothing.
    for (const inode of place.scope.childAt(place.relative)?.walk() ?? []) {
      if (inode.isDirectory && inode.depth <= unitDepth) this.scopeAt(inode).mergeListing([], true, sent);
    }
  }

  /** A scope has more names now. */
  grew(scope: Scope, by: number): void {
    if (by === 0 || !scope.isDeep) return;
    scope.isUsed = true;
    this.units.add(scope);
    if (this.units.size > this.unitsBoundAt) {
      for (const unit of this.units) if (!unit.root.parent) this.units.delete(unit);
      this.unitsBoundAt = Math.max(FEW_UNITS, 2 * this.units.size);
    }
    this.count += by;
    if (this.count <= this.boundAt) return;
    this.count = forgetIdleUnits(this.core, this.units, this.most);
    this.boundAt = Math.max(this.most, this.count * GROWTH);
  }
}

import type { Page } from '../../../contract/entry.js';
import { type Entries, EntryPage } from '../../../contract/entry-page.js';
import { Failure } from '../../../contract/failure.js';
import { isAtOrBelow } from '../../../contract/tree-path.js';
import type { Core } from '../../core.js';
import type { Fault, Operation } from '../../operation/operation.js';
import type { DirectoryEntry, DirectoryPages } from '../../syscalls.js';
import { ask, type Moment } from '../../timeline.js';
import type { Inode } from '../inode.js';
import { ensureAsked, ensureListed, isFresh, isListed, mergeNoListing } from '../resolve.js';
import { ListingMerge } from './knowledge.js';
import { beginningOf } from './listing-load.js';
import { SETTLE_MS } from './pins.js';
import type { Scope } from './scope.js';

/** Pages that bring nothing new, one after another: a server that goes on for ever must not keep us for ever. */
const MOST_VAIN_PAGES = 10;
/** Rows of a page that tell whether it is new: were they on others, so are those between them. */
const SAMPLES = 8;

/**
 * Where pages are read one after the other, as the server has them; all others are listed at once, sorted. Who opens what
 * is below a unit, too, before its pages have ended, would have them come for each of its directories.
 */
export type Paging = 'always' | 'above units';

interface First {
  readonly sent: Moment;
  readonly learned: Moment;
  readonly merge: ListingMerge;
}

/**
 * A directory that is read page by page: who closes it early leaves the rest unasked. A page is to the names in it what
 * look-ups of them would be, and denies none; all pages together are a listing. What no page brings is shown last.
 */
export class OpenDirectory implements DirectoryPages {
  private readonly id: number;
  private readonly shown = new Set<string>();
  /** Some paths of each page. */
  private readonly sampled = new Set<string>();
  private readonly cursors = new Set<string>();
  private after: string | null = null;
  private first: First | null = null;
  private vain = 0;
  /** Names that the last page brought and nobody has read. */
  private unread: readonly string[] = [];
  private state: 'new' | 'begun' | 'whole' | 'ended' = 'new';

  constructor(
    private readonly core: Core,
    private readonly directory: Inode,
    private readonly paging: Paging,
  ) {
    this.id = core.timeline.tick().epoch;
  }

  get isEnded(): boolean {
    return this.state === 'ended';
  }

  next(op: Operation): readonly DirectoryEntry[] | null {
    const { core, directory } = this;
    if (this.isEnded) return null;
    // The paths of other calls are resolved, which tells that; this one is resolved already.
    core.assertOpen();
    const scope = core.names.scopeOf(directory);
    if (!this.isPaged(scope)) ensureListed(core, op, directory);
    if (isListed(core, op, scope)) return this.last();
    if (this.state === 'new') {
      ensureAsked(core, op, scope);
      this.state = 'begun';
      // The first look-up in a large unit has brought a page already.
      const begun = beginningOf(op, scope);
      if (begun) {
        const { page, next, learned } = begun;
        this.merge({ entries: page, rows: page.count, next }, scope, learned, learned);
      } else if (scope.known.isLarge)
        this.unread = this.namesOf((child) => isFresh(core, op, child, child.path));
    }
    const entries = this.read();
    if (entries.length > 0) return entries;
    if (this.state === 'whole') {
      if (this.isCut(scope)) ensureListed(core, op, directory);
      return this.last((child) => this.isKnownBesides(scope, child));
    }
    throw this.pageFault(scope);
  }

  private isPaged({ isDeep, isImmutable }: Scope): boolean {
    return this.paging === 'always' ? !isImmutable : !isDeep;
  }

  private last(isThere?: (child: Inode) => boolean): readonly DirectoryEntry[] | null {
    const isUntouched = this.state === 'new';
    this.state = 'ended';
    const { children } = this.directory;
    // Known from the start, as most are.
    if (isUntouched) return children?.size ? shown([...children.values()]) : null;
    this.unread = this.namesOf(isThere ?? (() => true));
    const entries = this.read();
    return entries.length > 0 ? entries : null;
  }

  private namesOf(isThere: (child: Inode) => boolean): readonly string[] {
    return [...(this.directory.children?.values() ?? [])].filter(isThere).map(({ name }) => name);
  }

  private read(): readonly DirectoryEntry[] {
    const { children } = this.directory;
    const news = [...new Set(this.unread)].filter((name) => !this.shown.has(name));
    const entries = news.flatMap((name) => children?.get(name) ?? []);
    this.unread = [];
    for (const { name } of entries) this.shown.add(name);
    return shown(entries);
  }

  private pageFault(scope: Scope): Fault {
    const { core, after } = this;
    const { path } = scope.root;
    // Of nobody else: what it brings is this one's.
    const key = `page:${path}#${this.id}:${after ?? ''}`;
    return ask(core, key, 'page', { path, after }, (page, failure, learned, sent) => {
      if (page) this.merge(page, scope, sent, learned);
      return failure && mergeNoListing(core, scope.root, failure, learned);
    });
  }

  private merge({ entries, rows, next }: Page<Entries>, scope: Scope, sent: Moment, learned: Moment): void {
    this.first ??= { sent, learned, merge: new ListingMerge(scope, learned) };
    const page = EntryPage.of(entries);
    this.core.names.forgetNegativesOf(page);
    this.first.merge.rows(page, learned);
    this.unread = this.namesIn(page);
    this.assertProgress(page, rows, next);
    this.after = next;
    if (next === null) this.end(scope, this.first, learned);
  }

  /** Names in this directory, of what is in it or below it. */
  private namesIn(page: EntryPage): readonly string[] {
    const { path } = this.directory;
    const start = path === '' ? 0 : path.length + 1;
    const found: string[] = [];
    for (const at of page.paths()) {
      if (isAtOrBelow(at, path)) found.push(at.slice(start).split('/', 1)[0] ?? '');
    }
    return found;
  }

  private assertProgress(page: EntryPage, rows: number, next: string | null): void {
    if (next === null) return;
    const known = this.sampled.size;
    const step = Math.max(1, Math.ceil(page.count / SAMPLES));
    let row = 0;
    for (const path of page.paths()) if (row++ % step === 0) this.sampled.add(path);
    const isVain = rows === 0 || (page.count > 0 && this.sampled.size === known);
    this.vain = isVain ? this.vain + 1 : 0;
    if (this.cursors.has(next) || this.vain === MOST_VAIN_PAGES) {
      throw new Failure('EPROTO', "The server doesn't come to the end of its listing.");
    }
    this.cursors.add(next);
  }

  /**
   * Is it there though no page shows it? Then it is only here, or pages may lag behind a change of it, or it was looked up
   * or listed since the first page was asked for.
   */
  private isKnownBesides(scope: Scope, child: Inode): boolean {
    if (this.first && scope.known.wasListedSince(this.first.sent.epoch)) return true;
    for (const inode of scope.isDeep ? child.walk() : [child]) {
      if (inode.isDirty || inode.local?.isLocalDirectory || inode.special?.isUntold) return true;
      const relative = scope.relativeOf(inode.path);
      if (scope.pins.get(relative)) return true;
      if (this.first && scope.knownSince(relative).epoch > this.first.sent.epoch) return true;
    }
    return false;
  }

  /** A server that counts rows leaves one out behind each that was removed since the first page: it is listed anew. */
  private isCut({ root, pins }: Scope): boolean {
    if (!this.first) return false;
    return pins.removedAt > this.first.sent.epoch || this.core.locks.find(root.path, true) !== undefined;
  }

  /** A listing is as old as its first page. One that is older than pins are kept may not know of changes made here. */
  private end(scope: Scope, { sent, learned, merge }: First, last: Moment): void {
    this.state = 'whole';
    if (last.at - sent.at >= SETTLE_MS || this.isCut(scope)) return;
    merge.end({ ...learned, arrived: last.arrived });
  }
}

/** As callers see what is in a directory. */
export const shown = (children: readonly Inode[]): readonly DirectoryEntry[] =>
  children.map(({ name, kind }) => ({ name, kind })).sort((a, b) => (a.name < b.name ? -1 : 1));

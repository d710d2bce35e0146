import type { Entry } from '../../../contract/entry.js';
import { setTimeout } from '../../../platform/time.js';
import type { Core } from '../../core.js';
import type { Inode } from '../../namespace/inode.js';
import type { Scope } from '../../namespace/listing/scope.js';
import { isListed } from '../../namespace/resolve.js';
import type { Load } from '../../operation/load.js';
import type { Operation } from '../../operation/operation.js';
import { pageKey } from './pages.js';
import { Window } from './read-ahead-window.js';
import { filesAfter } from './siblings.js';

/** Units in which somebody reads. */
const MOST_WINDOWS = 8;
/** Requests at once, of those that nobody waits for; while so many are waited for there are no more of them. */
const MOST_AT_ONCE = 32;
const MANY_WAITED_FOR = 8;
/** So much of the cache may be read ahead in one unit. */
const SHARE_OF_CACHE = 8;
/** Names that are looked at in one turn. */
const MOST_LOOKED_AT = 512;
/** Addresses of the service are good for an hour. */
const WINDOW_MS = 30 * 60_000;
/** When nothing was asked for so long, nothing is waited for either: requests keep a process without an I/O thread alive. */
const IDLE_MS = 1000;

/** A page that nobody has asked for yet, here or on its way. */
interface Unread {
  readonly window: Window;
  readonly inode: Inode;
  readonly bytes: number;
}

/**
 * Small files that are read one after another are read ahead of their reader: their addresses come with the first one's,
 * and after the second file beside another the content of those that are listed behind them. What may be unread grows with
 * what is asked for, and faster with what is found here; so of what nobody asks for little is read, and no more of it.
 *
 * It takes nothing from anybody: who is waited for goes first, what fails is asked for again by who wants it.
 */
export class ReadAhead {
  private readonly windows = new Map<Scope, Window>();
  private readonly unread = new Map<string, Unread>();
  private readonly onTheirWay = new Map<string, Load>();
  private readonly mostBytes: number;
  /** Of the answers that had come when a file was asked for last: those who ask for many at once are no such readers. */
  private downloads = 0;
  private lastAskedAt = 0;
  private timer: NodeJS.Timeout | null = null;
  /** Files that were read ahead, those of them that were asked for then, and those that were given up unread. */
  fetched = 0;
  used = 0;
  wasted = 0;

  /** @param first the file that was missed before there was one */
  constructor(
    private readonly core: Core,
    first: Inode,
  ) {
    const { cacheBytes, readAheadBytes } = core.options;
    this.mostBytes = Math.min(readAheadBytes, cacheBytes / SHARE_OF_CACHE);
    core.pages.onGone = (key) => this.onGone(key);
    if (this.isSmall(first) && first.parent) this.windowOf(core.names.scopeOf(first.parent)).count(first);
  }

  /** A file's content is about to be asked for. @returns those whose addresses may come along */
  onMiss(op: Operation, inode: Inode): readonly Entry[] | undefined {
    const { core } = this;
    const { parent } = inode;
    if (!parent || inode.local?.content) return undefined;
    const scope = core.names.scopeOf(parent);
    if (!scope.isDeep || scope.isLocal) return undefined;
    // Who looks up names of a unit that is too large to be listed for them knows of none beside them.
    const isKnown = isListed(core, op, scope) || !scope.known.wasLookedUp(scope.relativeOf(inode.path));
    if (!isKnown) return undefined;
    this.lastAskedAt = core.timeline.now();
    if (core.pages.downloads === this.downloads) return undefined;
    this.downloads = core.pages.downloads;
    const window = this.windowOf(scope);
    if (this.isSmall(inode)) window.count(inode);
    if (window.isWorthALook(parent)) window.goOnBy(parent, filesAfter(inode, scope.root));
    return this.tell(window, inode);
  }

  /** Reads on behind a file; behind the request for it, where there is one. */
  goOn(inode: Inode): void {
    const { parent } = inode;
    const window = parent && this.windows.get(this.core.names.scopeOf(parent));
    if (window && window.asked > 1) this.fill(window, parent);
  }

  /** A page was read, whoever has asked for it. */
  onRead(key: string): void {
    if (this.unread.size === 0) return;
    const unread = this.unread.get(key);
    if (!unread) return;
    const { window, inode, bytes } = unread;
    this.unread.delete(key);
    this.used++;
    window.use(bytes);
    this.lastAskedAt = this.core.timeline.now();
    if (inode.parent) this.fill(window, inode.parent);
  }

  private onGone(key: string): void {
    // It stays one that was read in vain.
    if (this.unread.delete(key)) this.wasted++;
  }

  private windowOf(scope: Scope): Window {
    const now = this.core.timeline.now();
    const known = this.windows.get(scope);
    const window = known && now - known.startedAt < WINDOW_MS ? known : new Window(scope, now);
    this.windows.delete(scope);
    this.windows.set(scope, window);
    for (const oldest of this.windows.keys()) {
      if (this.windows.size <= MOST_WINDOWS) break;
      this.windows.delete(oldest);
    }
    return window;
  }

  private tell(window: Window, inode: Inode): readonly Entry[] | undefined {
    if (window.told.delete(inode)) {
      window.toldUsed++;
      return undefined;
    }
    const most = window.mayTell;
    if (most <= 0) return undefined;
    const entries: Entry[] = [];
    let looked = 0;
    for (const file of filesAfter(inode, window.scope.root)) {
      if (entries.length >= most || ++looked > MOST_LOOKED_AT) break;
      if (window.told.has(file) || !isPlain(file) || !this.isFresh(window, file)) continue;
      const { entry } = file;
      if (!entry || this.core.pages.has(pageKey(entry, 0))) continue;
      window.told.add(file);
      entries.push(entry);
    }
    window.hasTold ||= entries.length > 0;
    return entries.length > 0 ? entries : undefined;
  }

  private isSmall({ toldSize: size }: Inode): boolean {
    const most = Math.min(this.core.pages.blockBytes, this.mostBytes / 4);
    return size !== null && size > 0 && size <= most;
  }

  /** Is it believed to be there, as it is listed? */
  private isFresh({ scope }: Window, { seenAt }: Inode): boolean {
    const { timeline } = this.core;
    return timeline.now() - seenAt < (scope.isImmutable ? Number.POSITIVE_INFINITY : timeline.ttl);
  }

  private fill(window: Window, directory: Inode | null): void {
    const { core, onTheirWay } = this;
    const order = window.orderOf(directory);
    if (!order) return;
    for (let looked = 0; looked < MOST_LOOKED_AT; looked++) {
      const isBusy = core.loads.size - onTheirWay.size > MANY_WAITED_FOR;
      if (core.isClosed || isBusy || onTheirWay.size >= MOST_AT_ONCE || !window.hasRoom(this.mostBytes))
        return;
      const next = order.next();
      if (next.done) return;
      this.consider(window, next.value);
    }
  }

  private consider(window: Window, inode: Inode): void {
    const { core } = this;
    if (!this.isSmall(inode) || !isPlain(inode) || !this.isFresh(window, inode)) return;
    const { entry } = inode;
    if (!entry || entry.size === null) return;
    if (window.unreadBytes + entry.size > this.mostBytes) return;
    const key = pageKey(entry, 0);
    const loadKey = `pages:${key}`;
    if (core.pages.has(key) || this.unread.has(key) || core.loads.running(loadKey)) return;
    this.read(window, inode, entry, { key, loadKey, size: entry.size });
  }

  private read(
    window: Window,
    inode: Inode,
    entry: Entry,
    { key, loadKey, size }: { readonly key: string; readonly loadKey: string; readonly size: number },
  ): void {
    const { core } = this;
    const beside = this.tell(window, inode);
    this.unread.set(key, { window, inode, bytes: size });
    window.add(size);
    this.fetched++;
    const args = { entry, start: 0, end: size, etag: inode.etag, beside, isAhead: true };
    const load = core.loads.start(loadKey, 'read', args, (content) => {
      this.onTheirWay.delete(loadKey);
      if (content) core.pages.take(inode, entry, 0, content);
      // Who wants it asks again, and hears why it failed. Under another size it is another page.
      if (content?.size !== size) this.onGone(key);
      else if (window.asked > 1) this.fill(window, inode.parent);
      return null;
    });
    if (!load.isSettled) this.onTheirWay.set(loadKey, load);
    this.watch();
  }

  /** Ends what is on its way when its reader has gone on to something else. */
  private watch(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      const { loads, timeline } = this.core;
      const isWaited = loads.size > this.onTheirWay.size;
      if (isWaited || timeline.now() - this.lastAskedAt < IDLE_MS) {
        if (this.onTheirWay.size > 0) this.watch();
        return;
      }
      for (const load of [...this.onTheirWay.values()]) load.endUnlessWanted();
    }, IDLE_MS).unref();
  }
}

/** Content that the server has, and this instance neither changed nor found to be another than is listed. */
function isPlain({ kind, isTold, special, local }: Inode): boolean {
  if (kind !== 'file' || !isTold || special?.refusal !== undefined || special?.origin !== undefined)
    return false;
  return local === null || !(local.holdsContent || local.staleness !== null || local.generations?.isDirty);
}

import { EventEmitter } from 'node:events';
import type { BigIntStats, Stats } from 'node:fs';
import type { TreePath } from '../../contract/tree-path.js';
import type { Operation } from '../../kernel/operation/operation.js';
import type { Attributes } from '../../kernel/syscalls.js';
import { nextTick } from '../../platform/time.js';
import type { Place } from '../arguments/paths.js';
import { asFunction, asUint32, type Bag, isFunction } from '../arguments/validate.js';
import { type Composite, orNothing } from '../composites/driver.js';
import { bigIntStatsOf, statsOf } from '../results/stats.js';
import { placeOf, probeAt, type Tree } from '../tree.js';
import { firstLook, Polling } from './polling.js';

/** What stands where nothing is. */
const NOTHING: Attributes = {
  kind: 'file',
  dev: 0,
  ino: 0,
  mode: 0,
  nlink: 0,
  uid: 0,
  gid: 0,
  size: 0,
  blksize: 0,
  blocks: 0,
  atimeMs: 0,
  mtimeMs: 0,
  ctimeMs: 0,
  birthtimeMs: 0,
};

type Look = Attributes | null;

/** What `watchFile` returns, with the shape of Node's `StatWatcher`: emits 'change' with the stats now and before. */
export class StatWatcher extends EventEmitter {
  readonly #isBigint: boolean;
  readonly #polling: Polling<Look>;
  /** The calls of `watchFile` that hold the process, and how many `ref` may bring back. */
  #references: number;
  #most = 1;
  #isStopped = false;
  #hasToldOfMissing = false;

  constructor(tree: Tree, place: Place, isBigint: boolean, interval: number, isPersistent: boolean) {
    super();
    this.#isBigint = isBigint;
    this.#references = isPersistent ? 1 : 0;
    const look = (): Composite<Look> =>
      orNothing(
        probeAt('watch', place, (op, at) => lookAt(tree, op, at)),
        null,
      );
    const first = firstLook(look());
    this.#polling = new Polling(tree, look, first, interval, isPersistent, {
      seen: (before, after) => this.#compare(before, after),
      failed: (error) => {
        this.stop();
        nextTick(() => this.emit('error', error));
      },
      ended: () => this.stop(),
    });
    // A missing file is told of once, in a turn of its own.
    if (!first) this.#polling.soon();
  }

  /** Stays for those who call it on Node's: it does nothing there either. */
  start(): void {}

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#polling.stop();
    nextTick(() => this.emit('stop'));
  }

  ref(): this {
    return this.#hold(Math.min(this.#references + 1, this.#most));
  }

  unref(): this {
    return this.#hold(Math.max(this.#references - 1, 0));
  }

  /** Another listener came by `watchFile`, or left. */
  count(change: 1 | -1): void {
    this.#most += change;
    this.#hold(Math.max(0, this.#references + change));
  }

  #hold(references: number): this {
    this.#references = references;
    this.#polling.hold(references > 0);
    return this;
  }

  #compare(before: Look | undefined, after: Look): void {
    const isFirstMiss = !before && after === null && !this.#hasToldOfMissing;
    if (isSame(before, after) && !isFirstMiss) return;
    if (before === undefined && after !== null) return;
    this.#hasToldOfMissing = after === null;
    // In a turn of its own: what a listener throws is no failure of the look.
    nextTick(() => {
      if (!this.#isStopped) this.emit('change', this.#shown(after), this.#shown(before ?? null));
    });
  }

  #shown(look: Look): Stats | BigIntStats {
    return this.#isBigint ? bigIntStatsOf(look ?? NOTHING) : statsOf(look ?? NOTHING);
  }
}

/** What nobody lists tells nothing of the names that come and go in it: by a listing its time moves. */
function lookAt(tree: Tree, op: Operation, path: TreePath): Attributes {
  // It is shown, and what grew is read from where it ended.
  op.isSizeWanted = true;
  const seen = tree.kernel.stat(op, path);
  if (seen.kind !== 'directory') return seen;
  tree.kernel.readdir(op, path);
  return tree.kernel.stat(op, path);
}

const COMPARED = ['dev', 'ino', 'mode', 'uid', 'gid', 'size', 'mtimeMs', 'ctimeMs', 'birthtimeMs'] as const;

const isSame = (before: Look | undefined, after: Look): boolean =>
  COMPARED.every((name) => (before ?? NOTHING)[name] === (after ?? NOTHING)[name]);

/** Node's, which has it from libev. */
const INTERVAL = 5007;

/** `watchFile` and `unwatchFile` of one fs object: one watcher a path, whatever its listeners. */
export class StatWatchers {
  readonly #tree: Tree;
  readonly #watchers = new Map<string, StatWatcher>();

  constructor(tree: Tree) {
    this.#tree = tree;
  }

  /** `fs.watchFile(filename[, options], listener)`. What the first call of a path asks for holds for the later ones. */
  watch(filename: unknown, options?: unknown, listener?: unknown): StatWatcher {
    const { place, key } = this.#placeOf(filename);
    const isBag = options !== null && typeof options === 'object';
    const own: Bag = { interval: INTERVAL, persistent: true, ...(isBag ? options : {}) };
    const { interval, persistent, bigint } = own;
    const heard = asFunction(isBag ? listener : options, 'listener');
    const known = this.#watchers.get(key);
    known?.count(1);
    const watcher =
      known ??
      new StatWatcher(
        this.#tree,
        place,
        Boolean(bigint),
        asUint32(interval, 'interval'),
        Boolean(persistent),
      );
    this.#watchers.set(key, watcher);
    return watcher.addListener('change', heard);
  }

  /** `fs.unwatchFile(filename[, listener])`: without a listener, all of them go. */
  unwatch(filename: unknown, listener?: unknown): void {
    const { key } = this.#placeOf(filename);
    const watcher = this.#watchers.get(key);
    if (watcher === undefined) return;
    if (isFunction(listener)) {
      const before = watcher.listenerCount('change');
      watcher.removeListener('change', listener);
      if (watcher.listenerCount('change') < before) watcher.count(-1);
    } else watcher.removeAllListeners('change');
    if (watcher.listenerCount('change') > 0) return;
    watcher.stop();
    this.#watchers.delete(key);
  }

  #placeOf(filename: unknown): { readonly place: Place; readonly key: string } {
    const place = placeOf(this.#tree, filename);
    return { place, key: place.isInside ? place.tree : `outside: ${place.given}` };
  }
}

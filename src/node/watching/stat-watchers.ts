import { asPath, Place } from '../arguments/paths.js';
import { asFunction, asUint32, type Bag, isFunction } from '../arguments/validate.js';
import type { Tree } from '../tree.js';
import { StatWatcher } from './stat-watcher.js';

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
    const { interval = INTERVAL, persistent = true, bigint }: Bag = isBag ? (options as Bag) : {};
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
    const place = new Place(this.#tree.mount, asPath(filename));
    return { place, key: place.isInside ? place.tree : `outside: ${place.given}` };
  }
}

import { EventEmitter } from 'node:events';
import { nextTick } from '../../platform/time.js';
import type { Place } from '../arguments/paths.js';
import { isFunction } from '../arguments/validate.js';
import { placeOf, type Tree } from '../tree.js';
import { asWatchSettings, type WatchSettings } from './options.js';
import { StatWatchers } from './stat-watcher.js';
import { startWatch } from './watch.js';

/**
 * What `watch` returns, with the shape of Node's `FSWatcher`: emits 'change' with 'rename' or 'change' and a name, 'error'
 * (the watcher has ended then) and 'close'.
 */
export class FSWatcher extends EventEmitter {
  #watch: ReturnType<typeof startWatch> | null;

  constructor(tree: Tree, place: Place, settings: WatchSettings) {
    super();
    this.#watch = startWatch(tree, place, settings, {
      // In turns of their own: what a listener throws is no failure of the look.
      event: ({ eventType, filename }) =>
        nextTick(() => {
          if (this.#watch !== null) this.emit('change', eventType, settings.encoded(filename));
        }),
      failed: (error) => {
        this.#watch = null;
        nextTick(() => this.emit('error', error));
      },
      ended: () => this.close(),
    });
  }

  /** Stays for those who call it on Node's: it does nothing there either. */
  start(): void {}

  close(): void {
    if (this.#watch === null) return;
    this.#watch.stop();
    this.#watch = null;
    nextTick(() => this.emit('close'));
  }

  ref(): this {
    this.#watch?.hold(true);
    return this;
  }

  unref(): this {
    this.#watch?.hold(false);
    return this;
  }
}

/** `fs.watch(filename[, options][, listener])`. */
export function watch(tree: Tree, filename: unknown, options?: unknown, listener?: unknown): FSWatcher {
  const heard = isFunction(options) ? options : listener;
  const settings = asWatchSettings(options);
  const watcher = new FSWatcher(tree, placeOf(tree, filename), settings);
  if (heard) watcher.addListener('change', heard as () => void);
  const { signal } = settings;
  if (signal?.aborted) nextTick(() => watcher.close());
  else if (signal) {
    const close = (): void => watcher.close();
    signal.addEventListener('abort', close);
    watcher.once('close', () => signal.removeEventListener('abort', close));
  }
  return watcher;
}

/** The members of `node:fs` that watch. */
export function watchFace(tree: Tree) {
  const files = new StatWatchers(tree);
  return {
    unwatchFile: (filename: unknown, listener?: unknown) => files.unwatch(filename, listener),
    watch: (filename: unknown, options?: unknown, listener?: unknown) =>
      watch(tree, filename, options, listener),
    watchFile: (filename: unknown, options?: unknown, listener?: unknown) =>
      files.watch(filename, options, listener),
  };
}

import type { Kernel } from '../../kernel/syscalls.js';

/** The primitives that change what watchers look at. */
const CHANGING = [
  'open',
  'close',
  'write',
  'ftruncate',
  'mkdir',
  'rmdir',
  'unlink',
  'removeTree',
  'rename',
  'utimes',
  'lutimes',
  'futimes',
  'chmod',
  'fchmod',
  'chown',
  'fchown',
  'symlink',
  'clone',
  'link',
  'commit',
  'refresh',
] as const satisfies readonly (keyof Kernel)[];

export interface ChangeListener {
  /** Something may have changed through this process. */
  readonly changed: () => void;
  /** The tree is closed: there is nothing more to watch. */
  readonly ended: () => void;
}

/** Tells watchers of the changes that are made through the faces of one tree. Without watchers it costs nothing. */
export class Changes {
  readonly #listeners = new Set<ChangeListener>();
  #observed: Kernel | null = null;

  /** Returns how to stop listening. */
  listen(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The tree's kernel; while anybody listens one that tells of what it is asked to change. */
  through(kernel: Kernel): Kernel {
    if (this.#listeners.size === 0) return kernel;
    this.#observed ??= this.#observing(kernel);
    return this.#observed;
  }

  end(): void {
    for (const listener of [...this.#listeners]) listener.ended();
  }

  #observing(kernel: Kernel): Kernel {
    const telling = <A extends unknown[], T>(call: (...args: A) => T) => {
      return (...args: A): T => {
        const result = call(...args);
        for (const { changed } of this.#listeners) changed();
        return result;
      };
    };
    const calls = CHANGING.map((name) => [name, telling(kernel[name] as (...args: unknown[]) => unknown)]);
    return { ...kernel, ...Object.fromEntries(calls) };
  }
}

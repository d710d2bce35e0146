import { type TreePath, withoutSlash } from '../../contract/tree-path.js';
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
  'lchmod',
  'fchmod',
  'chown',
  'lchown',
  'fchown',
  'symlink',
  'clone',
  'link',
  'commit',
  'refresh',
] as const satisfies readonly (keyof Kernel)[];

/** Those that take a name away: the first path that they are called with. */
const REMOVING: readonly (keyof Kernel)[] = ['rmdir', 'unlink', 'removeTree', 'rename'];

export interface ChangeListener {
  /**
   * Something may have changed through this process.
   *
   * @param gone what isn't at its path any more; null: nothing that is known to have gone
   */
  readonly changed: (gone: TreePath | null) => void;
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
    const telling = (name: (typeof CHANGING)[number]) => {
      const call = kernel[name] as (...args: unknown[]) => unknown;
      const isRemoving = REMOVING.includes(name);
      return (...args: unknown[]): unknown => {
        const result = call(...args);
        const gone = isRemoving ? withoutSlash(args[1] as TreePath) : null;
        for (const { changed } of this.#listeners) changed(gone);
        return result;
      };
    };
    const calls = CHANGING.map((name) => [name, telling(name)]);
    return { ...kernel, ...Object.fromEntries(calls) };
  }
}

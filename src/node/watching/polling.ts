import type { TreePath } from '../../contract/tree-path.js';
import {
  clearImmediate,
  clearTimeout,
  monotonicClock,
  setImmediate,
  setTimeout,
} from '../../platform/time.js';
import { hasCode } from '../arguments/errors.js';
import { type Composite, driveSync } from '../composites/driver.js';
import type { Tree } from '../tree.js';
import type { ChangeListener } from './changes.js';

/** What becomes of looks, and of the polling. */
export interface Looker<L> {
  /** @param before undefined: nobody has looked yet */
  readonly seen: (before: L | undefined, after: L) => void;
  /** This process has taken something away, which no look may have shown. */
  readonly gone?: (path: TreePath) => void;
  readonly failed: (error: unknown) => void;
  /** The tree was closed. */
  readonly ended: () => void;
}

/** The look that a watcher begins with; undefined where this needs an answer for which a sync call can't wait. */
export function firstLook<L>(look: Composite<L>): L | undefined {
  try {
    return driveSync(look);
  } catch (error) {
    if (hasCode(error, 'ENOTSUP', 'EAGAIN')) return undefined;
    throw error;
  }
}

/** However long a look takes, it is this part of the time at most. */
const LARGEST_SHARE = 1 / 20;

/** Looks again and again, and at once when something was changed through this process. A look that fails ends it. */
export class Polling<L> {
  readonly #unlisten: () => void;
  #timer: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;
  #isLooking = false;
  #isWanted = false;
  #isStopped = false;

  /**
   * @param before what was seen first
   * @param interval milliseconds between two looks
   * @param isHolding whether the process stays alive for it
   */
  constructor(
    private readonly tree: Tree,
    private readonly look: () => Composite<L>,
    private before: L | undefined,
    private readonly interval: number,
    private isHolding: boolean,
    private readonly looker: Looker<L>,
  ) {
    const changed: ChangeListener['changed'] = (gone) => {
      if (gone !== null) looker.gone?.(gone);
      this.soon();
    };
    this.#unlisten = tree.connection.changes.listen({ changed, ended: looker.ended });
    this.#wait(0);
  }

  /** A look in the next turn of the event loop: all changes of one turn are seen together. */
  soon(): void {
    this.#isWanted = true;
    if (this.#isStopped || this.#isLooking || this.#immediate !== null) return;
    this.#immediate = setImmediate(() => {
      this.#immediate = null;
      void this.#run();
    });
    if (!this.isHolding) this.#immediate.unref();
  }

  hold(isHolding: boolean): void {
    this.isHolding = isHolding;
    if (isHolding) this.#timer?.ref();
    else this.#timer?.unref();
  }

  stop(): void {
    this.#isStopped = true;
    this.#unlisten();
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
  }

  async #run(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const begin = monotonicClock();
    this.#isLooking = true;
    try {
      do {
        this.#isWanted = false;
        const before = this.before;
        this.before = await this.tree.calls.drive(this.look());
        if (!this.#isStopped) this.looker.seen(before, this.before);
      } while (this.#isWanted && !this.#isStopped);
    } catch (error) {
      if (!this.#isStopped) {
        this.stop();
        this.looker.failed(error);
      }
      return;
    } finally {
      this.#isLooking = false;
    }
    this.#wait(monotonicClock() - begin);
  }

  #wait(took: number): void {
    if (this.#isStopped) return;
    const delay = Math.max(this.interval, took / LARGEST_SHARE);
    this.#timer = setTimeout(() => void this.#run(), delay);
    if (!this.isHolding) this.#timer.unref();
  }
}

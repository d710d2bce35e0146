import { LRUCache } from 'lru-cache';
import type { Alike } from '../../contract/entry.js';
import { isAtOrBelow, type TreePath } from '../../contract/tree-path.js';
import type { Moment } from '../timeline.js';

/** How many negative entries are remembered. */
const MOST_ENTRIES = 65_536;
/** Names that aren't there and of which it is known what may have been meant. */
const MOST_ALIKE = 1024;

interface Meant {
  /** Null where nobody knows. */
  readonly said: Alike | null;
  readonly moment: Moment;
}

/**
 * Paths at which a look-up found nothing, where no scope is known that could remember it. Whoever makes something there, or
 * hears of it, takes its entry out: an entry that is here is as true as it is fresh.
 */
export class NegativeEntries extends LRUCache<TreePath, Moment> {
  /** What may have been meant by names above units that aren't there. */
  readonly alike = new LRUCache<TreePath, Meant>({ maxSize: MOST_ALIKE, sizeCalculation: () => 1 });

  constructor() {
    // A size of 1 each: `max` would set aside memory for all entries at once.
    super({ maxSize: MOST_ENTRIES, sizeCalculation: () => 1 });
  }

  /** Drops what is older than this, from what was used longest ago on. @param at see `Moment.at` */
  dropOlder(at: number): void {
    for (const path of this.rkeys()) {
      if ((this.peek(path)?.at ?? at) >= at) return;
      this.delete(path);
    }
  }

  /** Something was made at the path. With `isSubtree` there may be something at everything below it, too. */
  forget(path: TreePath, isSubtree: boolean): void {
    this.delete(path);
    for (const known of [...this.alike.keys()]) if (isAtOrBelow(known, path)) this.alike.delete(known);
    if (!isSubtree) return;
    for (const known of [...this.keys()]) if (isAtOrBelow(known, path)) this.delete(known);
  }
}

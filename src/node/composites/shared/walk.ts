import type { Composite } from '../driver.js';

/** A directory that is walked through; `E` is an entry of it. */
export interface Level<E> {
  /** The next of its entries; null: there are no more. */
  page(): Composite<readonly E[] | null>;
  /** The directory that an entry is, where it is walked through too. */
  below(entry: E): Level<E> | null;
}

export interface Found<E, L> {
  readonly entry: E;
  readonly level: L;
  readonly depth: number;
}

/**
 * Goes through a directory and those below it, depth first: who is done with a run doesn't come back to it, so none has
 * to be remembered while the others are listed. Driven step by step: who needs few entries asks for few pages.
 */
export class Walk<E, L extends Level<E>> {
  readonly #way: { readonly level: L; entries: Iterator<E> }[];

  private constructor(level: L, first: readonly E[]) {
    this.#way = [{ level, entries: first.values() }];
  }

  /** Fails where the directory can't be listed. */
  static *through<E, L extends Level<E>>(top: L): Composite<Walk<E, L>> {
    return new Walk(top, (yield* top.page()) ?? []);
  }

  /** Null when there is no more. */
  *next(): Composite<Found<E, L> | null> {
    for (let here = this.#way.at(-1); here !== undefined; here = this.#way.at(-1)) {
      const { level } = here;
      const { done, value: entry } = here.entries.next();
      if (!done) {
        const depth = this.#way.length - 1;
        const below = level.below(entry) as L | null;
        if (below) this.#way.push({ level: below, entries: [].values() });
        return { entry, level, depth };
      }
      const page = yield* level.page();
      if (page) here.entries = page.values();
      else this.#way.pop();
    }
    return null;
  }

  /** Level by level, as `readdir` tells it; the order within a level is the same either way. */
  *all(): Composite<readonly Found<E, L>[]> {
    const byDepth: Found<E, L>[][] = [];
    for (let found = yield* this.next(); found !== null; found = yield* this.next()) {
      byDepth[found.depth] ??= [];
      byDepth[found.depth]?.push(found);
    }
    return byDepth.flat();
  }
}

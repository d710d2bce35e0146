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

  /** What is next, as far as its page has been read; null: that must be asked by `next`. */
  take(): Found<E, L> | null {
    const here = this.#way.at(-1);
    const { done = true, value: entry } = here?.entries.next() ?? {};
    if (done || here === undefined) return null;
    const { level } = here;
    const depth = this.#way.length - 1;
    const below = level.below(entry) as L | null;
    if (below) this.#way.push({ level: below, entries: [].values() });
    return { entry, level, depth };
  }

  /** Null when there is no more. */
  *next(): Composite<Found<E, L> | null> {
    let found = this.take();
    for (let here = this.#way.at(-1); found === null && here !== undefined; here = this.#way.at(-1)) {
      const page = yield* here.level.page();
      if (page) here.entries = page.values();
      else this.#way.pop();
      found = this.take();
    }
    return found;
  }

  /** Level by level, as `readdir` tells it; the order within a level is the same either way. */
  *all(): Composite<readonly Found<E, L>[]> {
    const byDepth: Found<E, L>[][] = [];
    for (;;) {
      const found = this.take() ?? (yield* this.next());
      if (found === null) return byDepth.flat();
      byDepth[found.depth] ??= [];
      byDepth[found.depth]?.push(found);
    }
  }
}

import type { Composite } from '../driver.js';

/** A directory that is walked through; `E` is an entry of it. */
export interface Level<E> {
  /** What stands for it in what is asked for ahead. */
  readonly path: string;
  /** The next of its entries; null: there are no more. */
  page(): Composite<readonly E[] | null>;
  /** The directory that an entry is, where it is walked through too. */
  below(entry: E): Level<E> | null;
}

/** Hears of each step of a walk, and asks for what lies ahead of it (`lookahead.ts`). */
export interface LooksAhead<E> {
  enter(path: string, entries: readonly E[]): void;
  page(entries: readonly E[]): void;
  at(index: number): void;
  leave(): void;
  end(): void;
}

export interface Found<E, L> {
  readonly entry: E;
  readonly level: L;
  readonly depth: number;
}

/** A directory on the way, and how far what was read of it has been taken. */
interface Step<E, L> {
  readonly level: L;
  entries: readonly E[];
  at: number;
  isEntered: boolean;
}

/**
 * Goes through a directory and those below it, depth first: who is done with a run doesn't come back to it, so none has
 * to be remembered while the others are listed. Driven step by step: who needs few entries asks for few pages.
 */
export class Walk<E, L extends Level<E>> {
  readonly #way: Step<E, L>[];
  readonly #lookahead: LooksAhead<E> | null;

  private constructor(level: L, first: readonly E[], lookahead: LooksAhead<E> | null) {
    this.#way = [{ level, entries: first, at: 0, isEntered: true }];
    this.#lookahead = lookahead;
    lookahead?.enter(level.path, first);
  }

  /** Fails where the directory can't be listed. */
  static *through<E, L extends Level<E>>(
    top: L,
    lookahead: LooksAhead<E> | null = null,
  ): Composite<Walk<E, L>> {
    return new Walk(top, (yield* top.page()) ?? [], lookahead);
  }

  /** What is next, as far as its page has been read; null: that must be asked by `next`. */
  take(): Found<E, L> | null {
    const here = this.#way.at(-1);
    const entry = here?.entries[here.at];
    if (here === undefined || entry === undefined) return null;
    const { level } = here;
    const depth = this.#way.length - 1;
    this.#lookahead?.at(here.at);
    here.at++;
    const below = level.below(entry) as L | null;
    if (below) this.#way.push({ level: below, entries: [], at: 0, isEntered: false });
    return { entry, level, depth };
  }

  /** Null when there is no more. */
  *next(): Composite<Found<E, L> | null> {
    let found = this.take();
    for (let here = this.#way.at(-1); found === null && here !== undefined; here = this.#way.at(-1)) {
      const page = yield* here.level.page();
      if (page) this.#read(here, page);
      else this.#leave();
      found = this.take();
    }
    return found;
  }

  #read(here: Step<E, L>, page: readonly E[]): void {
    if (here.isEntered) this.#lookahead?.page(page);
    else this.#lookahead?.enter(here.level.path, page);
    Object.assign(here, { entries: page, at: 0, isEntered: true });
  }

  #leave(): void {
    if (this.#way.pop()?.isEntered) this.#lookahead?.leave();
    if (this.#way.length === 0) this.#lookahead?.end();
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

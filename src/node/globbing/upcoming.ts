import { posix } from 'node:path';
import type { Ahead } from '../composites/shared/lookahead.js';
import { Room } from '../composites/shared/room.js';
import type { Pattern } from './pattern.js';

/** A directory in which patterns will be tried. */
export interface Upcoming {
  readonly path: string;
  readonly patterns: readonly Pattern[];
  /** It was asked for, or need not be. */
  isAhead?: boolean;
}

/** Directories that were asked for, and that the search hasn't come to; one request may list several. */
const MOST = 200;
/** Of the queue, where most may be below what is listed already. */
const MOST_LOOKED_AT = 800;

/** Asks for what a search comes to next, from the end of its queue on. */
export class AheadOfSearch {
  readonly #room: Room;
  readonly #asked = new Set<Upcoming>();

  /** @param isSelective results are taken one by one, and maybe not all of them */
  constructor(
    private readonly ahead: Ahead,
    isSelective: boolean,
  ) {
    this.#room = new Room(MOST, isSelective);
  }

  /** @param fullOf null: nothing is looked for there */
  fill(queue: readonly Upcoming[], fullOf: (item: Upcoming) => string | null): void {
    // One alone is asked for by the search itself, in the next moment.
    if (queue.length < 2 || !this.#room.isLow) return;
    const end = Math.max(0, queue.length - MOST_LOOKED_AT);
    for (let index = queue.length - 1; index >= end && !this.#room.isFull; index--) {
      const item = queue[index] as Upcoming;
      if (item.isAhead) continue;
      item.isAhead = true;
      const full = fullOf(item);
      if (full === null || !this.#ask(full, item)) continue;
      this.#asked.add(item);
      this.#room.take();
    }
    if (this.#room.isFull) this.#room.grow();
  }

  /** The search looks at a directory in the next moment, and lists it then: one answer may tell both. */
  enter(full: string): void {
    this.ahead.look(full, true);
  }

  /** The search comes to it. */
  take(item: Upcoming): void {
    if (this.#asked.delete(item)) this.#room.release();
  }

  end(): void {
    this.ahead.end();
  }

  #ask(full: string, { patterns }: Upcoming): boolean {
    const [pattern] = patterns;
    if (pattern === undefined) return false;
    const named = patterns.length === 1 ? namedIn(pattern) : [];
    return named.length > 0 ? this.ahead.look(posix.join(full, ...named)) : this.ahead.list(full, () => {});
  }
}

/** The names that a pattern goes on with: nothing between them is asked for. */
function namedIn(pattern: Pattern): readonly string[] {
  const names: string[] = [];
  if (typeof pattern.only !== 'string') return names;
  for (let [index = 0] = pattern.indexes; index <= pattern.last; index++) {
    const name = pattern.at(index);
    if (typeof name !== 'string' || name === '' || name === '.' || name === '..') break;
    names.push(name);
  }
  return names;
}

import { type Composite, callOutside, driveAsync, driveSync } from '../driver.js';

/** A disk's calls are made by four threads of Node's. */
const MOST_AT_ONCE = 8;

/**
 * Works that are begun in order and go on side by side, a few at once; a sync call does one after another. The first of
 * those that fail is the one that is told, when no other is under way any more, and no further one is begun.
 */
export class Together {
  readonly #running = new Set<Promise<void>>();
  #begun = 0;
  #failed: { readonly at: number; readonly error: unknown } | null = null;

  /** @param isTogether works gain by it; else each is done when it is added. @default true */
  constructor(private readonly isTogether = true) {}

  /** Begins a work, as soon as there is room for it. */
  *add(work: Composite<void>): Composite<void> {
    if (!this.isTogether) return yield* work;
    yield* callOutside({ now: () => driveSync(work), later: () => this.#begin(work) });
  }

  /** Does a work when all others are done. */
  *alone(work: Composite<void>): Composite<void> {
    yield* this.end();
    yield* work;
  }

  /** Waits until none is under way; throws what the first of them failed with. */
  *end(): Composite<void> {
    if (this.#begun === 0) return;
    yield* callOutside({ now: () => {}, later: () => this.#end() });
  }

  /** Where what adds the works fails, those before it have the first word. */
  *during(adding: Composite<void>): Composite<void> {
    try {
      yield* adding;
    } catch (error) {
      yield* this.end();
      throw error;
    }
    yield* this.end();
  }

  async #begin(work: Composite<void>): Promise<void> {
    const at = this.#begun++;
    const run = async (): Promise<void> => {
      try {
        await driveAsync(work);
      } catch (error) {
        if (this.#failed === null || at < this.#failed.at) this.#failed = { at, error };
      }
      this.#running.delete(running);
    };
    const running = run();
    this.#running.add(running);
    if (this.#running.size >= MOST_AT_ONCE) await Promise.race(this.#running);
    if (this.#failed) await this.#end();
  }

  async #end(): Promise<void> {
    await Promise.all(this.#running);
    const failed = this.#failed;
    this.#failed = null;
    if (failed) throw failed.error;
  }
}

import { clearImmediate, clearTimeout, setImmediate, setTimeout } from 'node:timers';

/** However long a look takes, it is this part of the time at most. */
const LARGEST_SHARE = 1 / 20;

/** Looks again and again, and at once where there is a reason to. A look that fails ends it. */
export class Polling {
  #timer: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;
  #isLooking = false;
  #isWanted = false;
  #isStopped = false;

  /**
   * @param interval milliseconds between two looks
   * @param isHolding whether the process stays alive for it
   */
  constructor(
    private readonly look: () => Promise<void>,
    private readonly interval: number,
    private isHolding: boolean,
    private readonly failed: (error: unknown) => void,
  ) {
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
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
  }

  async #run(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const begin = performance.now();
    this.#isLooking = true;
    try {
      do {
        this.#isWanted = false;
        await this.look();
      } while (this.#isWanted && !this.#isStopped);
    } catch (error) {
      if (!this.#isStopped) this.failed(error);
      return;
    } finally {
      this.#isLooking = false;
    }
    this.#wait(performance.now() - begin);
  }

  #wait(took: number): void {
    if (this.#isStopped) return;
    const delay = Math.max(this.interval, took / LARGEST_SHARE);
    this.#timer = setTimeout(() => void this.#run(), delay);
    if (!this.isHolding) this.#timer.unref();
  }
}

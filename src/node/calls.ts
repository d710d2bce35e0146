import type { Freshness } from '../kernel/operation/operation.js';
import { type AsyncComposite, driveAsync, type Pause, type Step } from './composites/driver.js';

/** The calls on their way. The end of the fs object waits for them: a `writeFile` isn't cut off behind its `open`. */
export class Calls {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /**
   * Drives a call.
   *
   * @param first its first turn, where the caller has taken it already
   * @param freshness of the walk that it is a step of
   */
  async drive<T>(
    composite: AsyncComposite<T>,
    first?: IteratorResult<Step | Pause, T>,
    freshness?: Freshness,
  ): Promise<T> {
    this.running++;
    try {
      return await driveAsync(composite, first, freshness);
    } finally {
      this.running--;
      if (this.running === 0) for (const wake of this.waiting.splice(0)) wake();
    }
  }

  whenNone(): Promise<void> {
    if (this.running === 0) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

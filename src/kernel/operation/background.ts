import type { Load } from './load.js';
import { Fault, type Freshness, Operation, served } from './operation.js';

/**
 * Runs primitives that somebody will run soon, without waiting: what they lack is on its way by then, or here. Whoever
 * runs them for good meets what they fail with, and asks himself for what nothing came of here.
 *
 * It goes on as its loads are settled, in a blocked thread too.
 */
export class Background {
  private readonly leaving = new Map<Operation, () => void>();
  private isEnded = false;

  /** @param freshness of the call that runs them for good: what came here is fresh for it */
  constructor(private readonly freshness: Freshness) {}

  /** @param onEnd gets what the primitive returns, null where it failed; not after the end */
  run<T>(primitive: (op: Operation) => T, onEnd: (value: T | null) => void): void {
    this.goOn(new Operation(undefined, this.freshness), primitive, null, onEnd);
  }

  /** Nobody will run them any more: what nobody else waits for is cancelled. */
  end(): void {
    this.isEnded = true;
    for (const leave of [...this.leaving.values()]) leave();
    this.leaving.clear();
  }

  /** @param fault that was waited for */
  private goOn<T>(
    op: Operation,
    primitive: (op: Operation) => T,
    fault: Fault | null,
    onEnd: (value: T | null) => void,
  ): void {
    this.leaving.delete(op);
    if (this.isEnded) return;
    const value = attempt(op, primitive, fault);
    if (value instanceof Fault) {
      const load = startOf(value);
      if (load && !load.isSettled) {
        op.load = load;
        this.leaving.set(
          op,
          load.listen(() => this.goOn(op, primitive, value, onEnd)),
        );
        return;
      }
    }
    op.isEnded = true;
    onEnd(value instanceof Fault ? null : value);
  }
}

/** What the primitive returns, null for a failure, the fault that it waits for. */
function attempt<T>(op: Operation, primitive: (op: Operation) => T, fault: Fault | null): T | Fault | null {
  try {
    if (fault && op.load) served(op, fault, op.load);
    return primitive(op);
  } catch (thrown) {
    return thrown instanceof Fault ? thrown : null;
  }
}

/** Null where it can't even be sent. */
function startOf(fault: Fault): Load | null {
  try {
    return fault.start();
  } catch {
    return null;
  }
}

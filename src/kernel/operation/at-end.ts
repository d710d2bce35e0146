import { isExiting } from '../../platform/realm.js';

/**
 * While 'exit' is told no turn of the event loop comes any more, no hook stands behind all listeners, and any of them may
 * end the process: what a call changes then is sent before that call returns.
 */
class AtEnd {
  /** Sends what the call that runs now has changed, and waits for it; null: nothing is to be done. */
  due: (() => void) | null = null;

  /** Something was changed that isn't durable. @param drain blocks */
  changed(drain: () => void): void {
    if (isExiting()) this.due = drain;
  }

  /** Before a call returns that has changed something, however it ends. */
  drain(): void {
    const { due } = this;
    this.due = null;
    due?.();
  }
}

export const atEnd = new AtEnd();

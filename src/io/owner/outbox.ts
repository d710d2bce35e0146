import type { MessagePort, Transferable } from 'node:worker_threads';
import { setImmediate } from '../../platform/time.js';
import { type Answer, failureOf } from '../protocol.js';

interface Outgoing {
  readonly answer: Answer;
  readonly transfers: readonly Transferable[];
}

/**
 * What the owner's thread tells the kernel's: in one message what comes in one turn of the event loop. Each message wakes
 * the other thread, which costs more than most of them hold.
 */
export class Outbox {
  private waiting: Outgoing[] = [];

  /** @param counter counts the messages, for whom a blocked thread waits */
  constructor(
    private readonly port: MessagePort,
    private readonly counter: Int32Array,
  ) {}

  readonly post = (answer: Answer, transfers: readonly Transferable[] = []): void => {
    if (this.waiting.length === 0) setImmediate(() => this.flush());
    this.waiting.push({ answer, transfers });
  };

  /** At once: nothing may come behind it. */
  flush(): void {
    const { waiting } = this;
    if (waiting.length === 0) return;
    this.waiting = [];
    if (this.send(waiting) === null) return;
    // Nothing of it was sent, and nothing transferred.
    for (const outgoing of waiting) {
      const refusal = this.send([outgoing]);
      const { answer } = outgoing;
      if (refusal === null || answer.type !== 'reply') continue;
      // A value that can't be cloned: whoever is blocked must hear of it.
      const failure = failureOf(refusal.thrown);
      this.send([{ answer: { ...answer, reply: { ok: false, failure } }, transfers: [] }]);
    }
  }

  /** Null, or why it can't be sent. */
  private send(outgoing: readonly Outgoing[]): { readonly thrown: unknown } | null {
    try {
      this.port.postMessage(
        outgoing.map(({ answer }) => answer),
        outgoing.flatMap(({ transfers }) => transfers),
      );
    } catch (thrown) {
      return { thrown };
    }
    Atomics.add(this.counter, 0, 1);
    Atomics.notify(this.counter, 0);
    return null;
  }
}

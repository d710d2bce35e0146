import type { MessagePort, Transferable } from 'node:worker_threads';
import { setImmediate } from '../platform/time.js';
import { type Answer, failureOf } from './protocol.js';

interface Outgoing<Message> {
  readonly message: Message;
  readonly transfers: readonly Transferable[];
}

interface OutboxOptions<Message> {
  /** Calls back when all has been posted that belongs together. */
  readonly later: (send: () => void) => void;
  readonly onSent?: () => void;
  /** It holds what can't leave this thread. Returns what is sent in its place; null: nothing. */
  readonly onUnsendable: (message: Message, thrown: unknown) => Message | null;
}

/**
 * What one thread tells the other: in one message what comes in one turn of the event loop. Each message wakes the other
 * thread, which costs more than most of them hold.
 */
export class Outbox<Message> {
  private waiting: Outgoing<Message>[] = [];

  constructor(
    private readonly port: MessagePort,
    private readonly options: OutboxOptions<Message>,
  ) {}

  readonly post = (message: Message, transfers: readonly Transferable[] = []): void => {
    if (this.waiting.length === 0) this.options.later(() => this.flush());
    this.waiting.push({ message, transfers });
  };

  /** At once: nothing may come behind it, or somebody is about to block for an answer. */
  flush(): void {
    const { waiting } = this;
    if (waiting.length === 0) return;
    this.waiting = [];
    if (this.send(waiting) === null) return;
    // Nothing of it was sent, and nothing transferred: the others don't suffer for the one that can't be.
    for (const outgoing of waiting) {
      const refusal = this.send([outgoing]);
      const instead = refusal && this.options.onUnsendable(outgoing.message, refusal.thrown);
      if (instead) this.send([{ message: instead, transfers: [] }]);
    }
  }

  clear(): void {
    this.waiting = [];
  }

  /** Null, or why it can't be sent. */
  private send(outgoing: readonly Outgoing<Message>[]): { readonly thrown: unknown } | null {
    try {
      this.port.postMessage(
        outgoing.map(({ message }) => message),
        outgoing.flatMap(({ transfers }) => transfers),
      );
    } catch (thrown) {
      return { thrown };
    }
    this.options.onSent?.();
    return null;
  }
}

/** From an owner to its kernel. @param counter counts the messages, for whom a blocked thread waits */
export const answersTo = (port: MessagePort, counter: Int32Array): Outbox<Answer> =>
  new Outbox<Answer>(port, {
    later: setImmediate,
    onSent: () => {
      Atomics.add(counter, 0, 1);
      Atomics.notify(counter, 0);
    },
    // Whoever is blocked must hear of it.
    onUnsendable: (answer, thrown) =>
      answer.type === 'reply' ? { ...answer, reply: { ok: false, failure: failureOf(thrown) } } : null,
  });

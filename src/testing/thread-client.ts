import type { Worker } from 'node:worker_threads';
import { giveBack, takeThread } from './idle-threads.js';
import { type ThreadCall, type ThreadMessage, type ThreadStart, unpackError } from './thread-messages.js';

interface Waiter {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The functions of an object, as they can be called from another thread. */
type Calls<T> = { [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => R : never };

/** Which thread a server runs in. */
interface ThreadKind {
  /** The thread's file, relative to the root of the ESM build. */
  readonly file: string;
  readonly name: string;
  /** What messages call the server, such as 'local W&B server'. */
  readonly title: string;
}

interface Addresses {
  readonly url: string;
  readonly storageUrl: string;
}

/** A server that runs in a thread of its own, and the calls to what controls it there. */
export class ServerThread<Control extends object> {
  private readonly worker: Worker;
  private readonly waiters = new Map<number, Waiter>();
  private readonly listening: Promise<Addresses | null>;
  private lastId = 0;
  private closing: Promise<void> | null = null;
  /** Why the thread ended by itself. */
  private death: Error | null = null;
  private addresses: Addresses = { url: '', storageUrl: '' };
  private onExit: () => void = () => {};

  /** Rejects with what the server's start failed with. */
  static async start<Control extends object>(
    kind: ThreadKind,
    settings: unknown,
  ): Promise<ServerThread<Control>> {
    for (;;) {
      const thread = new ServerThread<Control>(kind, settings);
      const addresses = await thread.listening;
      // An idle thread may have ended while it was taken: then there is another one.
      if (!addresses) continue;
      thread.addresses = addresses;
      return thread;
    }
  }

  private constructor(
    private readonly kind: ThreadKind,
    settings: unknown,
  ) {
    this.worker = takeThread(kind.file, kind.name);
    this.listening = new Promise((resolve, reject) => {
      this.worker.on('message', (message: ThreadMessage) => {
        if (message.type === 'listening') resolve(message);
        else if (message.type === 'failed') {
          this.leave();
          reject(unpackError(message.error));
        } else this.settle(message);
      });
      this.worker.once('error', (error: Error) => {
        this.death = error;
        reject(error);
      });
      this.onExit = () => {
        this.death ??= new Error(`The ${this.kind.title} has ended.`);
        for (const { reject: refuse } of this.waiters.values()) refuse(this.death);
        this.waiters.clear();
        resolve(null);
      };
      this.worker.once('exit', this.onExit);
    });
    this.worker.postMessage({ settings } satisfies ThreadStart);
  }

  get url(): string {
    return this.addresses.url;
  }

  get storageUrl(): string {
    return this.addresses.storageUrl;
  }

  async call<M extends keyof Control & string>(
    method: M,
    ...args: Parameters<Calls<Control>[M]>
  ): Promise<Awaited<ReturnType<Calls<Control>[M]>>> {
    if (this.closing) throw new Error(`The ${this.kind.title} was closed.`);
    return (await this.send(method, args)) as Awaited<ReturnType<Calls<Control>[M]>>;
  }

  /** Has the server close itself; its thread waits a moment for the next one, and keeps no process alive. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    if (this.death) return;
    await this.send('close', []);
    this.leave();
  }

  private leave(): void {
    this.worker.removeAllListeners('message');
    this.worker.removeAllListeners('error');
    this.worker.off('exit', this.onExit);
    giveBack(this.kind.file, this.worker);
  }

  private send(method: string, args: readonly unknown[]): Promise<unknown> {
    if (this.death) return Promise.reject(this.death);
    return new Promise((resolve, reject) => {
      const id = ++this.lastId;
      this.waiters.set(id, { resolve, reject });
      this.worker.postMessage({ id, method, args } satisfies ThreadCall);
    });
  }

  private settle(message: Extract<ThreadMessage, { id: number }>): void {
    const waiter = this.waiters.get(message.id);
    this.waiters.delete(message.id);
    if (message.type === 'answer') waiter?.resolve(message.value);
    else waiter?.reject(unpackError(message.error));
  }
}

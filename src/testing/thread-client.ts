import { Worker } from 'node:worker_threads';
import { threadEnvironment, threadFile } from '../thread-file.js';
import { type ThreadCall, type ThreadMessage, unpackError } from './thread-messages.js';

interface Waiter {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The functions of an object, as they can be called from another thread. */
type Calls<T> = { [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => R : never };

/** A server that runs in a thread of its own, and the calls to what controls it there. */
export class ServerThread<Control extends object> {
  readonly listening: Promise<{ readonly url: string; readonly storageUrl: string }>;
  private readonly worker: Worker;
  private readonly waiters = new Map<number, Waiter>();
  private readonly ended: Promise<void>;
  private lastId = 0;
  private hasEnded = false;

  /**
   * @param file the thread's, relative to the root of the ESM build
   * @param title what messages call the server, such as 'local W&B server'
   */
  constructor(
    file: string,
    name: string,
    private readonly title: string,
    settings: unknown,
  ) {
    this.worker = new Worker(threadFile(file), {
      workerData: settings,
      name,
      // This process's own flags, such as --input-type, needn't suit a file.
      execArgv: [],
      env: threadEnvironment(),
    });
    this.listening = new Promise((resolve, reject) => {
      this.worker.on('message', (message: ThreadMessage) => {
        if (message.type === 'listening') resolve(message);
        else if (message.type === 'failed') reject(unpackError(message.error));
        else this.settle(message);
      });
      this.worker.once('error', reject);
    });
    this.ended = new Promise((resolve) => {
      this.worker.once('exit', () => {
        this.hasEnded = true;
        for (const { reject } of this.waiters.values()) reject(new Error(`The ${this.title} has ended.`));
        this.waiters.clear();
        resolve();
      });
    });
  }

  call<M extends keyof Control & string>(
    method: M,
    ...args: Parameters<Calls<Control>[M]>
  ): Promise<Awaited<ReturnType<Calls<Control>[M]>>> {
    if (this.hasEnded) return Promise.reject(new Error(`The ${this.title} was closed.`));
    return new Promise((resolve, reject) => {
      const id = ++this.lastId;
      this.waiters.set(id, {
        resolve: (value) => resolve(value as Awaited<ReturnType<Calls<Control>[M]>>),
        reject,
      });
      this.worker.postMessage({ id, method, args } satisfies ThreadCall);
    });
  }

  /** Has the server close itself, then waits for its thread's end. */
  async close(): Promise<void> {
    if (!this.hasEnded) await this.send('close');
    await this.ended;
  }

  private send(method: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.lastId;
      this.waiters.set(id, { resolve, reject });
      this.worker.postMessage({ id, method, args: [] } satisfies ThreadCall);
    });
  }

  private settle(message: Extract<ThreadMessage, { id: number }>): void {
    const waiter = this.waiters.get(message.id);
    this.waiters.delete(message.id);
    if (message.type === 'answer') waiter?.resolve(message.value);
    else waiter?.reject(unpackError(message.error));
  }
}

import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import { letGo, startTask } from '../../threads/own-threads.js';
import { threadFile } from '../../threads/thread-file.js';
import { type ThreadAnswer, type ThreadCall, type ThreadTask, unpackError } from './messages.js';

interface Waiter {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The functions of an object, as they can be called from another thread. */
type Calls<T> = { [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => R : never };

/** A server that runs in a thread of its own, and the calls to what controls it there. */
export class ServerThread<Control extends object> {
  /** Rejects with what the server's start failed with. */
  readonly listening: Promise<{ readonly url: string; readonly storageUrl: string }>;
  private readonly worker: Worker;
  private readonly port: MessagePort;
  private readonly waiters = new Map<number, Waiter>();
  private lastId = 0;
  private closing: Promise<void> | null = null;
  private isHeld = true;
  /** Why nothing more comes of it. */
  private end: Error | null = null;

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
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    const task: ThreadTask = { settings, port: port2 };
    this.worker = startTask({ file: threadFile(file), name }, task, [port2]);
    this.worker.once('error', this.onError);
    this.worker.once('exit', this.onExit);
    this.listening = this.answer(0) as typeof this.listening;
    port1.on('message', (answer: ThreadAnswer) => this.settle(answer));
  }

  async call<M extends keyof Control & string>(
    method: M,
    ...args: Parameters<Calls<Control>[M]>
  ): Promise<Awaited<ReturnType<Calls<Control>[M]>>> {
    if (this.closing) throw new Error(`The ${this.title} was closed.`);
    return (await this.send(method, args)) as Awaited<ReturnType<Calls<Control>[M]>>;
  }

  /** Has the server close itself. Its thread waits a moment for another one, and keeps no process alive. */
  close(): Promise<void> {
    this.closing ??= this.closeServer();
    return this.closing;
  }

  /** The server keeps the process alive no longer, but while it is called. */
  unref(): void {
    this.letGo();
    this.holdForWaiters();
  }

  private holdForWaiters(): void {
    if (this.isHeld) return;
    if (this.waiters.size > 0) this.port.ref();
    else this.port.unref();
  }

  private async closeServer(): Promise<void> {
    if (this.end) return;
    await this.send('close', []);
    this.leave();
  }

  private leave(): void {
    this.end = new Error(`The ${this.title} was closed.`);
    this.port.close();
    this.worker.off('error', this.onError);
    this.worker.off('exit', this.onExit);
    this.letGo();
  }

  private letGo(): void {
    if (this.isHeld) letGo(this.worker);
    this.isHeld = false;
  }

  private readonly onError = (error: Error): void => {
    this.end = error;
  };

  private readonly onExit = (): void => {
    this.end ??= new Error(`The ${this.title} has ended.`);
    for (const { reject } of this.waiters.values()) reject(this.end);
    this.waiters.clear();
    this.port.close();
  };

  private send(method: string, args: readonly unknown[]): Promise<unknown> {
    if (this.end) return Promise.reject(this.end);
    const id = ++this.lastId;
    this.port.postMessage({ id, method, args } satisfies ThreadCall);
    return this.answer(id);
  }

  private answer(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.waiters.set(id, { resolve, reject });
      this.holdForWaiters();
    });
  }

  private settle(answer: ThreadAnswer): void {
    const waiter = this.waiters.get(answer.id);
    this.waiters.delete(answer.id);
    this.holdForWaiters();
    if ('error' in answer) {
      if (answer.id === 0) this.leave();
      waiter?.reject(unpackError(answer.error));
    } else waiter?.resolve(answer.value);
  }
}

import { existsSync } from 'node:fs';
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  type Transferable,
  Worker,
} from 'node:worker_threads';
import { Failure } from '../store/failure.js';
import { threadEnvironment } from '../thread-file.js';
import type { Answer, Request, ThreadData } from './protocol.js';

interface ThreadHost {
  onAnswer(thread: OwnerThread, answer: Answer): void;
  /** The thread has ended by itself. May be called more than once. */
  onGone(thread: OwnerThread, detail: string): void;
}

/** One life of the owner's thread, seen from the kernel's. */
export class OwnerThread {
  private readonly worker: Worker;
  private readonly port: MessagePort;
  private readonly counter = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  private isReferenced = true;
  private outbox: Request[] = [];
  private transfers: Transferable[] = [];

  constructor(
    url: URL,
    data: Omit<ThreadData, 'port' | 'counter'>,
    private readonly host: ThreadHost,
  ) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.worker = startWorker(url, {
      ...data,
      port: port2,
      counter: this.counter.buffer as SharedArrayBuffer,
    });
    this.worker.on('error', (error) => host.onGone(this, error.message));
    this.worker.on('exit', (code) => host.onGone(this, `exit code ${code}`));
    if (url.protocol === 'file:' && !existsSync(url)) {
      this.end();
      throw new Failure(
        'ENOTSUP',
        "The I/O thread's file isn't there; bundlers need the option `workerUrl`.",
        url.pathname,
      );
    }
    port1.on('message', (answer: Answer) => host.onAnswer(this, answer));
    this.keepProcess(false);
  }

  /** Sends in one message what is posted in one turn: the owner puts it into as few requests as it can. */
  post(request: Request, transfers: readonly Transferable[]): void {
    if (this.outbox.length === 0) process.nextTick(() => this.sendAll());
    this.outbox.push(request);
    this.transfers.push(...transfers);
  }

  private sendAll(): void {
    if (this.outbox.length === 0) return;
    this.port.postMessage(this.outbox, this.transfers);
    this.outbox = [];
    this.transfers = [];
  }

  /** Messages that the thread has sent so far. Read it before `receiveAll`: then `sleep` misses none. */
  get countSent(): number {
    return Atomics.load(this.counter, 0);
  }

  receiveAll(): void {
    for (let next = receiveMessageOnPort(this.port); next; next = receiveMessageOnPort(this.port)) {
      this.host.onAnswer(this, next.message);
    }
  }

  /** Blocks until the thread has sent more than `count` messages; false if it hasn't within that many milliseconds. */
  sleep(count: number, milliseconds: number): boolean {
    this.sendAll();
    return Atomics.wait(this.counter, 0, count, milliseconds) !== 'timed-out';
  }

  keepProcess(isNeeded: boolean): void {
    if (isNeeded === this.isReferenced) return;
    this.isReferenced = isNeeded;
    for (const handle of [this.worker, this.port]) {
      if (isNeeded) handle.ref();
      else handle.unref();
    }
  }

  /** Nothing is heard of it any more, and nothing is left of it. */
  end(): void {
    this.outbox = [];
    this.port.close();
    this.worker.unref();
    void this.worker.terminate();
  }
}

function startWorker(url: URL, workerData: ThreadData): Worker {
  try {
    // The process's own flags (preloads, inspectors, loaders of test runners) are for its own thread.
    return new Worker(url, {
      name: 'wandb-fs',
      workerData,
      transferList: [workerData.port],
      execArgv: [],
      env: threadEnvironment(),
    });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ERR_ACCESS_DENIED') throw thrown;
    throw new Failure(
      'ENOTSUP',
      "Node's permission model denies threads: run it with `--allow-worker`, or set `sync: 'off'`.",
    );
  }
}

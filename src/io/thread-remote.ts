import { Failure } from '../store/failure.js';
import { threadFile } from '../thread-file.js';
import { onDeparture } from './exit.js';
import { failureOf } from './failure-of.js';
import { Ledger } from './ledger.js';
import { OwnerThread } from './owner-thread.js';
import { type Answer, packArgs, unpackEvent, unpackReply } from './protocol.js';
import type { Args, Call, Method, Remote, RemoteEvent, Reply } from './remote.js';
import { hasVersions, type StoreChoice, unitDepthOf } from './store-choice.js';
import { throwLater } from './throw-later.js';
import type { UploadOptions } from './uploader.js';

export interface ThreadRemoteOptions extends UploadOptions {
  readonly store: StoreChoice;
  /** Longest time that a blocked call waits without a word from the thread, in milliseconds. @default 120000 */
  readonly syncTimeout?: number | undefined;
  /** How long an exiting process waits for pending uploads, in milliseconds. @default 10000 */
  readonly exitFlushMs?: number | undefined;
  /** Where the thread's file is, if not beside this one. */
  readonly workerUrl?: URL | null | undefined;
}

class ThreadCall implements Call {
  isSettled = false;
  /** Why the message could not be sent at all. */
  refusal: Failure | null = null;

  constructor(
    readonly id: number,
    readonly method: Method,
    readonly args: Args<Method>,
    readonly commit: (reply: Reply<Method>) => void,
  ) {}
}

/**
 * The owner in a thread of its own. It is started by the first call, and started anew by the next one if it died; it
 * keeps the process alive only while calls are on their way; uploads that wait are sent before the process exits. The memory of uploaded bytes is handed over.
 */
export function createThreadRemote(options: ThreadRemoteOptions): Remote {
  return new ThreadRemote(options);
}

class ThreadRemote implements Remote {
  readonly unitDepth: number;
  readonly hasVersions: boolean;
  onEvent: (event: RemoteEvent) => void = () => {};
  private thread: OwnerThread | null = null;
  private readonly calls = new Map<number, ThreadCall>();
  private readonly ledger = new Ledger();
  /** Names that threads which died may have told the server. */
  private readonly told = new Set<string>();
  private serial = 0;
  private unregister: (() => void) | null = null;

  constructor(private readonly options: ThreadRemoteOptions) {
    this.unitDepth = unitDepthOf(options.store);
    this.hasVersions = hasVersions(options.store);
  }

  call<M extends Method>(method: M, args: Args<M>, commit: (reply: Reply<M>) => void): Call {
    return this.send(method, args, commit);
  }

  private send<M extends Method>(method: M, args: Args<M>, commit: (reply: Reply<M>) => void): ThreadCall {
    // Kept untyped by its id; the owner answers each method with its own value.
    const call = new ThreadCall(++this.serial, method, args, commit as (reply: Reply<Method>) => void);
    this.ledger.onCall(method, args);
    if (method === 'close' && !this.thread) {
      queueMicrotask(() => this.settle(call, { ok: true, value: null }));
      return call;
    }
    this.calls.set(call.id, call);
    try {
      this.thread ??= this.start();
      const packed = packArgs(method, args);
      this.thread.post({ type: 'call', id: call.id, method, args: packed.args }, packed.transfers);
    } catch (thrown) {
      call.refusal = failureOf(thrown);
      queueMicrotask(() => this.settleRefused(call));
    }
    this.updateReference();
    return call;
  }

  assertCanWait(): void {}

  cancel(call: Call): void {
    if (call instanceof ThreadCall && !call.isSettled) this.thread?.post({ type: 'cancel', id: call.id }, []);
  }

  wait(call: Call): void {
    if (!(call instanceof ThreadCall)) throw new TypeError('The call is of another remote.');
    // Giving up on a commit would leave open whether the version is there; the owner ends it, one way or the other.
    const syncTimeout =
      call.method === 'commit' ? Number.POSITIVE_INFINITY : (this.options.syncTimeout ?? 120_000);
    if (this.waitUntilSettled(call, syncTimeout, { isRenewed: true })) return;
    throw new Failure('ETIMEDOUT', 'W&B gave no answer within `syncTimeout`.');
  }

  /** @param options.isRenewed the time begins anew with every message: it bounds the thread's silence */
  private waitUntilSettled(
    call: ThreadCall,
    milliseconds: number,
    { isRenewed }: { isRenewed: boolean },
  ): boolean {
    let deadline = performance.now() + milliseconds;
    for (;;) {
      this.settleRefused(call);
      const { thread } = this;
      if (call.isSettled || !thread) return call.isSettled;
      const count = thread.countSent;
      thread.receiveAll();
      if (call.isSettled) return true;
      if (thread !== this.thread) continue;
      const now = performance.now();
      if (now >= deadline) return false;
      if (thread.sleep(count, deadline - now) && isRenewed) deadline = performance.now() + milliseconds;
    }
  }

  private start(): OwnerThread {
    const { store, writebackDelay, concurrency, workerUrl } = this.options;
    this.unregister ??= onDeparture({
      begin: () => {
        if (this.ledger.isBusy) this.flush();
      },
      end: () => this.drain(),
    });
    const data = { store, writebackDelay, concurrency, told: [...this.told] };
    return new OwnerThread(workerUrl ?? threadFile('io/thread.js'), data, {
      onAnswer: (thread, answer) => this.onAnswer(thread, answer),
      onGone: (thread, detail) => this.lose(thread, detail),
      onUnsendable: (id, detail) => {
        const call = this.calls.get(id);
        const failure = new Failure('EINVAL', "Its arguments hold what can't leave this thread.", detail);
        if (call) this.settle(call, { ok: false, failure });
      },
    });
  }

  private onAnswer(thread: OwnerThread, answer: Answer): void {
    if (answer.type === 'gone') {
      this.lose(thread, answer.detail);
    } else if (answer.type === 'event') {
      const event = unpackEvent(answer.event);
      this.ledger.onEvent(event);
      throwLater(() => this.onEvent(event));
    } else {
      const call = this.calls.get(answer.id);
      if (call?.method === 'close') this.end(thread);
      if (call) this.settle(call, unpackReply(call.method, answer.reply));
    }
    this.updateReference();
  }

  private settleRefused(call: ThreadCall): void {
    if (call.refusal) this.settle(call, { ok: false, failure: call.refusal });
  }

  private settle(call: ThreadCall, reply: Reply<Method>): void {
    if (call.isSettled) return;
    call.isSettled = true;
    this.calls.delete(call.id);
    this.ledger.onReply(call.method, call.args, reply);
    this.updateReference();
    throwLater(() => call.commit(reply));
  }

  private updateReference(): void {
    this.thread?.keepProcess(this.calls.size > 0);
  }

  /** The thread was asked to end. */
  private end(thread: OwnerThread): void {
    thread.end();
    this.thread = null;
    this.unregister?.();
    this.unregister = null;
    for (const call of [...this.calls.values()]) {
      if (call.method !== 'close') this.settle(call, { ok: false, failure: new Failure('ECANCELED') });
    }
  }

  /** The thread died: what it had to do has failed. The kernel still has the content, and sends it again. */
  private lose(thread: OwnerThread, detail: string): void {
    if (this.thread !== thread) return;
    // What it had sent before counts.
    thread.receiveAll();
    if (this.thread !== thread) return;
    this.thread = null;
    thread.end();
    const failure = new Failure('EIO', 'The I/O thread ended; the next call starts another one.', detail);
    for (const { path, ino, generation, hasFailed } of this.ledger.all) {
      this.told.add(path);
      if (hasFailed) continue;
      this.ledger.fail(ino, generation);
      throwLater(() => this.onEvent({ type: 'failed', path, ino, generation, failure }));
    }
    for (const call of [...this.calls.values()]) this.settle(call, { ok: false, failure });
  }

  private flush(): ThreadCall {
    return this.send('flush', { inos: null }, () => {});
  }

  /** The process exits: this thread blocks while the owner's goes on. */
  private drain(): readonly string[] {
    if (this.ledger.all.length > 0 && this.thread) {
      this.waitUntilSettled(this.flush(), this.options.exitFlushMs ?? 10_000, { isRenewed: false });
    }
    return this.ledger.all.map(({ path }) => path);
  }
}

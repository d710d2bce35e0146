import { clearTimeout, setTimeout } from 'node:timers';
import { Failure } from '../../contract/failure.js';
import {
  type Args,
  type Call,
  type Method,
  NO_CONTENTS,
  NO_ENDING,
  type Remote,
  type RemoteEvent,
  type Reply,
} from '../../contract/remote.js';
import type { TreeShape } from '../../contract/tree-shape.js';
import { theGlobal } from '../../threads/realm.js';
import { threadFile } from '../../threads/thread-file.js';
import { failureOf } from '../failure-of.js';
import { keep, type Left, updateSignals } from '../lifecycle.js';
import { type StoreChoice, shapeOf } from '../owner/store-choice.js';
import { type Answer, unpackEvent, unpackReply } from '../protocol.js';
import { throwLater } from '../throw-later.js';
import { timeOver } from '../time-over.js';
import type { UploadOptions } from '../upload/uploader.js';
import { Ledger } from './ledger.js';
import { Openings } from './openings.js';
import { OwnerThread } from './owner-thread.js';

export interface ThreadRemoteOptions extends UploadOptions {
  readonly store: StoreChoice;
  /** Longest time that a blocked call waits without a word from the thread, in milliseconds. */
  readonly syncTimeout: number;
  /** How long an exiting process waits for pending uploads, in milliseconds. */
  readonly exitFlushMs: number;
  /** Wait with signals that would end the process while uploads are pending? */
  readonly exitSignals: boolean;
  /** Where the thread's file is; null: beside this one. */
  readonly workerUrl: URL | null;
}

/**
 * A thread that dies is replaced at once, but not for ever: after so many deaths without anything done between them the
 * next one waits until somebody calls.
 */
const MOST_DEATHS_IN_A_ROW = 3;

class ThreadCall implements Call {
  isSettled = false;
  /** What it is settled with at the next look: it could not be sent, or the thread ends behind it. */
  foregone: Reply<Method> | null = null;

  constructor(
    readonly id: number,
    readonly method: Method,
    readonly args: Args<Method>,
    readonly commit: (reply: Reply<Method>) => void,
  ) {}
}

/**
 * The owner in a thread of its own. It is started by the first call; if it dies, another one takes over all that was
 * handed over and isn't durable. It keeps the process alive while calls are on their way; what else waits when the
 * process ends is `lifecycle.ts`'s affair.
 */
export function createThreadRemote(options: ThreadRemoteOptions): Remote {
  return new ThreadRemote(options);
}

class ThreadRemote implements Remote {
  readonly shape: TreeShape;
  onEvent: (event: RemoteEvent) => void = () => {};
  contents = NO_CONTENTS;
  ending = NO_ENDING;
  private thread: OwnerThread | null = null;
  private readonly calls = new Map<number, ThreadCall>();
  private readonly ledger = new Ledger();
  private readonly openings = new Openings(() => this.contents);
  /** Names that threads which died may have told the server. */
  private readonly told = new Set<string>();
  private serial = 0;
  private deaths = 0;
  /** The flush with which the process ends, while it is on its way. */
  private lastFlush: Promise<void> | null = null;
  /** How much of `exitFlushMs` the end of the process has taken already, for what is left now. */
  private waitedMs = 0;
  private unregister: (() => void) | null = null;

  constructor(private readonly options: ThreadRemoteOptions) {
    this.shape = shapeOf(options.store.kind);
  }

  call<M extends Method>(method: M, args: Args<M>, commit: (reply: Reply<M>) => void): Call {
    return this.send(method, args, commit);
  }

  private send<M extends Method>(method: M, args: Args<M>, commit: (reply: Reply<M>) => void): ThreadCall {
    // Kept untyped by its id; the owner answers each method with its own value.
    const call = new ThreadCall(++this.serial, method, args, commit as (reply: Reply<Method>) => void);
    if (method === 'close' && !this.thread) {
      this.forgetAll();
      this.settleLater(call, { ok: true, value: null });
      return call;
    }
    const thread = this.started(call);
    if (method === 'submit') this.waitedMs = 0;
    // After the start: what a new thread takes over is what was handed over before.
    this.ledger.onCall(method, args);
    this.calls.set(call.id, call);
    thread?.post({ type: 'call', id: call.id, method, args });
    this.update();
    return call;
  }

  /** The thread, started if need be; where it can't be the call fails. */
  private started(call: ThreadCall): OwnerThread | null {
    try {
      return this.thread ?? this.start();
    } catch (thrown) {
      this.settleLater(call, { ok: false, failure: failureOf(thrown) });
      return null;
    }
  }

  assertCanWait(): void {}

  cancel(call: Call): void {
    if (call instanceof ThreadCall && !call.isSettled) this.thread?.post({ type: 'cancel', id: call.id });
  }

  wait(call: Call): void {
    if (!(call instanceof ThreadCall)) throw new TypeError('The call is of another remote.');
    // Giving up on a commit would leave open whether the version is there; the owner ends it, one way or the other.
    const syncTimeout = call.method === 'commit' ? Number.POSITIVE_INFINITY : this.options.syncTimeout;
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
      this.settleForegone(call);
      const { thread } = this;
      if (call.isSettled || !thread) return call.isSettled;
      const count = thread.countSent;
      thread.receiveAll();
      this.settleForegone(call);
      if (call.isSettled) return true;
      if (thread !== this.thread) continue;
      const now = performance.now();
      if (now >= deadline) return false;
      if (thread.sleep(count, deadline - now) && isRenewed) deadline = performance.now() + milliseconds;
    }
  }

  /** Starts a thread, and hands it what others had to send. */
  private start(): OwnerThread {
    const { store, writebackDelay, concurrency, workerUrl } = this.options;
    this.unregister ??= keep({
      ...{ isHeldAgainstSignals: this.options.exitSignals },
      ...{ begin: () => this.begin(), drain: (startedAt) => this.drain(startedAt) },
      drainLater: (startedAt) => this.drainLater(startedAt),
      removeFiles: () => this.ending.removeFiles(),
      isPending: () => this.ledger.isPending,
    });
    const data = { store, writebackDelay, concurrency, told: [...this.told] };
    const thread = new OwnerThread(workerUrl ?? threadFile('io/owner/thread.js'), data, {
      onAnswer: (from, answer) => this.onAnswer(from, answer),
      onGone: (from, detail) => this.lose(from, detail),
      onUnsendable: (id, detail) => {
        const call = this.calls.get(id);
        const failure = new Failure('EINVAL', "Its arguments hold what can't leave this thread.", detail);
        if (call) this.settle(call, { ok: false, failure });
      },
    });
    this.thread = thread;
    for (const { failure: _, ...submission } of this.ledger.all) {
      const call = new ThreadCall(++this.serial, 'submit', submission, () => {});
      this.calls.set(call.id, call);
      thread.post({ type: 'call', id: call.id, method: 'submit', args: call.args });
    }
    return thread;
  }

  private onAnswer(thread: OwnerThread, answer: Answer): void {
    if (answer.type === 'gone') {
      this.lose(thread, answer.detail);
    } else if (answer.type === 'open') {
      const { content, transfers } = this.openings.open(answer.id);
      thread.post({ type: 'content', opening: answer.opening, content }, transfers);
    } else if (answer.type === 'close') {
      this.openings.close(answer.id);
    } else if (answer.type === 'event') {
      const event = unpackEvent(answer.event);
      this.ledger.onEvent(event);
      if (event.type === 'uploaded') this.deaths = 0;
      throwLater(() => this.onEvent(event));
    } else {
      const call = this.calls.get(answer.id);
      if (call?.method === 'close' && answer.reply.ok) this.end(thread, call);
      else if (call) this.settle(call, unpackReply(call.method, answer.reply));
    }
    this.update();
  }

  private settleLater(call: ThreadCall, reply: Reply<Method>): void {
    call.foregone = reply;
    theGlobal.queueMicrotask(() => this.settleForegone(call));
  }

  private settleForegone(call: ThreadCall): void {
    if (call.foregone) this.settle(call, call.foregone);
  }

  private settle(call: ThreadCall, reply: Reply<Method>): void {
    if (call.isSettled) return;
    call.isSettled = true;
    this.calls.delete(call.id);
    this.ledger.onReply(call.method, call.args, reply);
    this.update();
    throwLater(() => call.commit(reply));
  }

  private update(): void {
    // The flush of the end has no more time than the end.
    const isOver = this.lastFlush !== null && this.restOfEnd() <= 0;
    this.thread?.keepProcess(this.calls.size > (isOver ? 1 : 0));
    updateSignals();
  }

  /** The owner is closed: nothing more comes of its thread. */
  private end(thread: OwnerThread, close: ThreadCall): void {
    this.thread = null;
    this.forgetAll();
    for (const call of [...this.calls.values()]) {
      if (call !== close) this.settle(call, { ok: false, failure: new Failure('ECANCELED') });
    }
    thread.release();
    this.settleLater(close, { ok: true, value: null });
  }

  private forgetAll(): void {
    this.ledger.clear();
    this.openings.closeAll();
    this.unregister?.();
    this.unregister = null;
  }

  /**
   * The thread died: calls that it had not answered have failed, for nobody knows what became of them. What it had to
   * upload, the next one does; a flush goes on there.
   */
  private lose(thread: OwnerThread, detail: string): void {
    if (this.thread !== thread) return;
    // What it had sent before counts.
    thread.receiveAll();
    if (this.thread !== thread) return;
    this.thread = null;
    void thread.end();
    this.openings.closeAll();
    this.deaths++;
    const failure = new Failure('EIO', 'The I/O thread ended; the next call starts another one.', detail);
    const isHopeless = this.deaths > MOST_DEATHS_IN_A_ROW;
    for (const { path } of this.ledger.all) this.told.add(path);
    if (isHopeless) this.failAll(failure);
    const flushes: ThreadCall[] = [];
    for (const call of [...this.calls.values()]) {
      if (call.method === 'flush' && !isHopeless) flushes.push(call);
      // Handed over anew below: its acknowledgement says nothing.
      else if (call.method === 'submit' && !isHopeless) this.settle(call, { ok: true, value: null });
      else this.settle(call, { ok: false, failure });
    }
    if (!isHopeless && (this.ledger.isPending || flushes.length > 0)) this.takeOver(flushes);
    this.update();
  }

  private takeOver(flushes: readonly ThreadCall[]): void {
    try {
      // A commit above may have called, and started it.
      const next = this.thread ?? this.start();
      for (const { id, method, args } of flushes) next.post({ type: 'call', id, method, args });
    } catch (thrown) {
      const failure = failureOf(thrown);
      for (const call of flushes) this.settle(call, { ok: false, failure });
      this.failAll(failure);
    }
  }

  /** Nobody sends it at the moment; the next call's thread does. */
  private failAll(failure: Failure): void {
    for (const { path, ino, generation } of this.ledger.all) {
      const event: RemoteEvent = { type: 'failed', path, ino, generation, failure };
      this.ledger.onEvent(event);
      throwLater(() => this.onEvent(event));
    }
  }

  /** Keeps the process for as long as its end may take. */
  private begin(): void {
    this.ending.submit();
    if (!this.ledger.isBusy || this.lastFlush || this.restOfEnd() <= 0) return;
    const startedAt = performance.now();
    const timer = setTimeout(() => {
      this.waitedMs = this.exitFlushMs;
      this.update();
    }, this.restOfEnd());
    this.lastFlush = new Promise((resolve) => {
      this.send('flush', { inos: null }, () => {
        clearTimeout(timer);
        this.lastFlush = null;
        this.waitedMs += performance.now() - startedAt;
        resolve();
      });
    });
  }

  /** This thread blocks while the owner's goes on; a dead one is replaced. */
  private drain(startedAt: number): readonly Left[] {
    const deadline = startedAt + this.restOfEnd();
    // What a change that was on its way holds back is handed over when that has ended.
    for (let rounds = 0; this.ledger.isPending && rounds < MOST_DRAINS; rounds++) {
      const rest = deadline - performance.now();
      const flush = rest > 0 ? this.send('flush', { inos: null }, () => {}) : null;
      if (!flush || !this.waitUntilSettled(flush, rest, { isRenewed: false })) break;
      if (!this.ledger.isBusy) break;
    }
    this.waitedMs += performance.now() - startedAt;
    return this.left();
  }

  private async drainLater(startedAt: number): Promise<readonly Left[]> {
    const rest = startedAt + this.restOfEnd() - performance.now();
    if (this.lastFlush && rest > 0) await Promise.race([this.lastFlush, timeOver(rest)]);
    return this.left();
  }

  private get exitFlushMs(): number {
    return this.options.exitFlushMs;
  }

  private restOfEnd(): number {
    return this.exitFlushMs - this.waitedMs;
  }

  private left(): readonly Left[] {
    const why = `W&B had not taken it after ${this.exitFlushMs} ms (\`exitFlushMs\`)`;
    return this.ledger.left(why, this.ending.isKept);
  }
}

const MOST_DRAINS = 10;

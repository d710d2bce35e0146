import type { Config } from '../../config/config.js';
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
  type TakePage,
} from '../../contract/remote.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { TreeShape } from '../../contract/tree-shape.js';
import { throwLater } from '../../platform/time.js';
import { isInOwnThread } from '../../threads/thread-file.js';
import { drainAtEnd, updateSignals } from '../lifecycle.js';
import { SHAPES, type StoreChoice } from '../owner/store-choice.js';
import { failureOf, unpack, unpackReply } from '../protocol.js';
import type { UploadOptions } from '../upload/uploader.js';
import { Calls, ThreadCall } from './calls.js';
import { ExitFlush } from './exit-flush.js';
import { Ledger } from './ledger.js';
import { OwnerCounts } from './owner-counts.js';
import { NO_PROGRAM, OTHER_FILE, ownerFile } from './owner-file.js';
import { OwnerThread, type ThreadAnswer } from './owner-thread.js';

/** `syncTimeout` is for a thread without a word; `workerUrl` null: its file is beside this one. */
export type ThreadRemoteOptions = UploadOptions &
  Pick<Config, 'syncTimeout' | 'exitFlushMs' | 'exitSignals' | 'workerUrl'> & { readonly store: StoreChoice };

/**
 * A thread that dies is replaced at once, but not for ever: after so many deaths without anything done between them the
 * next one waits until somebody calls.
 */
const MOST_DEATHS_IN_A_ROW = 3;

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
  readonly counters = () => this.counts.shown(this.ledger.size);
  onEvent: (event: RemoteEvent) => void = () => {};
  contents = NO_CONTENTS;
  ending = NO_ENDING;
  readonly drainAtEnd = drainAtEnd;
  private readonly counts = new OwnerCounts();
  private thread: OwnerThread | null = null;
  private readonly current = (): OwnerThread | null => this.thread;
  private readonly calls = new Calls((call, reply) => {
    this.ledger.onReply(call.method, call.args, reply);
    this.keepProcess();
  });
  private readonly ledger = new Ledger(updateSignals);
  private readonly exitFlush: ExitFlush;
  /** Names that threads which died may have declared to the server. */
  private readonly declared = new Set<TreePath>();
  private deaths = 0;
  private unregister: (() => void) | null = null;

  constructor(private readonly options: ThreadRemoteOptions) {
    this.shape = SHAPES[options.store.kind];
    this.exitFlush = new ExitFlush({
      ledger: this.ledger,
      exitFlushMs: options.exitFlushMs,
      ending: () => this.ending,
      flush: (onReply = () => {}) => this.call('flush', { inos: null }, onReply),
      waitFor: (call, milliseconds) => this.calls.wait(call, this.current, milliseconds),
      onOver: () => this.keepProcess(),
    });
  }

  call<M extends Method>(
    method: M,
    args: Args<M>,
    commit: (reply: Reply<M>) => void,
    take?: TakePage,
  ): ThreadCall {
    if (!this.thread && (method === 'close' || (method === 'flush' && !this.ledger.isPending))) {
      // No thread has anything to do for it: no reason to start one, whose file a bundle may not have.
      const call = this.calls.make(method, args, commit);
      if (method === 'close') this.forgetAll();
      this.calls.settleLater(call, { ok: true, value: method === 'close' ? null : { failed: [] } });
      return call;
    }
    this.counts.look();
    const started = this.started();
    if (method === 'submit') this.exitFlush.restart();
    // After the start: what a new thread takes over is what was handed over before.
    this.ledger.onCall(method, args);
    const call = this.calls.make(method, args, commit, take);
    if (started instanceof Failure) this.calls.settleLater(call, { ok: false, failure: started });
    else started.post({ type: 'call', id: call.id, method, args, isPaged: take !== undefined });
    this.keepProcess();
    return call;
  }

  /** The thread, started if need be; or why it can't be. */
  private started(): OwnerThread | Failure {
    try {
      return this.thread ?? this.start();
    } catch (thrown) {
      return failureOf(thrown);
    }
  }

  assertCanWait(): void {}

  want(call: Call): void {
    if (!(call instanceof ThreadCall) || call.isWanted) return;
    this.calls.want(call);
    this.keepProcess();
  }

  cancel(call: Call): void {
    if (call instanceof ThreadCall && !call.isSettled) this.thread?.post({ type: 'cancel', id: call.id });
  }

  wait(call: Call): void {
    if (!(call instanceof ThreadCall)) throw new TypeError('The call is of another remote.');
    // Giving up on a commit would leave open whether the version is there; the owner ends it, one way or the other.
    const syncTimeout = call.method === 'commit' ? Number.POSITIVE_INFINITY : this.options.syncTimeout;
    if (this.calls.wait(call, this.current, syncTimeout, { isRenewed: true })) return;
    throw new Failure('ETIMEDOUT', 'W&B gave no answer within `syncTimeout`.');
  }

  /** Starts a thread, and hands it what others had to send. */
  private start(): OwnerThread {
    const { store, writebackDelay, concurrency, workerUrl } = this.options;
    if (isInOwnThread()) throw new Failure('ENOTSUP', NO_PROGRAM);
    const file = ownerFile(workerUrl);
    this.unregister ??= this.exitFlush.keep(this.options.exitSignals);
    const { buffer: counts } = this.counts;
    const data = { store, writebackDelay, concurrency, counts, declared: [...this.declared] };
    const thread = new OwnerThread(file, data, {
      contents: () => this.contents,
      onAnswer: (from, answer) => this.onAnswer(from, answer),
      onGone: (from, detail) => this.lose(from, detail),
      onUnsendable: (id, detail) => {
        const call = this.calls.unsettled.get(id);
        const failure = new Failure('EINVAL', "Its arguments hold what can't leave this thread.", detail);
        if (call) this.calls.settle(call, { ok: false, failure });
      },
    });
    this.thread = thread;
    for (const { failure: _, ...submission } of this.ledger.all) {
      const { id } = this.calls.make('submit', submission, () => {});
      thread.post({ type: 'call', id, method: 'submit', args: submission });
    }
    return thread;
  }

  private onAnswer(thread: OwnerThread, answer: ThreadAnswer): void {
    this.counts.look();
    if (answer.type === 'gone') {
      this.lose(thread, answer.detail, answer.isOther);
    } else if (answer.type === 'page') {
      this.calls.takePage(answer);
    } else if (answer.type === 'event') {
      this.tell(unpack(answer.event));
    } else {
      const call = this.calls.unsettled.get(answer.id);
      if (call?.method === 'close' && answer.reply.ok) this.end(thread, call);
      else if (call) this.calls.settle(call, unpackReply(call.method, answer));
    }
  }

  private keepProcess(): void {
    // The flush of the end has no more time than the end.
    this.thread?.keepProcess(this.calls.wanted > (this.exitFlush.isOver ? 1 : 0));
  }

  /** The owner is closed: nothing more comes of its thread. */
  private end(thread: OwnerThread, close: ThreadCall): void {
    this.thread = null;
    thread.release();
    this.forgetAll();
    for (const call of this.calls.all)
      if (call !== close) this.calls.settle(call, { ok: false, failure: new Failure('ECANCELED') });
    this.calls.settleLater(close, { ok: true, value: null });
  }

  private forgetAll(): void {
    this.ledger.clear();
    this.unregister?.();
    this.unregister = null;
  }

  /**
   * The thread died: calls that it had not answered have failed, for nobody knows what became of them. What it had to
   * upload, the next one does; a flush goes on there.
   */
  private lose(thread: OwnerThread, detail: string, isOther = false): void {
    if (this.thread !== thread) return;
    // What it had sent before counts.
    thread.receiveAll();
    if (this.thread !== thread) return;
    this.thread = null;
    void thread.end();
    this.deaths++;
    const failure = isOther
      ? new Failure('ENOTSUP', OTHER_FILE, detail)
      : new Failure('EIO', 'The I/O thread ended; the next call starts another one.', detail);
    const isHopeless = isOther || this.deaths > MOST_DEATHS_IN_A_ROW;
    for (const { path } of this.ledger.all) this.declared.add(path);
    if (isHopeless) this.failAll(failure);
    const flushes: ThreadCall[] = [];
    for (const call of this.calls.all) {
      if (call.method === 'flush' && !isHopeless) flushes.push(call);
      // The ledger has it: it is handed over anew, and an event has told where that isn't tried now.
      else if (call.method === 'submit') this.calls.settle(call, { ok: true, value: null });
      else this.calls.settle(call, { ok: false, failure });
    }
    if (!isHopeless && (this.ledger.isPending || flushes.length > 0)) this.takeOver(flushes);
    this.keepProcess();
  }

  private takeOver(flushes: readonly ThreadCall[]): void {
    try {
      // A commit above may have called, and started it.
      const next = this.thread ?? this.start();
      for (const { id, method, args } of flushes) next.post({ type: 'call', id, method, args });
    } catch (thrown) {
      const failure = failureOf(thrown);
      for (const call of flushes) this.calls.settle(call, { ok: false, failure });
      this.failAll(failure);
    }
  }

  /** Nobody sends it at the moment; the next call's thread does. */
  private failAll(failure: Failure): void {
    for (const { path, ino, generation } of this.ledger.all) {
      this.tell({ type: 'failed', path, ino, generation, failure });
    }
  }

  private tell(event: RemoteEvent): void {
    if (event.type === 'uploaded') this.deaths = 0;
    this.ledger.onEvent(event);
    throwLater(() => this.onEvent(event));
  }
}

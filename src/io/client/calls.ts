import { EntryPage } from '../../contract/entry-page.js';
import type { Args, Call, Method, Reply, TakePage } from '../../contract/remote.js';
import { monotonicClock, queueMicrotask, throwLater } from '../../platform/time.js';
import type { Answer } from '../protocol.js';
import type { OwnerThread } from './owner-thread.js';

/** A message to the owner's thread, and what its reply does. */
export class ThreadCall implements Call {
  isSettled = false;
  /** Somebody waits for it, or it changes something. */
  isWanted: boolean;
  /** What it is settled with at the next look: it could not be sent, or the thread ends behind it. */
  decided: Reply<Method> | null = null;

  constructor(
    readonly id: number,
    readonly method: Method,
    readonly args: Args<Method>,
    readonly commit: (reply: Reply<Method>) => void,
    readonly take: TakePage | undefined,
  ) {
    this.isWanted = !('isAhead' in args && args.isAhead);
  }
}

/** The calls that have no reply yet. Each is settled once, in the order in which replies are received. */
export class Calls {
  readonly unsettled = new Map<number, ThreadCall>();
  private serial = 0;
  /** Of the unsettled ones, those that somebody waits for. */
  wanted = 0;

  /** @param onSettled is told before the commit runs */
  constructor(private readonly onSettled: (call: ThreadCall, reply: Reply<Method>) => void) {}

  /** In the order in which they were made. */
  get all(): readonly ThreadCall[] {
    return [...this.unsettled.values()];
  }

  make<M extends Method>(
    method: M,
    args: Args<M>,
    commit: (reply: Reply<M>) => void,
    take?: TakePage,
  ): ThreadCall {
    // Kept untyped by its id; the owner answers each method with its own value.
    const call = new ThreadCall(++this.serial, method, args, commit as (reply: Reply<Method>) => void, take);
    this.unsettled.set(call.id, call);
    if (call.isWanted) this.wanted++;
    return call;
  }

  want(call: ThreadCall): void {
    if (call.isWanted || call.isSettled) return;
    call.isWanted = true;
    this.wanted++;
  }

  takePage({ id, packed }: Extract<Answer, { type: 'page' }>): void {
    const take = this.unsettled.get(id)?.take;
    if (take) throwLater(() => take(new EntryPage(packed)));
  }

  settle(call: ThreadCall, reply: Reply<Method>): void {
    if (call.isSettled) return;
    call.isSettled = true;
    this.unsettled.delete(call.id);
    if (call.isWanted) this.wanted--;
    this.onSettled(call, reply);
    throwLater(() => call.commit(reply));
  }

  /** Not in the middle of the call that makes it: in a turn of its own, or when somebody waits for it. */
  settleLater(call: ThreadCall, reply: Reply<Method>): void {
    call.decided = reply;
    queueMicrotask(() => this.settleDecided(call));
  }

  settleDecided(call: ThreadCall): void {
    if (call.decided) this.settle(call, call.decided);
  }

  /**
   * Blocks until a call is settled, by whichever thread is the current one then.
   *
   * @param milliseconds how long it takes at most
   * @param options.isRenewed the time begins anew with every message: it bounds the thread's silence. @default false
   * @returns has it been settled?
   */
  wait(
    call: ThreadCall,
    current: () => OwnerThread | null,
    milliseconds: number,
    { isRenewed = false }: { readonly isRenewed?: boolean } = {},
  ): boolean {
    let deadline = monotonicClock() + milliseconds;
    for (;;) {
      this.settleDecided(call);
      const thread = current();
      if (call.isSettled || !thread) return call.isSettled;
      const count = thread.countSent;
      thread.receiveAll();
      this.settleDecided(call);
      if (call.isSettled) return true;
      if (thread !== current()) continue;
      const now = monotonicClock();
      if (now >= deadline) return false;
      if (thread.sleep(count, deadline - now) && isRenewed) deadline = monotonicClock() + milliseconds;
    }
  }
}

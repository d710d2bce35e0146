import type { Args, Call, Method, Reply } from '../../contract/remote.js';
import { theGlobal, throwLater } from '../realm.js';

/** A message to the owner's thread, and what its reply does. */
export class ThreadCall implements Call {
  isSettled = false;
  /** What it is settled with at the next look: it could not be sent, or the thread ends behind it. */
  decided: Reply<Method> | null = null;

  constructor(
    readonly id: number,
    readonly method: Method,
    readonly args: Args<Method>,
    readonly commit: (reply: Reply<Method>) => void,
  ) {}
}

/** The calls that have no reply yet. Each is settled once, in the order in which replies are received. */
export class Calls {
  private readonly unsettled = new Map<number, ThreadCall>();
  private serial = 0;

  /** @param onSettled is told before the commit runs */
  constructor(private readonly onSettled: (call: ThreadCall, reply: Reply<Method>) => void) {}

  get size(): number {
    return this.unsettled.size;
  }

  /** In the order in which they were made. */
  get all(): readonly ThreadCall[] {
    return [...this.unsettled.values()];
  }

  get(id: number): ThreadCall | undefined {
    return this.unsettled.get(id);
  }

  make<M extends Method>(method: M, args: Args<M>, commit: (reply: Reply<M>) => void): ThreadCall {
    // Kept untyped by its id; the owner answers each method with its own value.
    const call = new ThreadCall(++this.serial, method, args, commit as (reply: Reply<Method>) => void);
    this.unsettled.set(call.id, call);
    return call;
  }

  settle(call: ThreadCall, reply: Reply<Method>): void {
    if (call.isSettled) return;
    call.isSettled = true;
    this.unsettled.delete(call.id);
    this.onSettled(call, reply);
    throwLater(() => call.commit(reply));
  }

  /** Not in the middle of the call that makes it: in a turn of its own, or when somebody waits for it. */
  settleLater(call: ThreadCall, reply: Reply<Method>): void {
    call.decided = reply;
    theGlobal.queueMicrotask(() => this.settleDecided(call));
  }

  settleDecided(call: ThreadCall): void {
    if (call.decided) this.settle(call, call.decided);
  }
}

import type { Ending } from '../../contract/remote.js';
import { isExiting } from '../../platform/realm.js';
import { clearTimeout, monotonicClock, setTimeout, waitAtMost } from '../../platform/time.js';
import type { Left } from '../left.js';
import { keep } from '../lifecycle.js';
import type { ThreadCall } from './calls.js';
import type { Ledger } from './ledger.js';

interface ExitFlushHost {
  readonly ledger: Ledger;
  /** How long an exiting process waits for pending uploads, in milliseconds. */
  readonly exitFlushMs: number;
  ending(): Ending;
  /** Sends all that waits. */
  flush(onReply?: () => void): ThreadCall;
  /** Blocks for a call, at most so many milliseconds; has it been settled? */
  waitFor(call: ThreadCall, milliseconds: number): boolean;
  /** There is no time left for the flush that is on its way. */
  onOver(): void;
}

/** What a change that was on its way holds back is handed over when that has ended; so often it is waited for. */
const MOST_DRAINS = 10;

/** How a process ends whose owner has a thread: all that waits is sent, within a time that all looks at it share. */
export class ExitFlush {
  /** While it is on its way. */
  private running: Promise<void> | null = null;
  /** How much of the time was taken already, for what is left now. */
  private waitedMs = 0;

  constructor(private readonly host: ExitFlushHost) {}

  /**
   * Takes part in the end of the process from now on.
   *
   * @returns ends that
   */
  keep(isHeldAgainstSignals: boolean): () => void {
    return keep({
      isPending: () => this.host.ledger.isPending,
      isHeldAgainstSignals,
      begin: () => this.begin(),
      drain: (startedAt) => this.drain(startedAt),
      drainLater: (startedAt) => this.drainLater(startedAt),
      removeFiles: (isLast) => this.host.ending().removeFiles(isLast),
    });
  }

  /** It is on its way, and has no more time. */
  get isOver(): boolean {
    return this.running !== null && this.restMs <= 0;
  }

  /** Something else is to be sent: it has all of the time; but once 'exit' is told, a time that is over is over for all. */
  restart(): void {
    if (this.restMs > 0 || !isExiting()) this.waitedMs = 0;
  }

  /** Keeps the process for as long as its end may take. */
  begin(): void {
    const { ledger } = this.host;
    this.host.ending().submit();
    if (!ledger.isBusy || this.running || this.restMs <= 0) return;
    const startedAt = monotonicClock();
    const timer = setTimeout(() => {
      this.waitedMs = this.host.exitFlushMs;
      this.host.onOver();
    }, this.restMs);
    this.running = new Promise((resolve) => {
      this.host.flush(() => {
        clearTimeout(timer);
        this.running = null;
        this.waitedMs += monotonicClock() - startedAt;
        resolve();
      });
    });
  }

  /** This thread blocks while the owner's goes on; a dead one is replaced. */
  drain(startedAt: number): readonly Left[] {
    const { ledger } = this.host;
    const deadline = startedAt + this.restMs;
    for (let rounds = 0; ledger.isPending && rounds < MOST_DRAINS; rounds++) {
      const rest = deadline - monotonicClock();
      if (rest <= 0 || !this.host.waitFor(this.host.flush(), rest)) break;
      if (!ledger.isBusy) break;
    }
    this.waitedMs += monotonicClock() - startedAt;
    return this.left();
  }

  async drainLater(startedAt: number): Promise<readonly Left[]> {
    const rest = startedAt + this.restMs - monotonicClock();
    if (this.running && rest > 0) await waitAtMost(rest, this.running);
    return this.left();
  }

  private get restMs(): number {
    return this.host.exitFlushMs - this.waitedMs;
  }

  private left(): readonly Left[] {
    const why = `W&B had not taken it after ${this.host.exitFlushMs} ms (\`exitFlushMs\`)`;
    return this.host.ledger.left(why, this.host.ending().isKept);
  }
}

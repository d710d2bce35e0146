import type { Clock } from '../retry.js';
import type { WireFailure } from '../wire-failure.js';

/** How many go at once first, which nobody minds, and at most. */
export interface Widths {
  readonly first: number;
  readonly most: number;
}

const LEAST_WIDTH = 4;
/** Twice as many at once that bring no more than this aren't worth their sockets and their memory. */
const WORTH = 1.2;
/** What a file costs beside its bytes, in bytes: a line sends as many in the round trip that each takes. */
const FILE_COST = 64 * 1024;
/**
 * New connections open for some round trips, in which the others end as before: what so many widths of transfers tell
 * behind a step says nothing of it.
 */
const SETTLING = 2;
/** After a step that did no good the next one is tried so much later, each time twice as much, in milliseconds. */
const FIRST_REST_MS = 10_000;
const LONGEST_REST_MS = 5 * 60_000;
/** What many requests hear at once is one answer, in milliseconds. */
const ONE_ANSWER_MS = 1000;

/** Does the storage say that it can't keep up? */
export const isPushback = ({ fault, status }: WireFailure): boolean =>
  fault === 'timeout' || (fault === 'status' && (status === 408 || status === 429 || status === 503));

/**
 * How many transfers go at once: twice as many as long as that brings more, as before where it doesn't, half as many where
 * the storage pushes back. Over latency each waits most of its time, and more of them use the line; where the line, the
 * storage or this machine is busy already, they only cost.
 */
export class Width {
  value: number;
  private readonly most: number;
  /** A step that isn't judged yet: the width before it, and what that brought in a millisecond. */
  private step: { readonly from: number; readonly rate: number } | null = null;
  /** Transfers that end before the measure begins. */
  private unsettled = 0;
  /** Null: nothing is on its way. */
  private round: { readonly beganAt: number; work: number; count: number } | null = null;
  private restsUntil = Number.NEGATIVE_INFINITY;
  private restMs = FIRST_REST_MS;
  private pushedAt = Number.NEGATIVE_INFINITY;

  constructor(
    { first, most }: Widths,
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    this.value = first;
    this.most = most;
  }

  began(): void {
    this.round ??= this.newRound();
  }

  /** @param isWaitedFor others wait for its turn; else what is under way is all that there is, and tells nothing of the width */
  ended(bytes: number, isWaitedFor: boolean): void {
    if (!isWaitedFor) {
      if (this.step) this.value = this.step.from;
      this.step = null;
      this.unsettled = 0;
      this.round = null;
      return;
    }
    const { round, step, value } = this;
    if (!round || (value === this.most && !step)) return;
    if (this.unsettled > 0) {
      this.unsettled--;
      this.round = this.newRound();
      return;
    }
    round.count++;
    round.work += bytes + FILE_COST;
    const now = this.clock.now();
    if (round.count < value || now <= round.beganAt) return;
    this.judge(round.work / (now - round.beganAt), now);
  }

  pushedBack(): void {
    const now = this.clock.now();
    if (now - this.pushedAt < ONE_ANSWER_MS) return;
    this.pushedAt = now;
    this.resize(Math.max(LEAST_WIDTH, Math.floor(this.value / 2)));
    this.rest(now);
  }

  private judge(rate: number, now: number): void {
    const { step } = this;
    this.step = null;
    if (step && rate < step.rate * WORTH) {
      this.resize(step.from);
      this.rest(now);
      return;
    }
    if (step) this.restMs = FIRST_REST_MS;
    if (this.value < this.most && now >= this.restsUntil) {
      const from = this.value;
      this.resize(Math.min(this.most, from * 2));
      this.step = { from, rate };
    }
    this.round = this.newRound();
  }

  private resize(value: number): void {
    this.value = value;
    this.step = null;
    this.unsettled = SETTLING * value;
  }

  private newRound() {
    return { beganAt: this.clock.now(), work: 0, count: 0 };
  }

  private rest(now: number): void {
    this.restsUntil = now + this.restMs;
    this.restMs = Math.min(LONGEST_REST_MS, this.restMs * 2);
  }
}

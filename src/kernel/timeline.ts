import type { Entries } from '../contract/entry-page.js';
import type { Failure } from '../contract/failure.js';
import type { Args, Value } from '../contract/remote.js';
import type { Load, Loads } from './operation/load.js';
import { Fault, type Waiting } from './operation/operation.js';

/** When something was asked for, and when it was learned. */
export interface Moment {
  /** When it was asked for, in sends and commits of this kernel: what was changed here since isn't changed by it. */
  readonly epoch: number;
  /** When it came, counted alike: it is fresh for every call that began before. */
  readonly arrived: number;
  /** From when its age counts, in milliseconds of the monotonic clock; minus infinity: it isn't believed any more. */
  readonly at: number;
}

export const NEVER: Moment = { epoch: 0, arrived: 0, at: Number.NEGATIVE_INFINITY };

/**
 * The part of the TTL that is left to chance: where thousands look at a server, and began together, their answers don't get old
 * together.
 */
const UNEVEN = 0.1;

/** What a call has waited for counts for it, however old it gets meanwhile; so long none takes. */
const LONGEST_CALL_MS = 10 * 60_000;

/** Orders questions, answers and changes among each other, and tells how old an answer is. */
export class Timeline {
  /** Of the newest question or change. */
  epoch = 0;
  /** Epochs of the questions on their way, oldest first. */
  private readonly open = new Set<number>();
  private readonly started = new WeakSet<Load>();
  /** By how much sooner than the TTL answers get old now, and until when that is so: what came together is asked for together. */
  private early = 0;
  private earlyUntil = Number.NEGATIVE_INFINITY;

  constructor(
    /** Milliseconds of a clock that is never set. */
    readonly now: () => number,
    /** Milliseconds that an answer is believed. */
    readonly ttl: number,
    /** In [0, 1). */
    private readonly random: () => number,
  ) {}

  tick(): Moment {
    const epoch = ++this.epoch;
    return { epoch, arrived: epoch, at: this.now() };
  }

  /** Asks something by a load, which may be one that is on its way already; its commit calls `arrive`. */
  ask(start: (sent: Moment) => Load): Load {
    const sent = this.tick();
    this.open.add(sent.epoch);
    const load = start(sent);
    if (this.started.has(load)) this.open.delete(sent.epoch);
    else this.started.add(load);
    return load;
  }

  /**
   * The answer has come. Its age counts from now, or from a little earlier, by chance: if it counted from the question, a listing slower than its TTL would
   * be old news to all but those who wait for it. One that took longer than the TTL is believed as long as it took, so
   * that at most half of the time goes into listing; with a TTL of 0 nothing is believed.
   */
  arrive(sent: Moment): Moment {
    this.open.delete(sent.epoch);
    const now = this.now();
    const over = this.ttl > 0 ? Math.max(0, now - sent.at - this.ttl) : 0;
    return { epoch: sent.epoch, arrived: ++this.epoch, at: now + (over || -this.earlyBy(now)) };
  }

  private earlyBy(now: number): number {
    if (!Number.isFinite(this.ttl)) return 0;
    if (now >= this.earlyUntil) {
      this.early = this.ttl * UNEVEN * this.random();
      this.earlyUntil = now + this.ttl / 2;
    }
    return this.early;
  }

  /** A part of the answer has come: what it shows is seen now, the rest of it is still on its way. */
  hear(sent: Moment): Moment {
    return { epoch: sent.epoch, arrived: ++this.epoch, at: this.now() };
  }

  /** What was learned before then counts for no call any more. */
  get longAgo(): number {
    return this.now() - this.ttl - LONGEST_CALL_MS;
  }

  /** No answer can come any more to what was asked for before; infinity while nothing is on its way. */
  get oldestQuestion(): number {
    for (const epoch of this.open) return epoch;
    return Number.POSITIVE_INFINITY;
  }
}

/**
 * A fault that asks about names; `commit` takes what came, when it was learned, and when it was asked for, and `take` what
 * came before it.
 */
export function ask<M extends 'lookup' | 'list' | 'page' | 'find' | 'alike'>(
  { loads, timeline }: { readonly loads: Loads; readonly timeline: Timeline },
  key: string,
  method: M,
  args: Args<M>,
  commit: (value: Value<M> | null, failure: Failure | null, learned: Moment, sent: Moment) => Failure | null,
  waiting?: Waiting,
  take?: (entries: Entries, learned: Moment) => void,
): Fault {
  const start = (sent: Moment): Load =>
    loads.start(
      key,
      method,
      args,
      (value, failure) => commit(value, failure, timeline.arrive(sent), sent),
      take && ((entries) => take(entries, timeline.hear(sent))),
    );
  return new Fault(key, () => timeline.ask(start), { ...waiting, subject: args.path });
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultSubject } from '../faults.js';
import type { ProxyFault, ProxyFaultKind, ProxyHit, ProxyRule } from './faults.js';
import { type Chance, ProxySchedule } from './schedule.js';

/** What came through a lane so far. */
export interface ProxyCounts {
  readonly requests: number;
  /** How many requests were hit, by the kind of fault; kinds that hit none are not there. */
  readonly faults: Readonly<Partial<Record<ProxyFaultKind, number>>>;
  /** How many of them aren't over: the faults have ended when they were cleared and this is 0. */
  readonly underWay: number;
  /** The last of them, 1,000 at most, in their order. */
  readonly hits: readonly ProxyHit[];
}

/** Thrown where a fault ends an exchange. */
export class Cut extends Error {}

const MOST_HITS = 1000;

/** What Node's timers take at most. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The requests under one base address: their rules, counts, and what is stalled. */
export class Lane {
  private readonly schedule = new ProxySchedule();
  /** Aborts when the faults are cleared. */
  private cleared = new AbortController();
  private requests = 0;
  /** Requests that were hit and aren't over. */
  underWay = 0;
  private readonly faults: Partial<Record<ProxyFaultKind, number>> = {};
  private hits: ProxyHit[] = [];

  /** @param prefix of the paths: '', or '/~name' */
  constructor(readonly prefix: string) {}

  replace(rules: readonly ProxyRule[], chance: Chance): void {
    this.schedule.replace(rules, chance);
  }

  /** Ends the faults to come, and the stalls under way by a reset. */
  clear(): void {
    this.schedule.replace([], { seed: 0, without: '' });
    this.cleared.abort();
    this.cleared = new AbortController();
  }

  counts(): ProxyCounts {
    const { requests, underWay } = this;
    return { requests, underWay, faults: { ...this.faults }, hits: [...this.hits] };
  }

  take(subject: FaultSubject, hasBody: boolean): ProxyFault | null {
    this.requests++;
    const fault = this.schedule.take(subject, hasBody);
    if (!fault) return null;
    this.faults[fault.kind] = (this.faults[fault.kind] ?? 0) + 1;
    if (this.hits.length >= MOST_HITS) this.hits = this.hits.slice(MOST_HITS / 2);
    const { side, method, path, operation } = subject;
    this.hits.push({ side, method, path, operation, fault });
    return fault;
  }

  /** Resolves after so many milliseconds; rejects with a Cut if the faults are cleared or the client goes before. */
  async hold(ms: number, gone: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([gone, this.cleared.signal]);
    try {
      await sleep(Math.min(ms, LONGEST_TIMER_MS), undefined, { signal });
    } catch (cause) {
      throw new Cut('stalled', { cause });
    }
  }
}

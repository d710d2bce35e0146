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

/** The requests under one base address: their rules, counts, and what is stalled. */
export class Lane {
  private readonly schedule = new ProxySchedule();
  private readonly stalled = new Set<() => void>();
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
    for (const cut of [...this.stalled]) cut();
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
  hold(ms: number, gone: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = Number.isFinite(ms) ? setTimeout(() => end(resolve), ms) : undefined;
      const cut = (): void => end(() => reject(new Cut('stalled')));
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        this.stalled.delete(cut);
        gone.removeEventListener('abort', cut);
        settle();
      };
      this.stalled.add(cut);
      gone.addEventListener('abort', cut, { once: true });
      if (gone.aborted) cut();
    });
  }
}

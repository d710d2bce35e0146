import { createHash } from 'node:crypto';
import { type FaultSubject, matches } from '../faults.js';
import { faultsOf, needsBody, type ProxyFault, type ProxyRule } from './faults.js';

interface Pending {
  readonly rule: ProxyRule;
  readonly index: number;
  readonly faults: readonly ProxyFault[];
  skip: number;
  times: number;
  /** How many requests of each kind it was drawn for. */
  readonly drawn: Map<string, number>;
}

/** What the draws depend on, beside the requests. */
export interface Chance {
  readonly seed: number;
  /** A part of paths that makes no difference. */
  readonly without: string;
}

/**
 * Decides which requests are hit by what. Chance depends on the seed, on the request and on how many like it came before,
 * not on the order in which different ones arrive: programs that do several things at once replay from their seed.
 */
export class ProxySchedule {
  private pending: Pending[] = [];
  private chance: Chance = { seed: 0, without: '' };

  replace(rules: readonly ProxyRule[], chance: Chance): void {
    this.chance = chance;
    this.pending = rules.map((rule, index) => ({
      rule,
      index,
      faults: faultsOf(rule),
      skip: rule.skip ?? 0,
      times: rule.times ?? (rule.probability === undefined ? 1 : Infinity),
      drawn: new Map(),
    }));
  }

  take(subject: FaultSubject, hasBody: boolean): ProxyFault | null {
    for (const pending of this.pending) {
      const faults = pending.faults.filter((fault) => hasBody || !needsBody(fault));
      if (faults.length === 0 || !matches(pending.rule.match ?? {}, subject)) continue;
      if (pending.skip > 0) {
        pending.skip--;
        continue;
      }
      const [chance, choice] = this.draw(pending, subject);
      if (chance >= (pending.rule.probability ?? 1)) continue;
      pending.times--;
      if (pending.times <= 0) this.pending = this.pending.filter((other) => other !== pending);
      return faults[Math.floor(choice * faults.length)] ?? null;
    }
    return null;
  }

  private draw({ index, drawn }: Pending, subject: FaultSubject): readonly [number, number] {
    const { seed, without } = this.chance;
    const path = without === '' ? subject.path : subject.path.replaceAll(without, '');
    const key = [subject.side, subject.method, path, subject.operation].join(' ');
    const count = drawn.get(key) ?? 0;
    drawn.set(key, count + 1);
    const digest = createHash('sha1').update(`${seed} ${index} ${key} ${count}`).digest();
    return [digest.readUInt32BE(0) / 2 ** 32, digest.readUInt32BE(4) / 2 ** 32];
  }
}

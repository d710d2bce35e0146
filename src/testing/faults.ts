/** Which requests a fault hits; every condition given must hold. Without any, all requests. */
export interface FaultMatch {
  readonly side?: 'api' | 'storage' | undefined;
  readonly method?: string | undefined;
  /** The decoded path: equal to the text, or matched by the expression. */
  readonly path?: string | RegExp | undefined;
  /** GraphQL: the operation's name or one of its root fields. */
  readonly operation?: string | undefined;
}

/** A failure to come. What stands in it says how; several effects can be combined. */
export interface Fault {
  readonly match?: FaultMatch | undefined;
  /** How many requests it hits. @default 1 */
  readonly times?: number | undefined;
  /** How many matching requests pass before the first hit. @default 0 */
  readonly skip?: number | undefined;
  /** Answers this instead of handling the request. */
  readonly status?: number | undefined;
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Answers 200 with this GraphQL error instead of handling the request. */
  readonly graphqlError?: string | undefined;
  /** The storage answers as if the URL had expired. */
  readonly isExpired?: boolean | undefined;
  /** Milliseconds before the request is handled. */
  readonly delayMs?: number | undefined;
  /** Milliseconds between handling the request and answering it. */
  readonly delayAnswerMs?: number | undefined;
  /** Cuts the connection without an answer: 'before' the request is handled, or 'after' it was. */
  readonly drop?: 'before' | 'after' | undefined;
  /** Changes the last byte of the answer's body. */
  readonly isCorrupted?: boolean | undefined;
  /** Cuts the connection after that many bytes of the answer's body. */
  readonly truncateAt?: number | undefined;
  /** Sends the answer's body at this rate. */
  readonly bytesPerSecond?: number | undefined;
}

export interface FaultSubject {
  readonly side: 'api' | 'storage';
  readonly method: string;
  /** Percent-decoded, without the query. */
  readonly path: string;
  readonly operation: string | null;
  readonly fields: readonly string[];
}

interface Scheduled {
  readonly fault: Fault;
  skip: number;
  times: number;
}

/** The faults still to come; the first one that matches a request hits it. */
export class FaultSchedule {
  private scheduled: Scheduled[] = [];

  replace(faults: readonly Fault[]): void {
    this.scheduled = faults.map((fault) => ({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 }));
  }

  pending(): readonly Fault[] {
    return this.scheduled.map(({ fault, skip, times }) => ({ ...fault, skip, times }));
  }

  take(subject: FaultSubject): Fault | null {
    const hit = this.scheduled.find(({ fault }) => matches(fault.match ?? {}, subject));
    if (!hit) return null;
    if (hit.skip > 0) {
      hit.skip--;
      return null;
    }
    hit.times--;
    if (hit.times <= 0) this.scheduled = this.scheduled.filter((other) => other !== hit);
    return hit.fault;
  }
}

export function matches(match: FaultMatch, subject: FaultSubject): boolean {
  if (match.side !== undefined && match.side !== subject.side) return false;
  if (match.method !== undefined && match.method.toUpperCase() !== subject.method) return false;
  if (typeof match.path === 'string' && match.path !== subject.path) return false;
  // A global expression keeps its place between calls; `search` ignores that.
  if (match.path instanceof RegExp && subject.path.search(match.path) < 0) return false;
  if (match.operation !== undefined && match.operation !== subject.operation) {
    return subject.fields.includes(match.operation);
  }
  return true;
}

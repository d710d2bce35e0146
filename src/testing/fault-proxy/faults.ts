import type { FaultMatch, FaultSubject } from '../faults.js';

/**
 * What can go wrong with one request. Offsets are in bytes of a body and by default its middle; times are in milliseconds.
 */
export type ProxyFault =
  /**
   * The server is down: the connections of its side are reset, and new ones refused, for `ms`. Hits whoever else talks
   * to that side meanwhile. By default 100 ms.
   */
  | { readonly kind: 'refuse'; readonly ms?: number | undefined }
  /**
   * The connection is reset: when the 'request' has begun, in the middle of its 'body', when it has been 'sent' whole but
   * nobody has acted on it, or before the 'answer', when the server has acted. Requests to `/graphql` are read whole
   * before anything happens to them.
   */
  | {
      readonly kind: 'reset';
      readonly at: 'request' | 'body' | 'sent' | 'answer';
      readonly after?: number | undefined;
    }
  /**
   * Nothing moves for `ms`: before the 'request' is read, before the 'answer' begins, or in the middle of the answer's
   * 'body'. By default until `clear()` resets the connection.
   */
  | {
      readonly kind: 'stall';
      readonly at: 'request' | 'answer' | 'body';
      readonly ms?: number | undefined;
      readonly after?: number | undefined;
    }
  /** The answer's body ends too early, with a 'reset' or, as a proxy does that lost its server, an 'end', the default. */
  | {
      readonly kind: 'truncate';
      readonly after?: number | undefined;
      readonly by?: 'reset' | 'end' | undefined;
    }
  /** One byte of the request's or the answer's body is another one. */
  | { readonly kind: 'corrupt'; readonly what: 'request' | 'answer'; readonly after?: number | undefined }
  /** The first half of the answer's body, announced as all of it: half JSON. */
  | { readonly kind: 'half' }
  /** A web page in place of the answer; the server never sees the request. By default with 502. */
  | { readonly kind: 'page'; readonly status?: 200 | 502 | undefined }
  /** This answer; the server never sees the request. `retryAfter` is the header, in seconds or as a date. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly retryAfter?: number | string | undefined;
      readonly headers?: Readonly<Record<string, string>> | undefined;
      readonly body?: string | undefined;
    }
  /** The server gets the request twice, one after the other; the second answer counts. */
  | { readonly kind: 'duplicate' }
  /** The request's or the answer's body trickles, by default one byte a second. */
  | {
      readonly kind: 'slow';
      readonly what: 'request' | 'answer';
      readonly bytesPerSecond?: number | undefined;
    };

export type ProxyFaultKind = ProxyFault['kind'];

/** Which requests are hit, how often, and by what. */
export interface ProxyRule {
  /** @default all requests */
  readonly match?: FaultMatch | undefined;
  /** Of several, one is drawn for each request. One that needs a body isn't drawn for requests that have none. */
  readonly fault: ProxyFault | readonly ProxyFault[];
  /** How many matching requests pass before the first hit: `2` hits the third. @default 0 */
  readonly skip?: number | undefined;
  /** How many requests it hits. @default 1, with a `probability` Infinity */
  readonly times?: number | undefined;
  /** The chance of a request to be hit, from 0 to 1. @default 1 */
  readonly probability?: number | undefined;
}

/** A request that was hit. */
export interface ProxyHit extends Omit<FaultSubject, 'fields'> {
  readonly fault: ProxyFault;
}

const KINDS: Readonly<Record<ProxyFaultKind, true>> = {
  refuse: true,
  reset: true,
  stall: true,
  truncate: true,
  corrupt: true,
  half: true,
  page: true,
  status: true,
  duplicate: true,
  slow: true,
};

export const faultsOf = ({ fault }: ProxyRule): readonly ProxyFault[] => [fault].flat();

/** Throws a TypeError for what would never hit, or hit otherwise than was meant. */
export function checkRules(rules: readonly ProxyRule[]): void {
  for (const [index, rule] of rules.entries()) {
    const { probability = 1, times = 1, skip = 0 } = rule;
    const fail = (what: string): never => {
      throw new TypeError(`Rule ${index} of the faults: ${what}.`);
    };
    if (!(probability >= 0 && probability <= 1)) fail(`\`probability\` is from 0 to 1; got ${probability}`);
    if (!(times > 0) || !(skip >= 0)) fail('`times` must be positive, and `skip` not negative');
    const faults = faultsOf(rule);
    if (faults.length === 0) fail('`fault` is empty');
    for (const { kind } of faults) if (!Object.hasOwn(KINDS, kind)) fail(`there is no fault '${kind}'`);
  }
}

/** Does it do something to the request's body, so that a request without one can't be hit? */
export const needsBody = (fault: ProxyFault): boolean =>
  (fault.kind === 'reset' && (fault.at === 'body' || fault.at === 'sent')) ||
  ((fault.kind === 'corrupt' || fault.kind === 'slow') && fault.what === 'request');

import type { WireConfig } from '../../config/config.js';
import type { RequestEvent } from '../../contract/channels.js';
import {
  COUNT,
  COUNTS,
  FAILED,
  FIRST,
  FIRST_BUCKET,
  LATENCY_BOUNDS,
  MICROSECONDS,
  OPEN,
  RECEIVED,
  type RequestKind,
  SENT,
} from '../../contract/counters.js';
import type { Clock } from '../retry.js';
import { codesOf } from '../transport/network-failure.js';
import { type HttpRequest, type HttpResponse, inPlain, type Transport } from '../transport/transport.js';
import { isWireFailure } from '../wire-failure.js';

/** Where the exchanges of an owner are counted, and who hears of each. */
export interface Meter {
  readonly counts: BigInt64Array;
  /** Looked at behind each exchange: where nobody listens nothing is made of it. */
  readonly isHeard: () => boolean;
  readonly hear: (request: RequestEvent) => void;
}

/** Of who has none. */
export const ownMeter = (): Meter => ({
  counts: new BigInt64Array(COUNTS),
  isHeard: () => false,
  hear: () => {},
});

/**
 * An address as anybody may hear it: without its query and without user and password, for these are signatures and keys.
 */
export function withoutSecrets(address: string): string {
  if (!URL.canParse(address)) return 'no address';
  const { origin, pathname } = new URL(address);
  return pathname === '/' ? origin : origin + pathname;
}

/**
 * A transport whose exchanges are counted and told of: each when the last byte of its answer is here, or nothing more comes.
 * It decodes bodies, for what counts is what went over the network.
 *
 * @param debug hears a line of each
 */
export function withExchanges(
  transport: Transport,
  meter: Meter,
  clock: Clock,
  debug: (line: () => string) => void,
): Transport {
  return {
    ...transport,
    async send(request) {
      const exchange = new Exchange(request, meter, clock, debug);
      try {
        const answer = exchange.answered(await transport.send(exchange.watched()));
        return request.isAsSent ? answer : inPlain(answer);
      } catch (error) {
        exchange.fail(error);
        throw error;
      }
    },
  };
}

class Exchange {
  private readonly startedAt: number;
  /** Of a body whose progress is told. */
  private sent: number | null = null;
  private received = 0;
  private status: number | null = null;
  private isEnded = false;

  constructor(
    private readonly request: HttpRequest,
    private readonly meter: Meter,
    private readonly clock: Clock,
    private readonly debug: (line: () => string) => void,
  ) {
    this.startedAt = clock.now();
    Atomics.add(meter.counts, OPEN, 1n);
  }

  /** A body whose progress nobody wants is sent in another way, and at once. */
  watched(): HttpRequest {
    const { body } = this.request;
    if (!body?.onProgress) return this.request;
    const onProgress = (sent: number): void => {
      this.sent = sent;
      body.onProgress?.(sent);
    };
    return { ...this.request, body: { ...body, onProgress } };
  }

  answered(response: HttpResponse): HttpResponse {
    this.status = response.status;
    const discard = async (): Promise<void> => {
      try {
        await response.discard();
      } finally {
        this.end(null, null);
      }
    };
    return { ...response, body: this.counted(response.body), discard };
  }

  private async *counted(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for await (const part of body) {
        this.received += part.byteLength;
        yield part;
      }
    } catch (error) {
      this.fail(error);
      throw error;
    } finally {
      this.end(null, null);
    }
  }

  fail(error: unknown): void {
    const [code = 'EIO'] = isWireFailure(error) ? [error.code] : codesOf(error);
    const isGivenUp = this.request.signal?.aborted === true;
    const cause = (isWireFailure(error) && error.cause) || code;
    this.end(isGivenUp ? 'ECANCELED' : code, isGivenUp ? 'given up' : `no answer (${cause})`);
  }

  /** @param how it failed, in a line; null: it didn't */
  private end(error: string | null, how: string | null): void {
    if (this.isEnded) return;
    this.isEnded = true;
    const { request, status, received } = this;
    const { body, attempt = 1 } = request;
    const size = body?.kind === 'bytes' ? body.bytes.byteLength : (body?.size ?? 0);
    const sent = this.sent ?? (status === null ? 0 : size);
    const duration = this.clock.now() - this.startedAt;
    const kind = kindOf(request);
    this.count(kind, duration, error !== null || (status ?? 0) >= 400, sent);
    this.debug(() => `${nameOf(request)}: ${how ?? status} in ${Math.round(duration)} ms`);
    if (!this.meter.isHeard()) return;
    const [url, operation] = [withoutSecrets(request.url), request.operation?.name ?? null];
    const bytes = { sentBytes: sent, receivedBytes: received };
    this.meter.hear({ kind, operation, url, status, ...bytes, duration, attempt, error });
  }

  private count(kind: RequestKind, duration: number, isFailed: boolean, sent: number): void {
    const { counts } = this.meter;
    const first = FIRST[kind];
    const bucket = LATENCY_BOUNDS.findIndex((bound) => duration <= bound);
    Atomics.sub(counts, OPEN, 1n);
    Atomics.add(counts, first + SENT, BigInt(sent));
    Atomics.add(counts, first + RECEIVED, BigInt(this.received));
    Atomics.add(counts, first + MICROSECONDS, BigInt(Math.round(duration * 1000)));
    Atomics.add(counts, first + FIRST_BUCKET + (bucket < 0 ? LATENCY_BOUNDS.length : bucket), 1n);
    if (isFailed) Atomics.add(counts, first + FAILED, 1n);
    Atomics.add(counts, first + COUNT, 1n);
  }
}

const KINDS = { GET: 'get', PUT: 'put', POST: 'post' } as const;

const kindOf = ({ method, operation }: HttpRequest): RequestKind => operation?.kind ?? KINDS[method];

const nameOf = ({ method, url, operation }: HttpRequest): string =>
  `${method} ${withoutSecrets(url)}${operation ? ` ${operation.name}` : ''}`;

/** By which proxies requests go, a line each. */
export function proxiesUsed({ proxies }: WireConfig): readonly string[] {
  const { http = null, https = null } = proxies ?? {};
  return Object.entries({ http, https }).flatMap(([scheme, proxy]) => {
    if (!proxy) return [];
    const { origin, source, problem, isForAll } = proxy;
    const exceptions = isForAll ? '' : ', but to this machine and what NO_PROXY names';
    const way = problem === null ? `through the proxy ${origin} (${source})` : `nowhere: ${problem}`;
    return [`${scheme}: goes ${way}${exceptions}`];
  });
}

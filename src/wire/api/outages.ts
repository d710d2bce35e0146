import { LRUCache } from 'lru-cache';
import { type Clock, unevenly, unlessAborted } from '../retry.js';
import { networkFailure, type Peer } from '../transport/network-failure.js';
import type { HttpRequest, HttpResponse, Transport } from '../transport/transport.js';
import { WireFailure } from '../wire-failure.js';

/** Calls go again by themselves for so long, together; then nobody waits for the server any more. */
const PATIENCE_MS = 1500;
/** For the first time nobody asks so long, then twice as long after each probe that fails. */
const FIRST_REST_MS = 1000;
/** A probe that is refused costs nothing: a server that is back is found soon. */
const LONGEST_REST_MS = 5000;
/** One that waits for a connection costs its caller that time. */
const LONGEST_REST_AFTER_SLOW_MS = 30_000;
/** What was so long ago says nothing of now. */
const FORGOTTEN_MS = 60_000;
/** Origins that can't be reached at once. */
const MOST_OUTAGES = 1000;

/** An origin that can't be reached. Where all is well there is none. */
interface Outage {
  readonly since: number;
  failedAt: number;
  /** What calls get meanwhile; null: they still try. */
  failure: WireFailure | null;
  rests: number;
  /** When somebody may try again. */
  restsUntil: number;
  /** The one who tries; the others wait for what he finds. */
  probe: Promise<void> | null;
}

/**
 * A transport that knows which origins can't be reached (refused, no route, no such host, no connection in time). After
 * a moment of that, calls fail at once with the same failure; then one of them probes, and the first answer of any kind
 * ends it.
 */
export function withOutages(
  transport: Transport,
  options: {
    readonly clock: Clock;
    readonly peer: (address: string) => Peer;
    /** An origin can't be reached. */
    readonly onOutage: (origin: string, failure: WireFailure) => void;
  },
): Transport {
  const outages = new Outages(transport, options);
  return { ...transport, send: (request) => outages.send(request) };
}

class Outages {
  // A size of 1 each: `max` would set aside memory for all entries at once.
  private readonly known = new LRUCache<string, Outage>({ maxSize: MOST_OUTAGES, sizeCalculation: () => 1 });

  constructor(
    private readonly transport: Transport,
    private readonly options: Parameters<typeof withOutages>[1],
  ) {}

  async send(request: HttpRequest): Promise<HttpResponse> {
    const { clock } = this.options;
    const { origin } = new URL(request.url);
    for (;;) {
      const outage = this.known.get(origin);
      const now = clock.now();
      if (outage && now - outage.failedAt > FORGOTTEN_MS && !outage.probe) this.known.delete(origin);
      else if (outage?.failure) {
        if (now < outage.restsUntil) throw outage.failure;
        if (!outage.probe) return this.probe(origin, outage, request);
        await unlessAborted(outage.probe, request.signal);
        continue;
      }
      return this.exchange(origin, request);
    }
  }

  private async exchange(origin: string, request: HttpRequest): Promise<HttpResponse> {
    const { clock, peer } = this.options;
    const beganAt = clock.now();
    try {
      const response = await this.transport.send(request);
      this.known.delete(origin);
      return response;
    } catch (error) {
      // Who gave up has learned nothing.
      if (request.signal?.aborted) throw error;
      const failure = networkFailure(error, peer(request.url), request.signal);
      if (failure.fault === 'unreachable') throw this.failed(origin, failure, beganAt);
      this.known.delete(origin);
      throw failure;
    }
  }

  private failed(origin: string, failure: WireFailure, beganAt: number): WireFailure {
    const now = this.options.clock.now();
    const outage = this.known.get(origin) ?? {
      since: beganAt,
      failedAt: now,
      failure: null,
      rests: 0,
      restsUntil: 0,
      probe: null,
    };
    this.known.set(origin, outage);
    outage.failedAt = now;
    if (outage.failure === null && now - outage.since < PATIENCE_MS) return failure;
    // Others may have failed at the same time: that is one failure.
    if (outage.failure === null || now >= outage.restsUntil) {
      const isSlow = now - beganAt >= FIRST_REST_MS;
      const longest = isSlow ? LONGEST_REST_AFTER_SLOW_MS : LONGEST_REST_MS;
      const rest = Math.min(longest, FIRST_REST_MS * 2 ** outage.rests++);
      // It went away for all at once: they aren't to look for it all at once.
      outage.restsUntil = now + unevenly(rest, this.options.clock.random);
    }
    const { code, detail, cause } = failure;
    outage.failure = new WireFailure(code, detail, cause, 'down');
    this.options.onOutage(origin, outage.failure);
    return outage.failure;
  }

  private async probe(origin: string, outage: Outage, request: HttpRequest): Promise<HttpResponse> {
    let settle = (): void => {};
    outage.probe = new Promise((resolve) => {
      settle = resolve;
    });
    try {
      return await this.exchange(
        origin,
        this.tellingOfContact(request, () => {
          this.known.delete(origin);
          settle();
        }),
      );
    } finally {
      outage.probe = null;
      settle();
    }
  }

  /** A large upload that moves has found the server: nobody waits for its end. */
  private tellingOfContact(request: HttpRequest, onContact: () => void): HttpRequest {
    const { body } = request;
    if (!body) return request;
    // A small body is handed over whole, before there is a connection.
    let isMoving = false;
    void Promise.resolve().then(() => {
      isMoving = true;
    });
    const onProgress = (sent: number): void => {
      body.onProgress?.(sent);
      if (isMoving) onContact();
    };
    return { ...request, body: { ...body, onProgress } };
  }
}

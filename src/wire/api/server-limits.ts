import type { WireConfig } from '../../config/config.js';
import { type Clock, systemClock, unlessAborted } from '../retry.js';
import { RateLimit, Turns } from '../slots.js';
import { MOST_REQUESTS } from '../transport/transport.js';
import type { WireDependencies } from './api.js';
import { LearnedSizes } from './batching.js';

/** What not each server takes is asked for by one alone at first, of all who speak to it: it refuses once, not each of them. */
export class Trial {
  /** What may be asked for without trying it again. */
  private size = 0;
  private running: Promise<unknown> | null = null;

  isOver(size: number): boolean {
    return size <= this.size;
  }

  /**
   * Tries it, or waits for who does, however that goes.
   *
   * @param attempt resolves with the size that needs no other trial; null: it was given up
   */
  async run(signal: AbortSignal, attempt: () => Promise<number | null>): Promise<void> {
    if (this.running) return unlessAborted(this.running.then(ignored, ignored), signal);
    const trying = attempt();
    this.running = trying;
    try {
      this.size = (await trying) ?? this.size;
    } finally {
      this.running = null;
    }
  }
}

const ignored = (): void => {};

/** What one server takes: the rate of requests, how many at once, and how much one may ask for. */
export class ServerLimits {
  readonly rate: RateLimit;
  readonly requests = new Turns(MOST_REQUESTS);
  readonly sizes: LearnedSizes;
  /** Several runs in one document. */
  readonly severalRuns = new Trial();

  constructor(clock: Clock) {
    this.rate = new RateLimit(clock);
    this.sizes = new LearnedSizes(clock);
  }
}

/** By base URL and the way there, as long as somebody uses them. */
const known = new Map<string, { readonly limits: ServerLimits; users: number }>();

/**
 * The limits of a server, which all in this thread that reach it by the same way have in common until each has left: a proxy that
 * doesn't answer keeps no other's turns. Who brings a way or a time of their own may mean another server, and has limits of
 * their own.
 */
export function joinLimits(
  { baseUrl, proxies, isTlsVerified }: WireConfig,
  { clock = systemClock, fetch, dispatcher }: WireDependencies,
): { readonly limits: ServerLimits; leave(): void } {
  if (fetch || dispatcher || clock !== systemClock)
    return { limits: new ServerLimits(clock), leave: () => {} };
  const key = JSON.stringify([baseUrl, proxies, isTlsVerified]);
  const entry = known.get(key) ?? { limits: new ServerLimits(clock), users: 0 };
  known.set(key, entry);
  entry.users++;
  let isIn = true;
  return {
    limits: entry.limits,
    leave: () => {
      if (isIn && --entry.users === 0) known.delete(key);
      isIn = false;
    },
  };
}

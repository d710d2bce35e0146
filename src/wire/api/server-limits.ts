import { type Clock, RateLimit, systemClock } from '../retry.js';
import { Turns } from '../slots.js';
import { MOST_REQUESTS } from '../transport/transport.js';
import type { WireDependencies } from './api.js';
import { LearnedSizes } from './batching.js';

/** What one server takes: the rate of requests, how many at once, and how much one may ask for. */
export class ServerLimits {
  readonly rate: RateLimit;
  readonly requests = new Turns(MOST_REQUESTS);
  readonly sizes: LearnedSizes;

  constructor(clock: Clock) {
    this.rate = new RateLimit(clock);
    this.sizes = new LearnedSizes(clock);
  }
}

/** By base URL, as long as somebody uses them. */
const known = new Map<string, { readonly limits: ServerLimits; users: number }>();

/**
 * The limits of a server, which all in this thread that speak to it have in common until each has left. Who brings a way or a
 * time of their own may mean another server, and has limits of their own.
 */
export function joinLimits(
  baseUrl: string,
  { clock = systemClock, fetch, dispatcher }: WireDependencies,
): { readonly limits: ServerLimits; leave(): void } {
  if (fetch || dispatcher || clock !== systemClock)
    return { limits: new ServerLimits(clock), leave: () => {} };
  const entry = known.get(baseUrl) ?? { limits: new ServerLimits(clock), users: 0 };
  known.set(baseUrl, entry);
  entry.users++;
  let isIn = true;
  return {
    limits: entry.limits,
    leave: () => {
      if (isIn && --entry.users === 0) known.delete(baseUrl);
      isIn = false;
    },
  };
}

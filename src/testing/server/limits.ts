import { GraphQLError } from 'graphql';

/** No limit of the real service is documented; clients that ask for too much must halve and ask again. */
export function checkLimit(what: string, count: number, most: number): void {
  if (count > most) throw new GraphQLError(`Too many ${what} in one request: ${count} is more than ${most}.`);
}

/** A rate: so many requests in any one second, spread evenly after a burst. */
export class RateLimit {
  private tokens: number;
  private filledAt = Date.now();

  private readonly burst: number;

  constructor(private readonly perSecond: number) {
    this.burst = Math.max(1, perSecond);
    this.tokens = this.burst;
  }

  get isFinite(): boolean {
    return Number.isFinite(this.perSecond);
  }

  get remaining(): number {
    return Math.floor(this.tokens);
  }

  /** Zero if a request may pass now, else the seconds until one may. */
  take(): number {
    if (!this.isFinite) return 0;
    const now = Date.now();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.filledAt) / 1000) * this.perSecond);
    this.filledAt = now;
    if (this.tokens < 1) return (1 - this.tokens) / this.perSecond;
    this.tokens--;
    return 0;
  }
}

import { LRUCache } from 'lru-cache';
import type { Clock } from '../../../wire/retry.js';

/** Where the content of a file is. */
export interface Address {
  /** Signed, at the storage; ends by itself. */
  readonly direct: string;
  /** At the API, which asks for credentials and redirects. */
  readonly api: string | null;
}

interface Known extends Address {
  readonly version: string;
  /** When the server signed it, in milliseconds. */
  readonly at: number;
}

const MOST_BYTES = 8 * 1024 * 1024;
const OVERHEAD = 256;
/** URLs of the service are good for an hour. */
const FRESH_MS = 50 * 60_000;

/**
 * URLs that the server signed, bounded in bytes. Signing is slow at the server, so they are asked for when content is
 * wanted, and kept while they are good.
 */
export class AddressBook {
  private readonly known = new LRUCache<string, Known>({
    maxSize: MOST_BYTES,
    sizeCalculation: ({ direct, api }, key) => direct.length + (api?.length ?? 0) + key.length + OVERHEAD,
  });

  constructor(private readonly clock: Clock) {}

  /** @param version of the content; another one at the same key has another address */
  remember(key: string, version: string, { direct, api }: Address): void {
    this.known.set(key, { direct, api, version, at: this.clock.now() });
  }

  /** The address that is known and fresh, if any. */
  peek(key: string, version: string): Address | null {
    const known = this.known.get(key);
    const isGood = known?.version === version && this.clock.now() - known.at < FRESH_MS;
    return isGood ? known : null;
  }

  forget(key: string): void {
    this.known.delete(key);
  }
}

import type { WireConfig } from '../../config/config.js';
import { proxyFor } from './proxy-choice.js';

/** What is talked to, in messages: no key, no query. */
export interface Peer {
  /** Without its query, which may be a signature. */
  readonly address: string;
  readonly baseUrl: string;
  /** Where the key was found; null for requests that carry none. */
  readonly keySource: string | null;
  /** What to say of a certificate that isn't trusted. */
  readonly trustHint: string;
  /** The proxy on the way, as it may be shown; null: there is none. */
  readonly proxy: string | null;
}

export function peerOf(config: WireConfig, address: string): Peer {
  const { baseUrl, keySource, trustHint, proxies } = config;
  return { address, baseUrl, keySource, trustHint, proxy: proxyFor(proxies, address)?.origin ?? null };
}

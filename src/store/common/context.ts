import { BatchSizes, retryableAtSize } from '../../wire/api/batching.js';
import type { CallOptions, WireClient } from '../../wire/api/client.js';
import { Transfers } from '../../wire/transfer/transfer.js';
import { Features } from './features.js';

/** What the parts of any store share: the wire, the batch sizes that worked, the server's features. */
export class StoreContext {
  readonly sizes: BatchSizes;
  readonly transfers: Transfers;
  readonly features: Features;

  constructor(readonly client: WireClient) {
    this.sizes = new BatchSizes(client.api.clock, client.config.timeouts.call);
    this.transfers = new Transfers(client.api);
    this.features = new Features(client);
  }

  /** Where a server that keeps its own storage leads to: its addresses are paths. */
  absolute(url: string): string {
    return url.startsWith('/') ? this.client.address(url) : url;
  }

  /** Options of a call whose batch holds `size` items. */
  sized(size: number, signal: AbortSignal | undefined): CallOptions {
    return { signal, isRetryable: retryableAtSize(size) };
  }
}

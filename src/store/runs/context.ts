import { LRUCache } from 'lru-cache';
import { BatchSizes, retryableAtSize } from '../../wire/batching.js';
import type { CallOptions, WireClient } from '../../wire/client.js';
import { Transfers } from '../../wire/transfer.js';
import type { TreePath } from '../contract.js';

const MOST_RUNS = 10_000;

/** What the parts of the runs store share: the wire, the batch sizes that worked, the projects' numbers. */
export class RunsContext {
  readonly sizes: BatchSizes;
  readonly transfers: Transfers;
  private readonly numbers = new LRUCache<TreePath, number>({ max: MOST_RUNS });

  constructor(readonly client: WireClient) {
    const { clock } = client.api;
    this.sizes = new BatchSizes(clock, client.config.timeouts.call);
    this.transfers = new Transfers(client.api);
  }

  /** Options of a call whose batch holds `size` items. */
  sized(size: number, signal: AbortSignal | undefined): CallOptions {
    return { signal, isRetryable: retryableAtSize(size) };
  }

  /** The number of a run's project, which `deleteFiles` takes; null if it isn't known. */
  projectNumber(unit: TreePath): number | null {
    return this.numbers.get(unit) ?? null;
  }

  /** @param projectId an integer as text; nothing is kept of a server's that has others */
  learnProject(unit: TreePath, projectId: string): void {
    const number = Number.parseInt(projectId, 10);
    if (!Number.isNaN(number)) this.numbers.set(unit, number);
  }
}

import { REQUESTS } from '../../contract/channels.js';
import { COUNTS, HEARD, type RemoteCounters, remoteCounters } from '../../contract/counters.js';

/** What the owners of one remote count, one after the other if a thread dies, and whether they tell of each request. */
export class OwnerCounts {
  readonly buffer = new SharedArrayBuffer(COUNTS * BigInt64Array.BYTES_PER_ELEMENT);
  private readonly counts = new BigInt64Array(this.buffer);
  private isHeard = false;

  /**
   * Nobody is told when somebody begins to listen, or stops: so it is looked for with each message, before it is sent and
   * when it is received.
   */
  look(): void {
    const { hasSubscribers } = REQUESTS;
    if (hasSubscribers === this.isHeard) return;
    this.isHeard = hasSubscribers;
    Atomics.store(this.counts, HEARD, hasSubscribers ? 1n : 0n);
  }

  shown(uploadsQueued: number): RemoteCounters {
    return remoteCounters(this.counts, uploadsQueued);
  }
}

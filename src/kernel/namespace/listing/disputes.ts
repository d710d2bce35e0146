import type { Moment, Timeline } from '../../timeline.js';

/**
 * Names of which answers contradict each other: listings may lag behind look-ups by name, and a page behind another. The
 * newer content counts as long as the answer that told of it is believed; from then on whatever is told.
 */
export class Disputes {
  /** From when the age of the answer with the newest content counts, by name. */
  private readonly since = new Map<string, number>();

  constructor(private readonly timeline: Pick<Timeline, 'now' | 'ttl'>) {}

  /**
   * An answer tells of older content than `known`, an earlier answer or another part of itself. Is that believed still?
   */
  isKept(
    relative: string,
    known: { readonly seenAt: number; readonly seenEpoch: number },
    sent: Moment,
  ): boolean {
    const since = this.since.get(relative) ?? known.seenAt;
    if (known.seenEpoch !== sent.epoch && this.timeline.now() - since >= this.timeline.ttl) {
      this.end(relative);
      return false;
    }
    this.since.set(relative, since);
    return true;
  }

  /** Answers agree. */
  end(relative: string): void {
    this.since.delete(relative);
  }
}

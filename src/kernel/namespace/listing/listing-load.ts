import type { Entries } from '../../../contract/entry-page.js';
import type { Operation } from '../../operation/operation.js';
import type { Moment } from '../../timeline.js';
import { type Begun, ListingMerge } from './knowledge.js';
import { SETTLE_MS } from './pins.js';
import type { Scope } from './scope.js';

/** Merges a listing that comes page by page, from its beginning or from behind the first page. */
export class ListingLoad {
  private merge: ListingMerge | null;

  constructor(
    private readonly scope: Scope,
    /** The first page, with which what comes behind it is a listing as old as that. */
    private readonly begun: Begun | null,
  ) {
    this.merge = begun?.merge ?? null;
  }

  page(entries: Entries, learned: Moment): void {
    if (this.isUsable(learned)) this.mergeOf(learned).page(entries, this.asOld(learned));
  }

  end(entries: Entries, learned: Moment): void {
    const { begun, scope } = this;
    const isUsable = this.isUsable(learned);
    if (begun && scope.known.begun === begun) scope.known.begun = null;
    if (!isUsable) return;
    const merge = this.mergeOf(learned);
    merge.page(entries, this.asOld(learned));
    merge.end(this.asOld(learned));
  }

  private mergeOf(learned: Moment): ListingMerge {
    this.merge ??= new ListingMerge(this.scope, learned);
    return this.merge;
  }

  /**
   * Where changes were pinned when the first page came, and it is older than pins are kept, it may not know of them: then
   * the listing is asked for from its beginning.
   */
  private isUsable(learned: Moment): boolean {
    const { begun } = this;
    if (begun === null) return true;
    const isSettled = !begun.isPinned || learned.at - begun.learned.at < SETTLE_MS;
    return this.scope.known.begun === begun && isSettled;
  }

  private asOld(learned: Moment): Moment {
    return this.begun ? { ...learned, epoch: this.begun.learned.epoch } : learned;
  }
}

/**
 * The first page of the listing of a directory, for the call that has asked for it: a server that counts rows would leave
 * some out where others go between two pages, so these follow each other at once.
 */
export function beginningOf({ freshness }: Operation, { known: { begun } }: Scope): Begun | null {
  return begun && begun.learned.arrived > freshness.epoch ? begun : null;
}

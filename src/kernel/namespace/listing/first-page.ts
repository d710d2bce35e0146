import type { Entry } from '../../../contract/entry.js';
import type { Moment } from '../../timeline.js';
import type { Begun } from './knowledge.js';
import { SETTLE_MS } from './pins.js';
import type { Scope } from './scope.js';

/**
 * Merges what comes behind the first page, with which it is a listing as old as that. Where changes were pinned then, and it is
 * older than pins are kept, it may not know of them: then it is asked for from its beginning.
 */
export function mergeRest(scope: Scope, begun: Begun, entries: readonly Entry[], learned: Moment): void {
  const { known } = scope;
  const isSettled = !begun.isPinned || learned.at - begun.learned.at < SETTLE_MS;
  const isUsable = known.begun === begun && isSettled;
  known.begun = null;
  if (!isUsable) return;
  scope.mergeListing([...begun.entries, ...entries], true, { ...learned, epoch: begun.learned.epoch });
}

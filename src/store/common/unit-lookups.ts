import type { Lookup, Signalled, TreePath } from '../contract.js';
import { isFailure } from '../failure.js';
import { TurnBatch } from './turn-batch.js';
import { NOTHING } from './upper-levels.js';

/** One look-up at or below a unit. */
export interface Question {
  /** The server's name of a file; null asks for the unit itself. */
  readonly file: string | null;
  readonly hasListing: boolean;
}

export type LookupOptions = Signalled & { readonly listing: boolean };

/** Puts all that is asked of a unit in one turn into one request. */
export const unitLookups = (
  ask: (unit: TreePath, questions: readonly Question[], signal: AbortSignal) => Promise<readonly Lookup[]>,
): TurnBatch<Question, Lookup> =>
  new TurnBatch({
    ask,
    keyOf: ({ file, hasListing }) => `${hasListing} ${file === null ? '' : `:${file}`}`,
    // An answer must be newer than the question.
    canJoinLate: false,
  });

/** Most servers answer null for what isn't there, some with a failure. */
export async function nothingIfMissing(look: () => Promise<Lookup>): Promise<Lookup> {
  try {
    return await look();
  } catch (error) {
    if (isFailure(error) && error.code === 'ENOENT') return NOTHING;
    throw error;
  }
}

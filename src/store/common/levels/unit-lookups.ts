import type { Lookup } from '../../../contract/entry.js';
import { type Failure, isFailure } from '../../../contract/failure.js';
import type { TreePath } from '../../../contract/tree-path.js';
import type { Signalled } from '../../../contract/uploads.js';
import { TurnBatch } from '../turn-batch.js';
import { NOTHING } from './upper-levels.js';

/** One look-up at or below a unit. */
export interface Question {
  /** The server's name of a file; null asks for the unit itself. */
  readonly file: string | null;
  readonly hasListing: boolean;
}

/** What one question came to: others of the same request may fare otherwise. */
export type Outcome = Lookup | Failure;

export type LookupOptions = Signalled & { readonly listing: boolean };

/** Puts all that is asked of a unit in one turn into one request. */
export const unitLookups = (
  ask: (unit: TreePath, questions: readonly Question[], signal: AbortSignal) => Promise<readonly Outcome[]>,
): TurnBatch<Question, Outcome> =>
  new TurnBatch({
    ask,
    keyOf: ({ file, hasListing }) => `${hasListing} ${file === null ? '' : `:${file}`}`,
    // An answer must be newer than the question.
    canJoinLate: false,
  });

/** Most servers answer null for what isn't there, some with a failure. */
export async function nothingIfMissing(look: () => Promise<Outcome>): Promise<Lookup> {
  try {
    const outcome = await look();
    if (isFailure(outcome)) throw outcome;
    return outcome;
  } catch (error) {
    if (isFailure(error) && error.code === 'ENOENT') return NOTHING;
    throw error;
  }
}

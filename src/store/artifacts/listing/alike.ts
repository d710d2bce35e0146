import type { Alike } from '../../../contract/entry.js';
import type { TreePath } from '../../../contract/tree-path.js';
import type { Signalled } from '../../../contract/uploads.js';
import { withDeadline } from '../../../wire/retry.js';
import { ALIKE_MS, alikeInListing } from '../../common/levels/alike.js';
import { placeOf } from '../places.js';
import type { Listings } from './listings.js';

/** What may have been meant by the name of a project, type or collection that isn't there. */
export async function alikeArtifacts(
  listings: Listings,
  path: TreePath,
  { signal }: Signalled,
): Promise<Alike | null> {
  const { names, unit } = placeOf(path);
  // Versions have numbers.
  if (names.length < 2 || unit !== null) return null;
  return withDeadline(ALIKE_MS, signal, (bounded) =>
    alikeInListing(path, (parent) => listings.list(parent, bounded)),
  );
}

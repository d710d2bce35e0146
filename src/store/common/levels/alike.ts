import type { Alike, Entry } from '../../../contract/entry.js';
import { isFailure } from '../../../contract/failure.js';
import type { TreePath } from '../../../contract/tree-path.js';
import { parentOf } from '../../../contract/tree-path.js';

/** For a message nobody waits longer, in milliseconds. */
export const ALIKE_MS = 3000;

export const NONE_ALIKE: Alike = { isParentMissing: false, spelt: [], titled: [] };

/** Names that differ only in case, on the first page of the directory's listing. Null where the name itself is on it. */
export async function alikeInListing(
  path: TreePath,
  list: (path: TreePath) => AsyncIterable<readonly Entry[]>,
): Promise<Alike | null> {
  const name = path.toLowerCase();
  try {
    for await (const page of list(parentOf(path))) {
      if (page.some((entry) => entry.path === path)) return null;
      const spelt = page.filter((entry) => entry.path.toLowerCase() === name);
      return { ...NONE_ALIKE, spelt: spelt.map((entry) => entry.path.slice(parentOf(path).length + 1)) };
    }
    return NONE_ALIKE;
  } catch (error) {
    if (isFailure(error) && error.code === 'ENOENT') return { ...NONE_ALIKE, isParentMissing: true };
    throw error;
  }
}

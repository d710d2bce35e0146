import { type ErrnoCode, Failure } from '../../contract/failure.js';
import type { Store } from '../../contract/store.js';
import { TurnBatch } from '../../store/common/turn-batch.js';
import { failureOf } from '../protocol.js';

type Removed = Parameters<NonNullable<Store['remove']>>[0];

/** Failures that speak of a file, not of the connection. */
const OF_ONE_FILE: readonly ErrnoCode[] = ['EACCES', 'EPERM', 'EINVAL', 'ENOENT'];

/** Removes files; the removals of one turn are one request. */
export function createRemovals(
  store: Pick<Store, 'remove'>,
  signal: AbortSignal,
): (files: Removed) => Promise<null> {
  const remove = async (files: Removed): Promise<null> => {
    if (!store.remove) throw new Failure('EROFS');
    await store.remove(files, { signal });
    return null;
  };
  let serial = 0;
  const batch = new TurnBatch<Removed, null>({
    ask: async (_, removals) => {
      try {
        await remove(removals.flat());
        return removals.map(() => null);
      } catch (thrown) {
        const isOfOne = thrown instanceof Failure && OF_ONE_FILE.includes(thrown.code);
        if (removals.length === 1 || !isOfOne) throw thrown;
        const outcomes: (null | Failure)[] = [];
        for (const files of removals) outcomes.push(await remove(files).catch(failureOf));
        return outcomes;
      }
    },
    keyOf: () => String(++serial),
    canJoinLate: false,
  });
  return (files) => batch.add('', files, undefined);
}

import { Failure } from '../../contract/failure.js';
import type { FailedUpload } from '../../contract/remote.js';

const MOST_NAMED = 5;

/** What becomes of the content, where somebody may flush again. */
const STAYS = 'the content is kept and tried again, by itself and at the next flush';

/** Who closes flushes no more; the filesystem stays open then. @param journal its directory */
export const outlookOfClose = (journal: string | null): string =>
  'the filesystem stays open, and the content is tried again while this process runs, by itself and by another close(); ' +
  (journal === null
    ? 'what is left when the process ends is lost, for there is no `journal`'
    : `what is left when the process ends lies in the journal in ${journal}, and the next start sends it`);

/** What a point of durability fails with: EIO that names the files and why. */
export function flushFailure(failed: readonly FailedUpload[], outlook = STAYS): Failure {
  const named = failed
    .slice(0, MOST_NAMED)
    .map(({ path, failure }) => `${path}: ${failure.detail ?? failure.cause ?? failure.code}`);
  const more = failed.length > MOST_NAMED ? `; and ${failed.length - MOST_NAMED} more` : '';
  return new Failure(
    'EIO',
    `${failed.length} upload${failed.length === 1 ? '' : 's'} failed; ${outlook}. ${named.join('; ')}${more}`,
    failed[0]?.failure.cause ?? failed[0]?.failure.code ?? null,
  );
}

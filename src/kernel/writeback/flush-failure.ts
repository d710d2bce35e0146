import type { FailedUpload } from '../../io/remote.js';
import { Failure } from '../../store/failure.js';

const MOST_NAMED = 5;

/** What a point of durability fails with: EIO that names the files and why. */
export function flushFailure(failed: readonly FailedUpload[]): Failure {
  const named = failed
    .slice(0, MOST_NAMED)
    .map(({ path, failure }) => `${path}: ${failure.detail ?? failure.cause ?? failure.code}`);
  const more = failed.length > MOST_NAMED ? `; and ${failed.length - MOST_NAMED} more` : '';
  return new Failure(
    'EIO',
    `${failed.length} upload${failed.length === 1 ? '' : 's'} failed; the content is kept and tried again, by itself and at the next flush. ${named.join('; ')}${more}`,
    failed[0]?.failure.cause ?? failed[0]?.failure.code ?? null,
  );
}

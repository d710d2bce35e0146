import { Failure } from '../../contract/failure.js';
import type { FailedUpload } from '../../contract/remote.js';
import type { Core } from '../core.js';
import type { Inode } from '../namespace/inode.js';
import type { Load } from '../operation/load.js';
import { Fault, type Operation } from '../operation/operation.js';

export interface FlushProgress {
  readonly of: 'flush';
  /** The files that are waited for, whatever the restart passes; null: all. */
  readonly wanted: readonly Inode[] | null;
  isFlushed: boolean;
  failed: readonly FailedUpload[];
}

/** What becomes of the content, where somebody may flush again. */
const STAYS = 'the content is kept and tried again, by itself and at the next flush';

/**
 * Returns when what these files hold is durable. EIO that names what failed and why; it stays dirty and is tried
 * again.
 *
 * @param inodes null: all, what is still open for writing included
 * @param outlook what becomes of content whose upload failed
 */
export function flush(core: Core, op: Operation, inodes: readonly Inode[] | null, outlook = STAYS): void {
  const progress: FlushProgress =
    op.progress?.of === 'flush' ? op.progress : { of: 'flush', wanted: inodes, isFlushed: false, failed: [] };
  op.progress = progress;
  const { wanted, failed } = progress;
  if (progress.isFlushed) {
    if (failed.length > 0) throw flushFailure(failed, outlook);
    return;
  }
  core.writeback.submitForFlush(wanted);
  const inos = wanted?.map((inode) => core.numbers.of(inode)) ?? null;
  const start = (): Load => {
    // Every flush is its own request: one that began before a submit doesn't speak of it.
    const key = `flush#${core.timeline.tick().epoch}`;
    return core.loads.start(key, 'flush', { inos }, (value, failure) => {
      progress.isFlushed = value !== null;
      progress.failed = value?.failed ?? [];
      return failure;
    });
  };
  throw new Fault(`flush:${inos?.join() ?? ''}`, start);
}

const MOST_NAMED = 5;

/** What a point of durability fails with: EIO that names the files and why. */
function flushFailure(failed: readonly FailedUpload[], outlook: string): Failure {
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

/** Who closes flushes no more; the filesystem stays open then. @param journal its directory */
export const outlookOfClose = (journal: string | null): string =>
  'the filesystem stays open, and the content is tried again while this process runs, by itself and by another close(); ' +
  (journal === null
    ? 'what is left when the process ends is lost, for there is no `journal`'
    : `what is left when the process ends lies in the journal in ${journal}, and the next start sends it`);

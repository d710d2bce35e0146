import { Failure } from '../store/failure.js';
import type { Core } from './core.js';
import type { OpenFile } from './descriptors.js';
import type { Operation } from './operation.js';
import { find } from './resolve.js';

/**
 * Called when the storage's bytes weren't those that the listing promised: looks the name up anew. An open file of
 * which nothing was read yet becomes the new version; one that was read from is ESTALE (a new open sees the new
 * version). The same version listed twice, and twice other bytes: the content is broken, EIO.
 */
export function mendStaleness(core: Core, op: Operation, file: OpenFile): void {
  const { local, entry } = file.inode;
  const staleness = local?.staleness;
  if (!local || !staleness) return;
  if (entry !== staleness.entry) {
    // It was renamed, or listed anew, since the bytes were asked for.
    local.staleness = null;
    return;
  }
  if (staleness.times > 1) {
    local.staleness = null;
    throw new Failure(
      'EIO',
      staleness.failure.detail ?? 'The content differs from what the server lists.',
      staleness.failure.cause,
    );
  }
  const path = file.inode.parent ? file.inode.path : file.path;
  if (!staleness.isAskedAnew) {
    staleness.isAskedAnew = true;
    core.scopeOfName(path)?.scope.expire(core.currentEpoch);
    file.inode.seenAt = Number.NEGATIVE_INFINITY;
    op.renew(core.currentEpoch);
  }
  const named = find(core, op, path);
  if (named === file.inode) {
    // The same content under a new tag, or a broken transfer: once more, without the old tag.
    local.etag = null;
    local.staleness = file.inode.entry ? { ...staleness, entry: file.inode.entry } : null;
    return;
  }
  if (file.hasRead || !named || named.isDirectory) {
    throw new Failure('ESTALE', 'The file was changed on the server while it was open here; open it again.');
  }
  const now = named.ensureLocal();
  now.opens++;
  local.opens--;
  if (file.canWrite) {
    now.writers++;
    local.writers--;
  }
  file.inode = named;
}

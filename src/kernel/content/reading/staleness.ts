import type { Entry } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import type { TreePath } from '../../../contract/tree-path.js';
import type { Core } from '../../core.js';
import type { Inode } from '../../namespace/inode.js';
import { find } from '../../namespace/resolve.js';
import type { Fault, Operation } from '../../operation/operation.js';
import type { OpenFile } from '../open-files.js';

/** The storage answered with other bytes than the listing promised. */
export interface Staleness {
  readonly entry: Entry;
  readonly failure: Failure;
  readonly times: number;
  /** The name is being looked up again, because of this answer. */
  isAskedAnew: boolean;
}

/**
 * Called when the storage's bytes weren't those that the listing promised: looks the name up anew. An open file of
 * which nothing was read yet becomes the new version; one that was read from is ESTALE (a new open sees the new
 * version). The same version listed twice, and twice other bytes: either the listing lags behind an upload, then the
 * storage vouches for its bytes and they are the new version; or the content is broken, EIO.
 */
export function mendStaleness(core: Core, op: Operation, file: OpenFile): void {
  const { inode } = file;
  const named = lookedUpAnew(core, op, inode, file.path);
  if (named === inode) return;
  if (file.hasRead || !named || named.isDirectory) {
    throw new Failure('ESTALE', 'The file was changed on the server while it was open here; open it again.');
  }
  const local = inode.ensureLocal();
  const now = named.ensureLocal();
  now.opens++;
  local.opens--;
  if (file.canWrite) {
    now.writers++;
    local.writers--;
  }
  file.inode = named;
}

/** What a name stands for, looked up anew if the storage answered with other bytes than were listed under it. */
export function lookedUpAnew(
  core: Core,
  op: Operation,
  inode: Inode,
  formerPath: TreePath,
): Inode | undefined {
  const { local, entry } = inode;
  const staleness = local?.staleness;
  if (!local || !staleness) return inode;
  if (!entry || entry.version !== staleness.entry.version || entry.path !== staleness.entry.path) {
    // It was renamed, or listed with other content, since the bytes were asked for.
    local.staleness = null;
    return inode;
  }
  const path = inode.parent ? inode.path : formerPath;
  if (staleness.times > 1) throw newestFault(core, inode, staleness, path);
  if (!staleness.isAskedAnew) {
    staleness.isAskedAnew = true;
    core.names.scopeOfName(path)?.scope.known.expire(core.timeline.epoch);
    inode.expire();
    op.renew(core.timeline.epoch);
  }
  const named = find(core, op, path);
  if (named !== inode) return named ?? undefined;
  // The same content under a new tag, or a broken transfer: once more, without the old tag.
  inode.etag = null;
  local.staleness = inode.entry ? { ...staleness, entry: inode.entry } : null;
  return inode;
}

/** Asks for the file as the storage has it; a large one can't be vouched for by what a cache may hold of it. */
function newestFault(core: Core, inode: Inode, { entry, failure }: Staleness, path: TreePath): Fault {
  const local = inode.ensureLocal();
  const broken = new Failure(
    'EIO',
    failure.detail ?? 'The content differs from what the server lists.',
    failure.cause,
  );
  const limit = core.pages.windowBlocks * core.pages.blockBytes;
  return core.loads.fault(`newest:${path}`, 'readNewest', { entry, limit }, (content, refusal) => {
    local.staleness = null;
    local.mismatches = 0;
    if (!content) return refusal?.code === 'EBADMSG' || refusal?.code === 'ESTALE' ? broken : refusal;
    core.pages.received(content.bytes);
    const { md5, size } = content;
    const newest = { ...entry, md5, size, version: `md5:${md5}` };
    core.pages.keep(newest, 0, content.bytes);
    const place = core.names.scopeOfName(path);
    place?.scope.mergeName(place.relative, newest, core.timeline.tick());
    // As an upload of our own it stays until a listing agrees: the next one may lag, too. Pinned last, for what is
    // merged after a pin ends it.
    core.names.pin(path, newest.version, [entry.version]);
    return null;
  });
}

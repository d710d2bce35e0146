import { Failure } from '../../../contract/failure.js';
import { splitPath } from '../../../contract/tree-path.js';
import type { Core } from '../../core.js';
import { Inode } from '../../namespace/inode.js';
import type { Operation } from '../../operation/operation.js';
import { flush } from '../../writeback/flush.js';
import type { OpenFile } from '../open-files.js';
import { readPage } from '../reading/read.js';
import { mendStaleness } from '../reading/staleness.js';
import { noteMismatch, WholeRead } from '../reading/whole-read.js';

/** The primitives that change the content of an open file. It is copied up from the server at the first change. */
export function write(
  core: Core,
  op: Operation,
  fd: number,
  bytes: Uint8Array,
  position: number | null,
): number {
  const file = core.descriptors.get(fd);
  if (!file.canWrite) throw new Failure('EBADF');
  if (bytes.byteLength === 0) return 0;
  prepare(core, op, file, bytes.byteLength);
  const at = file.isAppending ? (file.inode.size ?? 0) : (position ?? file.position);
  reclaimName(core, file.inode);
  const count = core.overlay.write(file.inode, bytes, at);
  core.writeback.markDirty(file.inode);
  if (position === null) file.position = at + count;
  return count;
}

export function ftruncate(core: Core, op: Operation, fd: number, length: number): void {
  const file = core.descriptors.get(fd);
  if (!file.canWrite) throw new Failure('EINVAL');
  if (length > 0) prepare(core, op, file, length);
  reclaimName(core, file.inode);
  if (length === 0) {
    makeEmpty(core, file.inode);
    return;
  }
  core.overlay.truncate(file.inode, length);
  core.writeback.markDirty(file.inode);
}

export function fsync(core: Core, op: Operation, fd: number): void {
  const { inode } = core.descriptors.get(fd);
  if (inode.parent && inode.isDirty) core.keeping.record(inode);
  if (op.progress?.of === 'flush' || inode.isPending) flush(core, op, [inode]);
}

export function makeEmpty(core: Core, inode: Inode): void {
  core.overlay.empty(inode);
  core.overlay.dropCopyUp(inode);
  core.writeback.markDirty(inode);
}

/** Copies the content up from the server, so that it can outlive its name. */
export function bringIn(core: Core, op: Operation, inode: Inode): void {
  const local = inode.ensureLocal();
  const isHopeless = !local.content && (local.staleness?.times ?? 0) > 1;
  if (!isHopeless && copyUp(core, op, inode)) return;
  throw new Failure('EIO', local.staleness?.failure.detail, local.staleness?.failure.cause);
}

/** Waits until the content is here, and there is room for so many bytes more. */
function prepare(core: Core, op: Operation, file: OpenFile, bytes: number): void {
  do {
    if (file.inode.local?.staleness && !file.inode.local.content) mendStaleness(core, op, file);
  } while (!copyUp(core, op, file.inode));
  waitForSpool(core, op, bytes);
}

/**
 * Page by page, by however many restarts; several callers share the copy. False: it wasn't what is listed, and has to
 * be looked up again; what would be changed and sent must not be another content.
 */
function copyUp(core: Core, op: Operation, inode: Inode): boolean {
  const local = inode.ensureLocal();
  if (local.content) return true;
  const version = inode.version ?? '';
  // The copy grows in an inode of its own: until it is whole nobody may take it for the content.
  if (local.copyUp?.version !== version) {
    core.overlay.dropCopyUp(inode);
    const copy = new Inode('file', null);
    core.overlay.give(copy, core.overlay.makeEmpty());
    local.copyUp = { version, into: copy, whole: null };
  }
  const { copyUp } = local;
  const { into } = copyUp;
  const chunk = new Uint8Array(core.pages.blockBytes);
  for (;;) {
    const at = into.size ?? 0;
    const count = readPage(core, op, { inode, readAhead: null }, at, chunk);
    if (count === 0) break;
    // Only here: the first page tells the size, where nobody knew it.
    if (at === 0) copyUp.whole = inode.entry && WholeRead.begin(inode.entry, chunk.byteLength);
    for (let done = 0; done < count; )
      done += core.overlay.write(into, chunk.subarray(done, count), into.size ?? 0);
    if (copyUp.whole?.add(chunk.subarray(0, count)) !== false) continue;
    core.overlay.dropCopyUp(inode);
    noteMismatch(core, op, inode);
    return false;
  }
  local.content = into.ensureLocal().content;
  local.copyUp = null;
  local.mismatches = 0;
  return true;
}

/** Writers wait while the disk budget for content on its way is used up. */
function waitForSpool(core: Core, op: Operation, bytes: number): void {
  if (core.overlay.files.spooledBytes <= core.options.spoolBytes || bytes === 0) return;
  if (op.hasLoaded('spool')) {
    throw new Failure('ENOSPC', 'Local content reached `spoolBytes` and none of it could be uploaded.');
  }
  core.writeback.submitPostponed();
  throw core.loads.fault('spool', 'flush', { inos: null }, (_value, failure) => failure);
}

/**
 * A listing took this open file's name away, because somebody else removed or replaced it; now it is written to, and
 * the last writer wins: it has its name again. ESTALE where it can't, since the run is gone or the name was changed
 * here since: what is written could not be sent.
 */
function reclaimName(core: Core, inode: Inode): void {
  const displaced = inode.local?.displaced;
  if (inode.parent || !displaced) return;
  const place = core.names.scopeOfName(displaced.path);
  const current = place?.scope.childAt(place.relative);
  if (current !== displaced.by || !place || place.scope.root.depth < core.unitDepth) {
    const unit = core.shape.levels.at(-1)?.name;
    throw new Failure('ESTALE', `Somebody else removed the file, or its ${unit}, while it was open here.`);
  }
  inode.ensureLocal().displaced = null;
  const { parent, name } = splitPath(displaced.path);
  inode.entry = current?.entry ?? null;
  current?.detach();
  inode.attach(core.names.directoryAt(parent), name);
}

import { constants } from 'node:fs';
import { Failure } from '../contract/failure.js';
import type { TreePath } from '../contract/tree-path.js';
import { readPage } from './content/reading/pages.js';
import { mendStaleness } from './content/reading/staleness.js';
import { noteMismatch, WholeRead } from './content/reading/whole-read.js';
import type { Core } from './core.js';
import { ACCESS_MODE, OpenFile } from './descriptors.js';
import { Inode } from './namespace/inode.js';
import { find, resolveParent } from './namespace/resolve.js';
import { Fault, type Operation } from './operation/operation.js';
import type { Writeback } from './writeback/writeback.js';

const { O_CREAT, O_DIRECTORY, O_DSYNC, O_EXCL, O_NOFOLLOW, O_RDONLY, O_SYNC, O_TRUNC } = constants;

/** The primitives of content: open to close. */
export class Files {
  constructor(
    private readonly core: Core,
    private readonly writeback: Writeback,
  ) {}

  open(op: Operation, path: TreePath, flags: number, mode: number): number {
    if ((flags & O_CREAT) !== 0 && path.endsWith('/')) {
      resolveParent(this.core, op, path);
      throw new Failure('EISDIR');
    }
    const found = find(this.core, op, path, (flags & O_NOFOLLOW) !== 0);
    const inode = found ? this.admit(found, flags) : this.create(op, path, flags, mode);
    const file = new OpenFile(inode, inode.path, flags);
    this.core.overlay.hold(inode);
    if (found && (flags & O_TRUNC) !== 0) this.makeEmpty(inode);
    else this.dropUnusable(inode);
    const local = inode.ensureLocal();
    local.opens++;
    if (file.canWrite) local.writers++;
    return this.core.descriptors.add(file);
  }

  close(op: Operation, fd: number): void {
    if (op.state !== undefined) {
      // The fd is closed already; what is left is to wait for the upload.
      this.writeback.flush(op, null);
      return;
    }
    const { inode, canWrite, flags } = this.release(fd);
    const isThrough =
      canWrite && (this.core.options.writeback === 'through' || (flags & (O_SYNC | O_DSYNC)) !== 0);
    if (isThrough && inode.isPending) this.writeback.flush(op, [inode]);
  }

  /** Closes an fd and hands over what it leaves dirty; waits for nothing. */
  release(fd: number): OpenFile {
    const file = this.core.descriptors.remove(fd);
    const { inode, canWrite } = file;
    const local = inode.ensureLocal();
    local.opens--;
    if (canWrite) local.writers--;
    try {
      if (canWrite && local.writers === 0 && inode.parent && inode.isDirty) this.core.keeping.record(inode);
    } finally {
      // What the journal's disk refuses is sent all the same.
      if (local.writers === 0 && inode.isPending) this.writeback.submit(inode);
      if (local.opens === 0) {
        this.writeback.onClosed(inode);
        inode.releaseLocal();
      }
    }
    return file;
  }

  /** Loads what a read from the start would need first. */
  touchFirstPage(op: Operation, inode: Inode): void {
    readPage(this.core, op, inode, 0, new Uint8Array(1), null);
  }

  read(
    op: Operation,
    fd: number,
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): number {
    const file = this.core.descriptors.get(fd);
    if (!file.canRead) throw new Failure('EBADF');
    if (file.inode.isDirectory) throw new Failure('EISDIR');
    if (file.inode.local?.staleness && !file.inode.local.content) mendStaleness(this.core, op, file);
    if (position === null) file.takeTurn(op);
    const state = (op.state as ReadState | undefined) ?? {
      start: position ?? file.position,
      done: 0,
      whole: null,
      hadRead: file.hasRead,
    };
    // Another read may have moved the position since this one began to wait.
    if (position === null && state.done === 0) state.start = file.position;
    op.state = state;
    const { inode } = file;
    while (state.done < length) {
      const target = buffer.subarray(offset + state.done, offset + length);
      const at = state.start + state.done;
      const isLocal = inode.local?.content;
      const count = isLocal
        ? this.core.overlay.read(inode, target, at)
        : readPage(this.core, op, inode, at, target, file.readAhead);
      if (count === 0) break;
      if (!isLocal && this.isMistaken(file, state, target.subarray(0, count))) {
        const failure = noteMismatch(this.core, op, inode);
        if (state.start > 0) {
          // What comes before is given away already.
          if (inode.local) inode.local.staleness = null;
          throw new Failure('EIO', failure.detail, failure.cause);
        }
        file.hasRead = state.hadRead;
        op.state = undefined;
        return this.read(op, fd, buffer, offset, length, position);
      }
      state.done += count;
      file.hasRead = true;
    }
    if (state.whole) file.whole = state.whole.isEnded ? null : state.whole;
    if (position === null) file.position = state.start + state.done;
    return state.done;
  }

  /** Follows who reads a file from its beginning on; do the bytes that end it make it another content than the listed? */
  private isMistaken({ inode, whole }: OpenFile, state: ReadState, bytes: Uint8Array): boolean {
    const { entry } = inode;
    const at = state.start + state.done;
    if (!entry) return false;
    if (at === 0) state.whole = WholeRead.begin(entry, this.core.pages.blockBytes);
    else if (state.done === 0) state.whole = whole?.isAt(entry, at) ? whole.fork() : null;
    if (!state.whole?.isAt(entry, at)) state.whole = null;
    const verdict = state.whole?.add(bytes) ?? null;
    if (verdict === true && inode.local) inode.local.mismatches = 0;
    return verdict === false;
  }

  write(op: Operation, fd: number, bytes: Uint8Array, position: number | null): number {
    const file = this.core.descriptors.get(fd);
    if (!file.canWrite) throw new Failure('EBADF');
    if (bytes.byteLength === 0) return 0;
    this.bringInFile(op, file);
    this.waitForSpool(op, bytes.byteLength);
    const at = file.isAppending ? (file.inode.size ?? 0) : (position ?? file.position);
    this.core.reclaim(file.inode);
    const count = this.core.overlay.write(file.inode, bytes, at);
    this.writeback.touch(file.inode);
    if (position === null) file.position = at + count;
    return count;
  }

  ftruncate(op: Operation, fd: number, length: number): void {
    const file = this.core.descriptors.get(fd);
    if (!file.canWrite) throw new Failure('EINVAL');
    if (length === 0) {
      this.core.reclaim(file.inode);
      this.makeEmpty(file.inode);
      return;
    }
    this.bringInFile(op, file);
    this.waitForSpool(op, length);
    this.core.reclaim(file.inode);
    this.core.overlay.truncate(file.inode, length);
    this.writeback.touch(file.inode);
  }

  fsync(op: Operation, fd: number): void {
    const { inode } = this.core.descriptors.get(fd);
    if (inode.parent && inode.isDirty) this.core.keeping.record(inode);
    if (op.state !== undefined || inode.isPending) this.writeback.flush(op, [inode]);
  }

  private bringInFile(op: Operation, file: OpenFile): void {
    do {
      if (file.inode.local?.staleness && !file.inode.local.content) mendStaleness(this.core, op, file);
    } while (!this.copyUp(op, file.inode));
  }

  /** Copies the content up from the server, so that it can outlive its name. */
  bringIn(op: Operation, inode: Inode): void {
    const local = inode.ensureLocal();
    const isHopeless = !local.content && (local.staleness?.times ?? 0) > 1;
    if (!isHopeless && this.copyUp(op, inode)) return;
    throw new Failure('EIO', local.staleness?.failure.detail, local.staleness?.failure.cause);
  }

  /**
   * Page by page, by however many restarts; several callers share the copy. False: it wasn't what is listed, and has to
   * be looked for again; what would be changed and sent must not be another content.
   */
  private copyUp(op: Operation, inode: Inode): boolean {
    const local = inode.ensureLocal();
    if (local.content) return true;
    const version = inode.entry?.version ?? '';
    // The copy grows in an inode of its own: until it is whole nobody may take it for the content.
    if (local.copyUp?.version !== version) {
      if (local.copyUp) this.core.overlay.drop(local.copyUp.into);
      local.copyUp = null;
      const copy = new Inode('file', null);
      this.core.overlay.give(copy, this.core.overlay.makeEmpty());
      local.copyUp = { version, into: copy, whole: null };
    }
    const { copyUp } = local;
    const { into } = copyUp;
    const chunk = new Uint8Array(this.core.pages.blockBytes);
    for (;;) {
      const at = into.size ?? 0;
      const count = readPage(this.core, op, inode, at, chunk, null);
      if (count === 0) break;
      // Only here: the first page tells the size, where nobody knew it.
      if (at === 0) copyUp.whole = inode.entry && WholeRead.begin(inode.entry, chunk.byteLength);
      for (let done = 0; done < count; )
        done += this.core.overlay.write(into, chunk.subarray(done, count), into.size ?? 0);
      if (copyUp.whole?.add(chunk.subarray(0, count)) !== false) continue;
      this.core.overlay.drop(into);
      local.copyUp = null;
      noteMismatch(this.core, op, inode);
      return false;
    }
    local.content = into.ensureLocal().content;
    local.copyUp = null;
    local.mismatches = 0;
    return true;
  }

  /** What stands at the path, if it may be opened so. */
  private admit(inode: Inode, flags: number): Inode {
    if ((flags & O_CREAT) !== 0 && (flags & O_EXCL) !== 0) throw new Failure('EEXIST');
    if (inode.target !== null && (flags & O_NOFOLLOW) !== 0)
      throw new Failure((flags & O_DIRECTORY) !== 0 ? 'ENOTDIR' : 'ELOOP');
    const isWriting = (flags & ACCESS_MODE) !== O_RDONLY || (flags & O_TRUNC) !== 0;
    if (inode.isDirectory) {
      if (isWriting || (flags & O_CREAT) !== 0) throw new Failure('EISDIR');
      return inode;
    }
    if ((flags & O_DIRECTORY) !== 0) throw new Failure('ENOTDIR');
    if (isWriting) this.assertWritable(inode);
    else if (inode.entry?.refusal) throw new Failure('EACCES', inode.entry.refusal);
    // What is on its way to be removed or replaced could not keep its content for a new fd; a draft on its way to be a
    // version can be read.
    if (isWriting || !inode.draft) this.core.locks.assertFree(inode.path);
    return inode;
  }

  private create(op: Operation, path: TreePath, flags: number, mode: number): Inode {
    if ((flags & O_CREAT) === 0) throw new Failure('ENOENT');
    const { parent, name } = resolveParent(this.core, op, path);
    this.core.assertMutable(parent);
    if (parent.depth < this.core.unitDepth) throw new Failure('EPERM', this.core.shape.refusals.file);
    this.core.locks.assertFree(`${parent.path}/${name}`);
    // Its content first: where the disk takes none there is no such name.
    const content = this.core.overlay.makeEmpty();
    const inode = new Inode('file', null);
    inode.attach(parent, name);
    inode.ensureLocal().mode = mode & 0o7777 & ~process.umask();
    this.core.overlay.give(inode, content);
    this.writeback.touch(inode);
    return inode;
  }

  private makeEmpty(inode: Inode): void {
    const content = this.core.overlay.makeEmpty();
    const local = inode.ensureLocal();
    if (local.copyUp) this.core.overlay.drop(local.copyUp.into);
    local.copyUp = null;
    this.core.overlay.give(inode, content);
    this.writeback.touch(inode);
  }

  /** Clean content can always be fetched again: where its copy here is gone it isn't here. */
  private dropUnusable(inode: Inode): void {
    const isOnServer = inode.entry !== null && !inode.isDirty && !inode.isOpen && !inode.draft;
    if (isOnServer && !this.core.overlay.isUsable(inode)) this.core.dropContent(inode);
  }

  private assertWritable(inode: Inode): void {
    this.core.assertMutable(inode);
    if (inode.target !== null) {
      throw new Failure('EACCES', 'Content that lies elsewhere can only be read; remove the link first.');
    }
    if (inode.entry?.isReadOnly)
      throw new Failure('EACCES', `${this.core.shape.keeper} keeps this file itself; it is read-only.`);
  }

  /** Writers wait while the disk budget for content on its way is used up. */
  private waitForSpool(op: Operation, bytes: number): void {
    if (!this.core.overlay.isSpoolFull || bytes === 0) return;
    if (op.hasLoaded('spool')) {
      throw new Failure('ENOSPC', 'Local content reached `spoolBytes` and none of it could be uploaded.');
    }
    throw new Fault('spool', () =>
      this.core.loads.start('spool', 'flush', { inos: null }, (_value, failure) => failure, {
        isCancellable: false,
      }),
    );
  }
}

interface ReadState {
  /** Fixed with the first byte: another read of the fd may move its position meanwhile. */
  start: number;
  done: number;
  whole: WholeRead | null;
  /** Had something been read when it began? */
  readonly hadRead: boolean;
}

import type { Entry } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import type { Core } from '../../core.js';
import type { Inode } from '../../namespace/inode.js';
import { Fault, type Operation } from '../../operation/operation.js';
import type { OpenFile } from '../open-files.js';
import { pageKey, pieceKey } from './pages.js';
import { copyPiece, type Pieces, piecesFor } from './pieces.js';
import { mendStaleness } from './staleness.js';
import { noteMismatch, WholeRead } from './whole-read.js';
import { blocksFor, leave, readOn, type Sequence } from './windows.js';

/** How far a read has come. */
export interface ReadProgress {
  readonly of: 'read';
  /** Fixed with the first byte: another read of the fd may move its position meanwhile. */
  start: number;
  done: number;
  whole: WholeRead | null;
  /** Had something been read when it began? */
  readonly hadRead: boolean;
}

/** Fills `target`; returns the bytes read. `position` null: from the file's own. */
export function read(
  core: Core,
  op: Operation,
  fd: number,
  target: Uint8Array,
  position: number | null,
): number {
  const file = core.descriptors.get(fd);
  if (!file.canRead) throw new Failure('EBADF');
  if (file.inode.isDirectory) throw new Failure('EISDIR');
  if (file.inode.local?.staleness && !file.inode.local.content) mendStaleness(core, op, file);
  if (position === null) file.takeTurn(op);
  const progress: ReadProgress =
    op.progress?.of === 'read'
      ? op.progress
      : { of: 'read', start: position ?? file.position, done: 0, whole: null, hadRead: file.hasRead };
  // Another read may have moved the position since this one began to wait.
  if (position === null && progress.done === 0) progress.start = file.position;
  op.progress = progress;
  const { inode } = file;
  while (progress.done < target.byteLength) {
    const rest = target.subarray(progress.done);
    const at = progress.start + progress.done;
    const isLocal = inode.local?.content;
    const count = isLocal ? core.overlay.read(inode, rest, at) : readPage(core, op, file, at, rest);
    if (count === 0) break;
    if (!isLocal && isMistaken(core, file, progress, rest.subarray(0, count))) {
      const failure = noteMismatch(core, op, inode);
      if (progress.start > 0) {
        // What comes before is given away already.
        if (inode.local) inode.local.staleness = null;
        throw new Failure('EIO', failure.detail, failure.cause);
      }
      file.hasRead = progress.hadRead;
      op.progress = null;
      return read(core, op, fd, target, position);
    }
    progress.done += count;
    file.hasRead = true;
  }
  if (progress.whole) file.whole = progress.whole.isEnded ? null : progress.whole;
  if (position === null) file.position = progress.start + progress.done;
  return progress.done;
}

/** Follows who reads a file from its beginning on; do the bytes that end it make it another content than the listed? */
function isMistaken(
  core: Core,
  { inode, whole }: OpenFile,
  progress: ReadProgress,
  bytes: Uint8Array,
): boolean {
  const { entry } = inode;
  const { blockBytes } = core.pages;
  // The store has verified what comes in one request.
  if (!entry || entry.size === null || entry.size <= blockBytes) return false;
  const at = progress.start + progress.done;
  if (at === 0) progress.whole = WholeRead.begin(entry, blockBytes);
  else if (progress.done === 0) progress.whole = whole?.isAt(entry, at) ? whole.fork() : null;
  if (!progress.whole?.isAt(entry, at)) progress.whole = null;
  const verdict = progress.whole?.add(bytes) ?? null;
  if (verdict === true && inode.local) inode.local.mismatches = 0;
  return verdict === false;
}

/** Who reads, and how sequentially; null: nothing is read ahead. */
interface Reader {
  readonly inode: Inode;
  readonly readAhead: Sequence | null;
}

/**
 * Copies bytes of a remote file into `target`, from pages; faults on the first that isn't here. Returns the bytes
 * copied, fewer than asked only at the file's end.
 */
export function readPage(
  core: Core,
  op: Operation,
  reader: Reader,
  position: number,
  target: Uint8Array,
): number {
  const { entry } = reader.inode;
  // The server lists no such file (any more), and nothing was kept of it.
  if (!entry) throw new Failure('ESTALE', 'The file was removed on the server while it was open here.');
  if (entry.size !== null && position >= entry.size) return 0;
  const { blockBytes } = core.pages;
  const block = Math.floor(position / blockBytes);
  const key = pageKey(entry, block);
  const page = core.pages.get(key) ?? op.pages.get(key);
  if (!page) {
    const isLarge = entry.size !== null && entry.size > blockBytes;
    const count = isLarge ? copyPiece(core, op, entry, position, target) : 0;
    if (count === 0) {
      core.pages.misses++;
      throw missOf(core, op, reader, entry, position, target.byteLength);
    }
    core.pages.hits++;
    return count;
  }
  core.pages.hits++;
  core.made.readAhead?.onRead(key);
  const { inode, readAhead } = reader;
  if (readAhead !== null && block >= readAhead.turn) readOn(core, { inode, entry }, readAhead, block);
  const from = position - block * blockBytes;
  const bytes = page.subarray(from, from + target.byteLength);
  target.set(bytes);
  return bytes.byteLength;
}

/** All of a file that is no longer than a page; null where that isn't here. */
export function wholePage(core: Core, entry: Entry, isOwned: boolean): Buffer | null {
  const key = pageKey(entry, 0);
  const page = core.pages.get(key);
  if (page?.byteLength !== entry.size) return null;
  core.pages.hits++;
  core.made.readAhead?.onRead(key);
  if (!isOwned) return Buffer.from(page.buffer, page.byteOffset, page.byteLength);
  // Never a part of Node's pool: callers take its `buffer` for the file.
  const bytes = Buffer.allocUnsafeSlow(page.byteLength);
  bytes.set(page);
  return bytes;
}

/** Loads what is missing from a position on. */
function missOf(
  core: Core,
  op: Operation,
  reader: Reader,
  entry: Entry,
  position: number,
  length: number,
): Fault {
  const { inode, readAhead } = reader;
  const { blockBytes, pieceBytes, windowBlocks } = core.pages;
  const block = Math.floor(position / blockBytes);
  const isLarge = entry.size !== null && entry.size > blockBytes;
  const pieces = readAhead && isLarge ? piecesFor(core, readAhead, entry, position, length) : null;
  if (readAhead && pieces) {
    if (readAhead.windows) leave(readAhead);
    Object.assign(readAhead, { next: -1, at: pieces.end * pieceBytes, blocks: 1 });
    return pageFault(core, op, inode, entry, { areOf: 'pieces', ...pieces });
  }
  const wanted = Math.ceil((position + length) / blockBytes) - block;
  const count = readAhead && isLarge ? blocksFor(readAhead, block, wanted, windowBlocks) : wanted;
  // A file of unknown size tells it with its first block.
  const end = block + (entry.size === null ? 1 : Math.min(count, windowBlocks));
  if (readAhead) readAhead.next = Math.max(readAhead.windows ? readAhead.next : 0, end);
  const onStart = (): void => {
    if (readAhead && isLarge && readAhead.depth > 0) readOn(core, { inode, entry }, readAhead, block);
  };
  return pageFault(core, op, inode, entry, { areOf: 'blocks', first: block, end }, onStart);
}

function pageFault(
  core: Core,
  op: Operation,
  inode: Inode,
  entry: Entry,
  { areOf, first, end: behind }: Pieces & { readonly areOf: 'blocks' | 'pieces' },
  onStart = (): void => {},
): Fault {
  const [bytes, keyOf] =
    areOf === 'blocks' ? [core.pages.blockBytes, pageKey] : [core.pages.pieceBytes, pieceKey];
  const start = first * bytes;
  const end = Math.min(entry.size ?? Number.POSITIVE_INFINITY, behind * bytes);
  // By the first block: whoever else needs it waits, however far this one reads ahead.
  const key = `pages:${keyOf(entry, first)}`;
  return new Fault(key, () => {
    const running = core.loads.running(key);
    if (running) {
      onStart();
      return running;
    }
    const ahead = areOf === 'blocks' && first === 0 ? core.readAheadFor(inode) : null;
    const beside = ahead?.onMiss(op, inode);
    const load = core.loads.start(
      key,
      'read',
      { entry, start, end, etag: inode.etag, beside },
      (content, failure) => {
        if (!content) {
          if (failure?.code !== 'ESTALE' && failure?.code !== 'EBADMSG') return failure;
          // The listing is older than the bytes, or the bytes are broken: the reader looks again (`staleness.ts`).
          const local = inode.ensureLocal();
          local.staleness = { entry, failure, times: (local.staleness?.times ?? 0) + 1, isAskedAnew: false };
          return null;
        }
        for (const [kept, page] of core.pages.take(inode, entry, first, content, areOf))
          op.pages.set(kept, page);
        return null;
      },
    );
    op.pages.clear();
    ahead?.goOn(inode);
    onStart();
    return load;
  });
}

/** Throws a Fault that learns the size of a file which the server lists without one it can have: one ranged GET. */
export function ensureSize(core: Core, inode: Inode): void {
  // What lies elsewhere is asked for nothing that nobody wants to read.
  if (inode.isDirectory || inode.size !== null || inode.target !== null) return;
  const { entry } = inode;
  if (!entry) return;
  const key = `size:${entry.path}\0${entry.version}`;
  throw core.loads.fault(key, 'read', { entry, start: 0, end: 1, etag: null }, (content, failure) => {
    if (failure?.code === 'EBADMSG') return new Failure('EIO', failure.detail, failure.cause);
    if (content && inode.version === entry.version && inode.entry)
      inode.entry = { ...inode.entry, size: content.size };
    return failure;
  });
}

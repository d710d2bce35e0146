import { LRUCache } from 'lru-cache';
import { Failure } from '../../../contract/failure.js';
import type { KernelOptions } from '../../core.js';
import type { Inode } from '../../namespace/inode.js';
import type { ContentFile, Snapshot } from './content-file.js';
import { ContentFiles, type SpoolPlace } from './content-files.js';
import type { LocalState } from './local-state.js';

/** Content that lives here: the first `size` bytes of a file that the inode holds a reference to. */
export interface LocalContent {
  readonly file: ContentFile;
  size: number;
}

/** Content above this share of the cache's budget goes to disk. */
const SPOOL_SHARE = 16;
const COPY_BYTES = 1024 * 1024;

/**
 * The local content of inodes, lazily populated: small content in memfs (its public API, one file an inode, names are
 * never real ones), large content through the same calls on the disk. Content is pinned while it is open or dirty; clean
 * content is evicted, least recently used first, within the budget it shares with dirty memory.
 */
export class Overlay {
  readonly files: ContentFiles;
  /** By the inode's state, which is one for all names of a file. */
  private readonly clean: LRUCache<LocalState, true>;

  /** @param isKept all content goes to the disk, whatever its size: a journal keeps it */
  constructor(
    private readonly options: Pick<KernelOptions, 'cacheBytes'>,
    place: SpoolPlace,
    private readonly isKept = false,
  ) {
    this.files = new ContentFiles(place);
    this.clean = new LRUCache<LocalState, true>({
      maxSize: Math.max(1, Math.floor(options.cacheBytes / 4)),
      sizeCalculation: (_, { content }) => Math.max(1, content?.size ?? 1),
      dispose: (_, local, reason) => {
        if (reason === 'evict') this.discard({ local });
      },
    });
  }

  /** Empty content, for an inode that `give` gets it. Throws where the disk takes none; then nothing has changed. */
  makeEmpty(): LocalContent {
    return { file: this.files.create(this.isKept), size: 0 };
  }

  /** Content that is on the disk already. */
  adopt(path: string, size: number): LocalContent {
    return { file: this.files.adopt(path, size), size };
  }

  /** Gives an inode content in place of what it had. */
  give(inode: Inode, content: LocalContent): void {
    this.drop(inode);
    inode.ensureLocal().content = content;
  }

  /** Empties an inode, in the file that it has where nobody else needs what is in it. */
  empty(inode: Inode): void {
    const content = inode.local?.content;
    if (!content || content.file.isSpooled || content.file.frozen > 0) {
      this.give(inode, this.makeEmpty());
      return;
    }
    content.file.resize(0);
    content.size = 0;
  }

  /** Reads from where the content is; fewer bytes than asked for only at its end. */
  read(inode: Inode, target: Uint8Array, position: number): number {
    const { file, size } = contentOf(inode);
    const wanted = target.subarray(0, Math.max(0, Math.min(target.byteLength, size - position)));
    if (wanted.byteLength === 0) return 0;
    if (file.read(wanted, position) < wanted.byteLength) throw shortened();
    return wanted.byteLength;
  }

  /** All of what is in memory, whether or not somebody has it open; null for what lies on the disk. */
  readWhole({ local }: Inode): Buffer | null {
    if (!local?.content || local.content.file.isSpooled) return null;
    const { file, size } = local.content;
    const bytes = Buffer.allocUnsafeSlow(size);
    if (file.read(bytes, 0) < size) throw shortened();
    if (local.opens === 0) this.files.park(file);
    // It was used.
    this.clean.get(local);
    return bytes;
  }

  /** Returns the count of bytes written; as on a full disk it may be smaller than asked for. */
  write(inode: Inode, bytes: Uint8Array, position: number): number {
    const { size } = contentOf(inode);
    const end = position + bytes.byteLength;
    const file = this.writable(inode, Math.max(end, size), Math.min(position, size), size);
    const count = file.write(bytes, position);
    contentOf(inode).size = Math.max(size, position + count);
    return count;
  }

  truncate(inode: Inode, length: number): void {
    const { size } = contentOf(inode);
    this.writable(inode, length, Math.min(length, size), Math.min(length, size)).resize(length);
    contentOf(inode).size = length;
  }

  /** The content as it is now, whatever becomes of the inode. */
  snapshot(inode: Inode): Snapshot {
    const { file, size } = contentOf(inode);
    return file.snapshot(size);
  }

  /** False where somebody has removed the file of closed content from the disk. */
  isUsable({ local }: Inode): boolean {
    try {
      return local?.content ? local.content.file.fd >= 0 : true;
    } catch (thrown) {
      if (thrown instanceof Failure) return false;
      throw thrown;
    }
  }

  /** Nobody has the file open. */
  park(inode: Inode): void {
    const content = inode.local?.content;
    if (content) this.files.park(content.file);
  }

  /** Clean and closed: may be evicted. */
  release(inode: Inode): void {
    const { local } = inode;
    if (!local?.content) return;
    if (local.content.size > this.clean.maxSize) this.discard(inode);
    else this.clean.set(local, true);
  }

  /** Open or dirty again: must stay. */
  hold(inode: Inode): void {
    const { local } = inode;
    if (local) this.clean.delete(local);
    const content = local?.content;
    if (content) this.files.unpark(content.file);
  }

  /** Forgets an inode's content; who holds a snapshot of it still has that. */
  drop(inode: Inode): void {
    this.hold(inode);
    this.discard(inode);
  }

  /** Nobody goes on with a copy that was begun for a change. */
  dropCopyUp({ local }: Inode): void {
    if (!local?.copyUp) return;
    this.drop(local.copyUp.into);
    local.copyUp = null;
  }

  private discard({ local }: Pick<Inode, 'local'>): void {
    if (!local?.content) return;
    const { file } = local.content;
    local.content = null;
    file.release();
    // Who holds a snapshot of it opens it for himself.
    if (file.isReferenced && !file.isSpooled) this.files.park(file);
  }

  /**
   * The inode's file, if it can be changed from `from` on; else a copy of its first `kept` bytes: where a snapshot covers
   * what is changed, and on the disk where it gets large.
   */
  private writable(inode: Inode, size: number, from: number, kept: number): ContentFile {
    const { file } = contentOf(inode);
    const { cacheBytes } = this.options;
    const isLarge =
      size > cacheBytes / SPOOL_SHARE || this.files.memoryCost + size - file.length > cacheBytes / 2;
    if (from >= file.frozen && (file.isSpooled || !isLarge)) return file;
    const copy = this.copy(file, kept, isLarge || file.isSpooled);
    this.give(inode, { file: copy, size: kept });
    return copy;
  }

  private copy(file: ContentFile, size: number, isSpooled: boolean): ContentFile {
    const copy = this.files.create(isSpooled || this.isKept);
    try {
      const chunk = new Uint8Array(Math.min(size, COPY_BYTES));
      for (let position = 0; position < size; ) {
        const part = chunk.subarray(0, Math.min(chunk.byteLength, size - position));
        if (file.read(part, position) < part.byteLength) throw shortened();
        for (let done = 0; done < part.byteLength; ) done += copy.write(part.subarray(done), position + done);
        position += part.byteLength;
      }
      return copy;
    } catch (thrown) {
      copy.release();
      throw thrown;
    }
  }
}

const shortened = (): Failure =>
  new Failure('EIO', 'The copy of the content in the temporary directory was cut short by somebody else.');

function contentOf(inode: Inode): LocalContent {
  const content = inode.local?.content;
  if (!content) throw new Error('the inode has no local content');
  return content;
}

import { LRUCache } from 'lru-cache';
import { ContentFile } from './content-file.js';
import { memoryVolume, type Volume } from './volumes.js';

/** Where files on the disk go: the spool of the process, or a journal. */
export interface SpoolPlace {
  /** Its disk; what that refuses is told as this place's. */
  readonly volume: Volume;
  /** A path for a new file; its directory is there. */
  newPath(): string;
  /** Nothing of it is needed any more. */
  close(): void;
}

/**
 * Closed files whose fd stays open for a while: an open fd outlives whoever cleans the temporary directory. Few, for a
 * process has many other uses of fds.
 */
const MOST_IDLE_FDS = 128;

/** In memory as many files stay open as there are, up to this: to open one costs more than to write it. memfs takes 10,000. */
const MOST_OPEN_IN_MEMORY = 8000;

/**
 * What a small file costs in memory beside its bytes: a node, a link and a name of memfs. Counted, so that a hundred
 * thousand tiny files don't fill the memory as nothing.
 */
const FILE_OVERHEAD = 1536;

/** All files with local content of one kernel: small ones in memfs, large ones on the disk; counts their bytes. */
export class ContentFiles {
  private readonly memory: Volume = memoryVolume();
  private readonly idle: LRUCache<ContentFile, true>;
  private readonly all = new Set<ContentFile>();
  private serial = 0;
  memoryBytes = 0;
  memoryFiles = 0;
  spooledBytes = 0;

  constructor(private readonly place: SpoolPlace) {
    this.idle = new LRUCache<ContentFile, true>({
      max: MOST_IDLE_FDS,
      dispose: (_, file, reason) => {
        if (reason === 'evict') file.park();
      },
    });
  }

  /** An empty file. Throws a Failure where the disk takes none; then there is none. */
  create(isSpooled: boolean): ContentFile {
    if (isSpooled) return this.add(this.place.newPath(), true, null);
    const file = this.add(`/${++this.serial}`, false, null);
    this.memoryFiles++;
    return file;
  }

  /** A file of the disk that is there already, with so many bytes. */
  adopt(path: string, length: number): ContentFile {
    return this.add(path, true, length);
  }

  private add(path: string, isSpooled: boolean, adopted: number | null): ContentFile {
    const volume = isSpooled ? this.place.volume : this.memory;
    const file = new ContentFile(volume, path, this, isSpooled, adopted);
    this.all.add(file);
    return file;
  }

  /** Bytes in memory, with what files cost beside them. */
  get memoryCost(): number {
    return this.memoryBytes + this.memoryFiles * FILE_OVERHEAD;
  }

  /** The file has so many bytes more. */
  account({ isSpooled }: ContentFile, bytes: number): void {
    if (isSpooled) this.spooledBytes += bytes;
    else this.memoryBytes += bytes;
  }

  /** Nobody has it open now. */
  park(file: ContentFile): void {
    if (!file.isOpen) return;
    if (file.isSpooled) this.idle.set(file, true);
    else if (this.memoryFiles > MOST_OPEN_IN_MEMORY) file.park();
  }

  /** Somebody uses its fd. */
  unpark(file: ContentFile): void {
    if (file.isSpooled) this.idle.delete(file);
  }

  /** Gives all content up, and removes it from the disk: whoever holds a file has no use for it any more. */
  close(): void {
    this.idle.clear();
    for (const file of this.all) file.abandon();
    this.all.clear();
    this.removeFiles();
  }

  /**
   * The process ends: its private files go. Their fds stay open to its end, for the owner may still be sending them, and
   * another file under the number of one would be sent in its place.
   */
  removeFiles(): void {
    this.place.close();
  }

  /** Its fd isn't pinned any more, or the file is gone. */
  onIdle(file: ContentFile): void {
    if (file.isReferenced) {
      this.park(file);
      return;
    }
    this.idle.delete(file);
    if (this.all.delete(file) && !file.isSpooled) this.memoryFiles--;
  }
}

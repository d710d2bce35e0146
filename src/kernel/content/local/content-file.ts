import { Failure } from '../../../contract/failure.js';
import type { ContentFiles } from './content-files.js';
import type { Volume } from './volumes.js';

/** A reference to the first `size` bytes of a file, which nobody changes while it is held. */
export interface Snapshot {
  readonly file: ContentFile;
  readonly size: number;
  /** Lets go; once. */
  release(): void;
}

/**
 * One file of a volume, owned by reference: the inode whose content it is holds it, and so does everybody who needs the
 * bytes as they were at some moment (an upload, a rename, a commit). It goes with its last reference, whatever the
 * order in which they let go.
 *
 * What a snapshot covers doesn't change: bytes below `frozen` are never written to. Appending leaves them alone, so a
 * log that grows while it is uploaded isn't copied.
 */
export class ContentFile {
  private references = 1;
  /** How many snapshots cover so many bytes. */
  private readonly covered = new Map<number, number>();
  /** Bytes from the start that snapshots cover. */
  frozen = 0;
  private descriptor: number | null = null;
  /** Who reads or writes through `fd` for longer than one call. */
  private pins = 0;
  /** Bytes in the file. */
  length = 0;

  constructor(
    readonly volume: Volume,
    readonly path: string,
    private readonly owner: ContentFiles,
    readonly isSpooled: boolean,
    /** Bytes that are in it already; null: it is made anew. */
    adopted: number | null = null,
  ) {
    this.descriptor = volume.openSync(path, adopted === null ? 'w+' : 'r+');
    if (adopted !== null) this.grow(adopted);
  }

  get isReferenced(): boolean {
    return this.references > 0;
  }

  get isOpen(): boolean {
    return this.descriptor !== null;
  }

  /** Opened anew where it was parked; EIO where something has removed it meanwhile. */
  get fd(): number {
    this.descriptor ??= this.volume.openSync(this.path, 'r+');
    return this.descriptor;
  }

  snapshot(size: number): Snapshot {
    this.references++;
    this.covered.set(size, (this.covered.get(size) ?? 0) + 1);
    this.frozen = Math.max(this.frozen, size);
    let isHeld = true;
    const release = (): void => {
      if (!isHeld) return;
      isHeld = false;
      this.uncover(size);
      this.release();
    };
    return { file: this, size, release };
  }

  private uncover(size: number): void {
    const others = (this.covered.get(size) ?? 0) - 1;
    if (others > 0) {
      this.covered.set(size, others);
      return;
    }
    this.covered.delete(size);
    // Of a file that grows the latest snapshot covers the others: it goes last.
    if (size < this.frozen) return;
    this.frozen = 0;
    for (const each of this.covered.keys()) this.frozen = Math.max(this.frozen, each);
  }

  /** The fd stays open until as many `unpin`. */
  pin(): number {
    const { fd } = this;
    this.pins++;
    return fd;
  }

  unpin(): void {
    this.pins--;
    if (this.pins === 0) this.owner.onIdle(this);
  }

  /** Reads as many bytes as there are; fewer than asked for only at the file's end. */
  read(target: Uint8Array, position: number): number {
    let done = 0;
    while (done < target.byteLength) {
      const count = this.volume.readSync(this.fd, target, done, target.byteLength - done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  /** Returns how many bytes were written: fewer than given where the disk takes no more. Throws where it takes none. */
  write(bytes: Uint8Array, position: number): number {
    // memfs doesn't zero what a write behind the end leaves open.
    if (position > this.length) this.resize(position);
    let done = 0;
    try {
      while (done < bytes.byteLength) {
        done += this.volume.writeSync(this.fd, bytes, done, bytes.byteLength - done, position + done);
      }
    } catch (thrown) {
      if (done === 0) throw thrown;
    } finally {
      if (position + done > this.length) this.grow(position + done);
    }
    return done;
  }

  resize(length: number): void {
    this.volume.ftruncateSync(this.fd, length);
    this.grow(length);
  }

  private grow(length: number): void {
    this.owner.account(this, length - this.length);
    this.length = length;
  }

  /** Closes the fd of a file that nobody uses at the moment. */
  park(): void {
    if (this.pins > 0 || this.descriptor === null) return;
    const fd = this.descriptor;
    this.descriptor = null;
    this.volume.closeSync(fd);
  }

  /** Closes the fd whoever uses it: the kernel has ended. */
  abandon(): void {
    this.pins = 0;
    this.park();
  }

  /** Lets go of one reference; the file goes with the last one. */
  release(): void {
    this.references--;
    if (this.references > 0) return;
    this.owner.account(this, -this.length);
    this.length = 0;
    this.owner.onIdle(this);
    try {
      this.park();
      this.volume.unlinkSync(this.path);
    } catch (thrown) {
      // Letting go can't fail of the disk: it ends a commit. Whoever cleans the temporary directory was faster, or the
      // file is swept at the next start.
      if (!(thrown instanceof Failure)) throw thrown;
    }
  }
}

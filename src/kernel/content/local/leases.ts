import { Failure } from '../../../contract/failure.js';
import type { Contents, Handed } from '../../../contract/remote.js';
import type { OpenSource } from '../../../contract/uploads.js';
import type { Snapshot } from './content-file.js';

/** One snapshot that the owner of the remote may ask for. */
interface Lease {
  readonly snapshot: Snapshot;
  /** The owner reads its file at the moment so many times. */
  openings: number;
  isEnded: boolean;
}

/** Of a file of the disk, too: to hand over an fd, and to hear that it isn't used any more, costs more than such a copy. */
const MOST_COPIED_BYTES = 16 * 1024;

/**
 * Leases of snapshots to the owner of the remote, by number: a message carries the number alone, and the owner asks for
 * the bytes when it is to send them. So what waits costs nothing beside its content, and of ten closes of
 * a file in a row only the last one's content is ever copied.
 *
 * A snapshot is held until its lease was ended here (its upload has settled) and everybody who had opened its file has closed
 * it. What is small is copied when it is opened.
 */
export class Leases implements Contents {
  private readonly leases = new Map<number, Lease>();
  private serial = 0;

  grant(snapshot: Snapshot): Handed {
    const id = ++this.serial;
    this.leases.set(id, { snapshot, openings: 0, isEnded: false });
    return { kind: 'held', id, size: snapshot.size };
  }

  /** The kernel has no use for it any more. */
  end({ id }: Handed): void {
    const lease = this.leases.get(id);
    if (!lease || lease.isEnded) return;
    lease.isEnded = true;
    this.releaseIfUnused(id, lease);
  }

  open(id: number): OpenSource {
    const lease = this.leases.get(id);
    if (!lease) throw new Failure('ECANCELED', 'The content to upload is not wanted any more.');
    const { file, size } = lease.snapshot;
    if (!file.isSpooled || size <= MOST_COPIED_BYTES) {
      const bytes = new Uint8Array(new ArrayBuffer(size));
      const wasOpen = file.isOpen;
      const count = file.read(bytes, 0);
      if (!wasOpen) file.park();
      if (count < size) throw new Failure('EIO', 'The content to upload is shorter than it was.');
      return { kind: 'bytes', bytes };
    }
    const fd = file.pin();
    lease.openings++;
    return { kind: 'file', fd, size };
  }

  close(id: number): void {
    const lease = this.leases.get(id);
    if (!lease || lease.openings === 0) return;
    lease.openings--;
    lease.snapshot.file.unpin();
    this.releaseIfUnused(id, lease);
  }

  /** The kernel has ended, and the owner with it. */
  clear(): void {
    this.leases.clear();
  }

  private releaseIfUnused(id: number, { snapshot, openings, isEnded }: Lease): void {
    if (!isEnded || openings > 0) return;
    this.leases.delete(id);
    snapshot.release();
  }
}

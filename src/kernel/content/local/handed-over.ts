import { Failure } from '../../../contract/failure.js';
import type { Contents, Handed } from '../../../contract/remote.js';
import type { OpenSource } from '../../../contract/uploads.js';
import type { Snapshot } from './content-file.js';

/** One snapshot that the owner of the remote may ask for. */
interface Held {
  readonly snapshot: Snapshot;
  /** The owner reads it at the moment so many times. */
  openings: number;
  isLetGo: boolean;
}

/**
 * The snapshots that were handed to the owner of the remote, by number: a message carries the number alone, and the
 * owner asks for the bytes when it is to send them. So what waits costs nothing beside its content, and of ten closes of
 * a file in a row only the last one's content is ever copied.
 *
 * A snapshot is held until it was let go here (its upload has ended) and everybody who had opened it has closed it.
 */
export class HandedOver implements Contents {
  private readonly held = new Map<number, Held>();
  private serial = 0;

  get count(): number {
    return this.held.size;
  }

  hand(snapshot: Snapshot): Handed {
    const id = ++this.serial;
    this.held.set(id, { snapshot, openings: 0, isLetGo: false });
    return { kind: 'held', id, size: snapshot.size };
  }

  letGo({ id }: Handed): void {
    const held = this.held.get(id);
    if (!held || held.isLetGo) return;
    held.isLetGo = true;
    this.endIfUnused(id, held);
  }

  open(id: number): OpenSource {
    const held = this.held.get(id);
    if (!held) throw new Failure('ECANCELED', 'The content to upload is not wanted any more.');
    const { file, size } = held.snapshot;
    if (!file.isSpooled) {
      const bytes = new Uint8Array(new ArrayBuffer(size));
      const wasOpen = file.isOpen;
      const count = file.read(bytes, 0);
      if (!wasOpen) file.park();
      if (count < size) throw new Failure('EIO', 'The content to upload is shorter than it was.');
      held.openings++;
      return { kind: 'bytes', bytes };
    }
    const fd = file.pin();
    held.openings++;
    return { kind: 'file', fd, size };
  }

  close(id: number): void {
    const held = this.held.get(id);
    if (!held || held.openings === 0) return;
    held.openings--;
    if (held.snapshot.file.isSpooled) held.snapshot.file.unpin();
    this.endIfUnused(id, held);
  }

  /** The kernel has ended, and the owner with it. */
  clear(): void {
    this.held.clear();
  }

  private endIfUnused(id: number, { snapshot, openings, isLetGo }: Held): void {
    if (!isLetGo || openings > 0) return;
    this.held.delete(id);
    snapshot.release();
  }
}

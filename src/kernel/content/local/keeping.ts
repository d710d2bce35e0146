import { basename } from 'node:path';
import { Failure } from '../../../contract/failure.js';
import type { TreePath } from '../../../contract/tree-path.js';
import type { Inode } from '../../namespace/inode.js';
import type { Names } from '../../namespace/links/hard.js';
import { atDisk } from '../journal/disk.js';
import type { Journal } from '../journal/journal.js';
import type { JournalRecord } from '../journal/records.js';
import type { Snapshot } from './content-file.js';
import type { SpoolPlace } from './content-files.js';
import type { LocalState } from './local-state.js';
import type { Overlay } from './overlay.js';
import { diskVolume } from './volumes.js';

/** New content goes into the journal's own directory: what is acknowledged is there already. */
export const placeIn = (journal: Journal): SpoolPlace => ({
  volume: diskVolume((call) => atDisk(journal.directory, call)),
  newPath: () => journal.newBlob().path,
  close: () => journal.close(),
});

/** The content that the journal has of an inode: a reference like any other, so it stays as it was recorded. */
interface Recorded {
  readonly generation: number;
  readonly snapshot: Snapshot;
}

/**
 * The kernel's records in the journal: what is acknowledged and not durable, under the names that it has here. Without a
 * journal nothing is recorded. What is recorded before it happens throws a Failure where the disk refuses; what has
 * happened already, on the server, can only be told by a warning.
 */
export class Keeping {
  /** By their state, which is one for all names of a file. */
  private readonly recorded = new Map<LocalState, Recorded>();

  /** @param warn tells the user of what no call can tell */
  constructor(
    private readonly journal: Journal | null,
    private readonly overlay: Overlay,
    private readonly warn: (message: string) => void,
  ) {}

  get isKept(): boolean {
    return this.journal !== null;
  }

  /** Before changed content is acknowledged. */
  record(inode: Inode): void {
    const { local } = inode;
    const { content, attributes, generations } = local ?? {};
    const generation = generations?.newest ?? 0;
    if (!this.journal || !local || !content || this.recorded.get(local)?.generation === generation) return;
    const { file, size } = content;
    this.journal.syncBlob(file.fd);
    const record: JournalRecord = {
      kind: 'content',
      blob: basename(file.path),
      size,
      mode: attributes?.mode ?? null,
      mtimeMs: attributes?.mtimeMs ?? null,
      generation,
    };
    if (local.names) this.putShared(local.names, record);
    else this.journal.put(inode.path, record);
    this.hold(inode);
  }

  /** The journal has the content of this inode as it is. */
  hold(inode: Inode): void {
    const local = inode.ensureLocal();
    const former = this.recorded.get(local);
    const generation = local.generations?.newest ?? 0;
    this.recorded.set(local, { generation, snapshot: this.overlay.snapshot(inode) });
    former?.snapshot.release();
  }

  /** The server has the content as of `generation`. */
  durable(inode: Inode, path: TreePath, generation: number): void {
    const recorded = inode.local && this.recorded.get(inode.local);
    if (!recorded || recorded.generation > generation) return;
    this.noted(() => this.journal?.remove(path));
    this.release(inode);
  }

  /** The names of a directory, a copy or a reference in a draft: all that there is of it. */
  put(path: TreePath, record: JournalRecord): void {
    this.journal?.put(path, record);
  }

  /** The same of all names of a file. */
  putShared({ id, all }: Names, record: JournalRecord): void {
    for (const { path } of all) this.put(path, { ...record, shared: id });
  }

  /** A file gets another name; it has the first one's record, if there is one already. */
  linked(from: TreePath, to: TreePath, id: string): void {
    const record = this.journal?.get(from);
    if (!record) return;
    for (const path of [from, to]) this.put(path, { ...record, shared: id });
  }

  /** What is recorded has other permission bits; what isn't will be recorded with them. */
  changedMode(inode: Inode, mode: number): void {
    for (const { path } of inode.local?.names?.all ?? [inode]) {
      const record = this.journal?.get(path);
      if (record) this.put(path, { ...record, mode });
    }
  }

  /** A name is gone, with all below it. */
  removed(path: TreePath, inodes: Iterable<Inode>): void {
    this.noted(() => this.journal?.remove(path));
    for (const inode of inodes) this.release(inode);
  }

  /** A name is another, with all below it; what stood there is replaced. */
  renamed(from: TreePath, to: TreePath): void {
    this.journal?.rename(from, to);
  }

  /** Notes what has happened already. */
  noted(record: () => void): void {
    try {
      record();
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      this.warn(
        `${thrown.detail ?? thrown.code} What was done is done, but the next start may send it again.`,
      );
    }
  }

  /** Nothing needs what was recorded of this inode any more. */
  release(inode: Inode): void {
    if (!inode.local) return;
    const recorded = this.recorded.get(inode.local);
    this.recorded.delete(inode.local);
    recorded?.snapshot.release();
  }
}

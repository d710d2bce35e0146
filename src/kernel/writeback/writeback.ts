import { UPLOADS } from '../../contract/channels.js';
import { Failure } from '../../contract/failure.js';
import type { Handed, RemoteEvent } from '../../contract/remote.js';
import type { TreePath } from '../../contract/tree-path.js';
import { setImmediate } from '../../platform/time.js';
import type { Core } from '../core.js';
import type { Inode } from '../namespace/inode.js';
import { ABSENT } from '../namespace/listing/pins.js';
import { atEnd } from '../operation/at-end.js';

/**
 * Dirty content on its way to the server. A file is dirty from its first change until the generation that the server
 * acknowledged is its newest; its last close hands a snapshot to the upload queue of the remote's owner, who reads it
 * when the upload begins. Its lease ends when the owner says what became of it.
 */
export class Writeback {
  /** Files with content that isn't durable, by inode number. */
  readonly dirty = new Map<number, Inode>();
  /** The leases of each that haven't settled, by inode number and generation. */
  private readonly submissions = new Map<string, Handed>();
  /**
   * Closed files that are handed over later: those whose name is being changed on the server, when that has ended, and
   * those that were changed again while their former content is in the queue, once a turn of the event loop.
   */
  private readonly postponed = new Set<Inode>();
  private isHandingOver = false;
  uploaded = 0;
  uploadedBytes = 0;

  constructor(private readonly core: Core) {
    core.locks.onRelease = () => this.submitPostponed();
  }

  /** Something acknowledged hasn't been sent, and hasn't failed. */
  get hasUnsent(): boolean {
    for (const { local } of this.dirty.values())
      if (!local?.writers && !local?.generations?.failure) return true;
    return false;
  }

  /** The content of an inode was changed. */
  markDirty(inode: Inode): void {
    inode.generations.change();
    const now = this.core.now();
    inode.setAttributes({ mtimeMs: now, ctimeMs: now });
    this.core.overlay.hold(inode);
    // What is in a draft waits for its commit.
    if (inode.draft) return;
    this.dirty.set(this.core.numbers.of(inode), inode);
    atEnd.changed(this.core.remote.drainAtEnd);
  }

  /** Hands the newest content to the upload queue. */
  submit(inode: Inode): void {
    this.postponed.delete(inode);
    if (!inode.local?.content || !inode.isPending) return;
    const { path, generations } = inode;
    if (this.core.locks.find(path, false)) {
      this.postponed.add(inode);
      return;
    }
    if (!generations.isUnsubmitted) return;
    const generation = generations.newest;
    const ino = this.core.numbers.of(inode);
    const key = keyOf(ino, generation);
    const source = this.submissions.get(key) ?? this.core.leases.grant(this.core.overlay.snapshot(inode));
    this.submissions.set(key, source);
    generations.submit();
    if (UPLOADS.hasSubscribers) this.core.listener?.({ type: 'queued', path, size: source.size });
    const { isDoubtful } = generations;
    this.core.remote.call('submit', { ino, generation, path, source, isDoubtful }, (reply) => {
      if (reply.ok) return;
      this.endLease(ino, generation);
      generations.fail(generation, reply.failure);
    });
  }

  /**
   * As `submit`, of what was just closed. What is rewritten in a loop isn't handed over each time: what the queue has of it
   * already keeps the process until the newest is there, and whoever ends it hands over all.
   */
  submitClosed(inode: Inode): void {
    const { submitted, durable } = inode.generations;
    // In the order in which files were closed.
    this.postponed.delete(inode);
    if (submitted <= durable) {
      this.submitPostponed();
      this.submit(inode);
      return;
    }
    this.postponed.add(inode);
    if (this.isHandingOver) return;
    this.isHandingOver = true;
    setImmediate(() => {
      this.isHandingOver = false;
      this.submitPostponed();
    });
  }

  /** Goes on with content that an earlier process acknowledged, and that the journal has. */
  takeUp(inode: Inode): void {
    inode.generations.takeUp();
    this.core.keeping.hold(inode);
    if (inode.draft) return;
    this.dirty.set(this.core.numbers.of(inode), inode);
    this.submit(inode);
  }

  /** Hands over all that is dirty, what is still open included: it was written, and a disk would keep it. */
  submitAll(): void {
    for (const inode of this.dirty.values()) {
      const { failure, submitted } = inode.generations;
      // What has failed and is in the queue is tried again when that is drained.
      const isQueued = this.submissions.has(keyOf(inode.ino, submitted));
      if (!failure || !isQueued) this.submit(inode);
      try {
        if (inode.isPending) this.core.keeping.record(inode);
      } catch (thrown) {
        // Nobody is left to be told of the journal's disk; what isn't sent is named at the end.
        if (!(thrown instanceof Failure)) throw thrown;
      }
    }
  }

  /** The last fd of an inode was closed. */
  onClosed(inode: Inode): void {
    if (!inode.parent) {
      this.forget(inode);
      return;
    }
    this.core.overlay.dropCopyUp(inode);
    this.core.overlay.park(inode);
    if (inode.isDirty) this.submitClosed(inode);
    else this.core.overlay.release(inode);
  }

  /** The inode is gone from the tree: nothing of it will be uploaded. */
  forget(inode: Inode): void {
    if (inode.isOpen) return;
    this.dirty.delete(inode.ino);
    this.postponed.delete(inode);
    this.core.overlay.dropCopyUp(inode);
    this.core.keeping.release(inode);
    this.core.overlay.drop(inode);
  }

  /** The content as of `generation` is on the server, as `entry` says. */
  onDurable(inode: Inode, generation: number, path: TreePath, version: string): void {
    inode.local?.generations?.settle(generation);
    // The storage's tag was that of the content before.
    inode.etag = null;
    this.core.names.pin(path, version, [inode.version ?? ABSENT]);
    this.core.keeping.durable(inode, path, generation);
    if (inode.isDirty) return;
    this.dirty.delete(inode.ino);
    if (!inode.isOpen) this.core.overlay.release(inode);
  }

  /** Hands over what a flush waits for. @param wanted null: all, what is still open for writing included */
  submitForFlush(wanted: readonly Inode[] | null): void {
    for (const inode of wanted ?? this.dirty.values()) {
      try {
        if (inode.isPending) this.core.keeping.record(inode);
      } finally {
        // What the journal's disk refuses is sent all the same.
        this.submit(inode);
      }
    }
    for (const inode of wanted ?? this.postponed)
      if (this.postponed.has(inode)) this.core.locks.assertFree(inode.path);
  }

  /** Hands over what waits for its turn; what waits for a name goes on waiting. */
  submitPostponed(): void {
    if (this.postponed.size === 0) return;
    const postponed = [...this.postponed];
    this.postponed.clear();
    for (const inode of postponed) {
      if (!inode.parent) this.forget(inode);
      else if (!inode.local?.writers) this.submit(inode);
    }
  }

  /** The owner tells what became of what it was handed. */
  onEvent(event: RemoteEvent): void {
    if (event.type === 'uploaded' || event.type === 'dropped') this.endLease(event.ino, event.generation);
    if (event.type === 'uploaded') {
      const inode = this.dirty.get(event.ino);
      this.uploaded++;
      this.uploadedBytes += event.entry.size ?? 0;
      if (inode?.parent) {
        const { path } = inode;
        if (path === event.path) {
          const previous = inode.entry;
          this.onDurable(inode, event.generation, path, event.entry.version);
          inode.entry = { ...event.entry, id: event.entry.id ?? previous?.id ?? null, isUntold: true };
        } else {
          // It was renamed meanwhile: what counts is the upload under its new name.
          inode.generations.unsubmit();
        }
      }
    } else if (event.type === 'committed') {
      this.uploaded++;
      this.uploadedBytes += event.size;
    } else if (event.type === 'failed') {
      this.dirty.get(event.ino)?.generations.fail(event.generation, event.failure);
    }
  }

  /** The owner has no use for this content any more. */
  private endLease(ino: number, generation: number): void {
    const key = keyOf(ino, generation);
    const source = this.submissions.get(key);
    if (!source) return;
    this.submissions.delete(key);
    this.core.leases.end(source);
  }
}

const keyOf = (ino: number, generation: number): string => `${ino}:${generation}`;

import type { Failure } from '../../contract/failure.js';
import type { FailedUpload } from '../../contract/remote.js';
import type { UploadQueue } from './queue.js';
import type { Outcome, Upload } from './upload.js';

interface Waiter {
  /** The inodes whose content isn't settled yet, each with the generation that was asked for. */
  readonly targets: Map<number, number>;
  /**
   * Those that were on their way already: what became of such an attempt says little of now, so if it fails there is
   * another one.
   */
  readonly begunBefore: Set<number>;
  readonly failed: FailedUpload[];
  readonly done: (failed: readonly FailedUpload[]) => void;
  readonly giveUp: (reason: Failure) => void;
}

/**
 * Who waits for uploads. A flush asks for what was submitted before it: that generation or a later one is durable, or
 * has failed for good, or nobody wants it any more. What is submitted afterwards doesn't prolong it.
 */
export class Flushes {
  private readonly waiters = new Set<Waiter>();

  /** @param tryAgain lets the failed upload of an inode go now */
  constructor(
    private readonly queue: UploadQueue,
    private readonly tryAgain: (ino: number) => void,
  ) {}

  /** @param inos null: all */
  wait(inos: readonly number[] | null): Promise<readonly FailedUpload[]> {
    return new Promise((resolve, reject) => {
      const targets = new Map<number, number>();
      const begunBefore = new Set<number>();
      for (const { ino, generation, path } of this.queue.uploadsOf(inos)) {
        targets.set(ino, Math.max(generation, targets.get(ino) ?? generation));
        if (this.queue.onTheWayAt(path)?.ino === ino) begunBefore.add(ino);
      }
      const waiter: Waiter = { targets, begunBefore, failed: [], done: resolve, giveUp: reject };
      this.waiters.add(waiter);
      this.endIfDone(waiter);
    });
  }

  onSettled(upload: Upload, outcome: Outcome): void {
    for (const waiter of this.waiters) {
      const generation = waiter.targets.get(upload.ino);
      if (generation === undefined) continue;
      if (outcome === 'failed' && waiter.begunBefore.delete(upload.ino)) {
        this.tryAgain(upload.ino);
        continue;
      }
      if (outcome !== 'durable' || upload.generation < generation) {
        const left = this.queue.uploadsOf([upload.ino]);
        if (left.some(({ state }) => state !== 'failed')) continue;
        for (const { path, failure } of left) if (failure) waiter.failed.push({ path, failure });
      }
      waiter.targets.delete(upload.ino);
      this.endIfDone(waiter);
    }
  }

  /** Nothing will settle any more. */
  cancel(reason: Failure): void {
    for (const { giveUp } of this.waiters) giveUp(reason);
    this.waiters.clear();
  }

  private endIfDone(waiter: Waiter): void {
    if (waiter.targets.size === 0 && this.waiters.delete(waiter)) waiter.done(waiter.failed);
  }
}

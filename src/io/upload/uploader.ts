import { LRUCache } from 'lru-cache';
import type { Config } from '../../config/config.js';
import type { Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import type { FailedUpload, RemoteEvent } from '../../contract/remote.js';
import type { TreePath } from '../../contract/tree-path.js';
import { clearTimeout, monotonicClock, setImmediate, setTimeout } from '../../platform/time.js';
import { unevenly } from '../../wire/retry.js';
import { UploadTurns } from '../../wire/transfer/upload-turns.js';
import { Batch, type Job } from './batch.js';
import { Flushes } from './flushes.js';
import { UploadQueue } from './queue.js';
import type { Target } from './transfer.js';
import type { Outcome, OwnerContents, Submission, Upload } from './upload.js';

export interface UploadOptions extends Pick<Config, 'writebackDelay' | 'concurrency'> {
  /** Chance, in [0, 1). @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** Each new submission starts the `writebackDelay` again, so often at most. */
const MOST_DELAYS = 10;
/** A failed upload goes again within a second, then within twice as long each time, up to five minutes. */
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 5 * 60_000;
/** What failed one after another so close goes again in one batch. */
const TOGETHER_MS = 50;
/** Tickets are about 1 KB each, and their URLs expire: so many uploads are on their way at once, others wait. */
const MOST_ON_THE_WAY = 2000;
/** Entries of finished uploads that a rename may need before a listing shows them. */
const RECENT_ENTRIES = 1000;

/** Drives the upload queue: decides when a batch goes, runs it, and tells how it went. */
export class Uploader {
  readonly queue: UploadQueue;
  readonly transfers: UploadTurns;
  /** What the latest uploads made, by path. A size of 1 each: `max` would set aside memory for all entries at once. */
  readonly recent = new LRUCache<TreePath, Entry>({ maxSize: RECENT_ENTRIES, sizeCalculation: () => 1 });
  private readonly flushes: Flushes;
  private readonly jobs = new Map<Upload, Job>();
  /** Who waits for the upload of a path that is on its way. */
  private readonly quiet = new Map<TreePath, (() => void)[]>();
  private timer: NodeJS.Timeout | null = null;
  private retryTimer: NodeJS.Timeout | null = null;
  private retryAt = Number.POSITIVE_INFINITY;
  /** Of one round: what failed together goes again together, but not with what other processes have. */
  private chance = 0;
  private firstSubmitAt = 0;
  private isGoingSoon = false;
  private wasBusy = false;

  constructor(
    readonly target: Target,
    readonly onEvent: (event: RemoteEvent) => void,
    readonly options: UploadOptions & {
      readonly unitOf: (path: TreePath) => TreePath;
      readonly declared?: Iterable<TreePath> | undefined;
      readonly now: () => number;
      readonly contents: OwnerContents;
      /** Aborts what is on its way, and lets nothing begin any more. */
      readonly closing: AbortSignal;
    },
  ) {
    this.transfers = new UploadTurns(options.concurrency, { now: monotonicClock });
    this.leaveToChance();
    this.queue = new UploadQueue({
      unitOf: options.unitOf,
      onSettled: (upload, outcome) => this.onSettled(upload, outcome),
      declared: options.declared ?? [],
    });
    this.flushes = new Flushes(this.queue, (ino) => {
      this.queue.ripen([ino], { isFlush: true });
      this.goSoon();
    });
  }

  get signal(): AbortSignal {
    return this.options.closing;
  }

  submit(submission: Submission): void {
    this.assertOpen();
    this.queue.submit(submission);
    this.wasBusy = true;
    this.abortReplaced(submission.path);
    this.startTimer();
  }

  /** Renames a queued upload that was never declared to the server; false if there is no such. */
  rekey(ino: number, from: TreePath, to: TreePath): boolean {
    if (!this.queue.rekey(ino, from, to)) return false;
    this.abortReplaced(to);
    return true;
  }

  /** @param inos null: all */
  flush(inos: readonly number[] | null): Promise<readonly FailedUpload[]> {
    this.assertOpen();
    this.queue.ripen(inos, { isFlush: true });
    if (inos === null) this.stopTimer();
    const flushed = this.flushes.wait(inos);
    this.go();
    return flushed;
  }

  /** Aborts what is on its way to a path, if its body is incomplete and it is held or has a successor. */
  abortReplaced(path: TreePath): void {
    const upload = this.queue.toAbort(path);
    if (upload) this.jobs.get(upload)?.abort();
  }

  /** Resolves when nothing is on its way to a path; hold it first, or the next may begin. */
  async isQuiet(path: TreePath): Promise<void> {
    while (this.queue.onTheWayAt(path)) {
      await new Promise<void>((resolve) => this.quiet.set(path, [...(this.quiet.get(path) ?? []), resolve]));
    }
  }

  /** Begins what may go now. */
  go(): void {
    if (this.signal.aborted || this.queue.countOnTheWay > MOST_ON_THE_WAY / 2) return;
    for (const uploads of this.queue.take(MOST_ON_THE_WAY - this.queue.countOnTheWay)) {
      const batch = new Batch(uploads, this);
      for (const job of batch.jobs) this.jobs.set(job.upload, job);
      void batch.run();
    }
  }

  /** After the abort of `closing`: waits for nothing that is queued. */
  async close(): Promise<void> {
    this.stopTimer();
    if (this.retryTimer) clearTimeout(this.retryTimer);
    for (const job of this.jobs.values()) job.controller.abort();
    this.flushes.cancel(new Failure('ECANCELED'));
    await this.transfers.onIdle();
  }

  private assertOpen(): void {
    if (this.signal.aborted) throw new Failure('EIO', 'The connection to W&B was closed.');
  }

  private startTimer(): void {
    const now = monotonicClock();
    if (this.timer) clearTimeout(this.timer);
    else this.firstSubmitAt = now;
    const latest = this.firstSubmitAt + MOST_DELAYS * this.options.writebackDelay - now;
    this.timer = setTimeout(
      () => {
        this.timer = null;
        this.queue.ripen(null, { isFlush: false });
        this.go();
      },
      Math.max(0, Math.min(this.options.writebackDelay, latest)),
    );
    // A process that has nothing else to do needn't wait for it: it flushes (`lifecycle.ts`).
    this.timer.unref();
  }

  private stopTimer(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  /** Called once for each job, when its `result` stands. */
  onEnd(job: Job): void {
    const { upload, result } = job;
    if (result?.kind === 'durable') {
      this.recent.set(upload.path, result.entry);
      this.queue.durable(upload);
    } else if (result?.kind === 'failed' && !this.signal.aborted) {
      const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** upload.failures);
      const delay = unevenly(longest, () => this.chance);
      this.queue.failed(upload, result.failure, monotonicClock() + delay);
      this.retryIn(delay);
    } else {
      this.queue.aborted(upload);
    }
    this.jobs.delete(upload);
    const waiting = this.quiet.get(upload.path);
    this.quiet.delete(upload.path);
    for (const resolve of waiting ?? []) resolve();
    this.goSoon();
  }

  private leaveToChance(): void {
    const { random = Math.random } = this.options;
    this.chance = random();
  }

  /** Tries failed uploads again, this long from now or earlier. */
  private retryIn(delay: number): void {
    const at = monotonicClock() + delay;
    if (at >= this.retryAt) return;
    if (this.retryTimer) clearTimeout(this.retryTimer);
    this.retryAt = at;
    this.retryTimer = setTimeout(() => {
      this.retryTimer = null;
      this.retryAt = Number.POSITIVE_INFINITY;
      this.leaveToChance();
      const now = monotonicClock();
      const next = this.queue.retry(now + TOGETHER_MS);
      if (next !== null) this.retryIn(next - now);
      this.wasBusy = true;
      this.go();
    }, delay);
    this.retryTimer.unref();
  }

  private onSettled(upload: Upload, outcome: Outcome): void {
    const { path, ino, generation, failure } = upload;
    const result = this.jobs.get(upload)?.result;
    if (outcome === 'durable' && result?.kind === 'durable') {
      this.onEvent({ type: 'uploaded', path, ino, generation, entry: result.entry });
    } else if (outcome === 'failed' && failure) {
      this.onEvent({ type: 'failed', path, ino, generation, failure });
    } else {
      this.onEvent({ type: 'dropped', path, ino, generation });
    }
    this.flushes.onSettled(upload, outcome);
    if (this.wasBusy && this.queue.isIdle) {
      this.wasBusy = false;
      this.onEvent({ type: 'idle' });
    }
  }

  /** Once for all that ends in this turn, so that what waited behind it goes in one batch. */
  private goSoon(): void {
    if (this.isGoingSoon) return;
    this.isGoingSoon = true;
    setImmediate(() => {
      this.isGoingSoon = false;
      this.go();
    });
  }
}

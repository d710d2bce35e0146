import { clearTimeout, setTimeout } from 'node:timers';
import type PQueue from 'p-queue';
import type { Entry } from '../../contract/entry.js';
import type { Failure } from '../../contract/failure.js';
import type { Source, Ticket } from '../../contract/uploads.js';
import { reading } from '../../store/common/sources.js';
import { failureOf } from '../protocol.js';
import { declare, nowAndThen, send, type Target, type Tickets } from './transfer.js';
import type { Upload } from './upload.js';

type Result =
  | { readonly kind: 'durable'; readonly entry: Entry }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'aborted' };

interface BatchOptions {
  readonly target: Target;
  readonly transfers: PQueue;
  /** Aborts the requests of the batch; its jobs are aborted one by one. */
  readonly closing: AbortSignal;
  readonly now: () => number;
  /** The content of an upload, to be opened when its turn has come. */
  readonly sourceOf: (upload: Upload) => Source;
  readonly onProgress: (upload: Upload, sent: number, size: number) => void;
  /** The body of this upload has left completely. */
  readonly onSent: (upload: Upload) => void;
  /** Called once for each job, when its `result` stands. */
  readonly onEnd: (job: Job) => void;
}

/** A large file must not hold back the durability of the small ones beside it, in milliseconds. */
const FINISH_INTERVAL = 2000;

/** One upload of a batch. */
export class Job {
  result: Result | null = null;
  isTransferring = false;
  readonly controller = new AbortController();

  constructor(
    readonly upload: Upload,
    private readonly onEnd: (job: Job) => void,
  ) {}

  /** Ends at once if nothing was sent, else when the socket is done. */
  abort(): void {
    this.controller.abort();
    if (!this.isTransferring) this.end({ kind: 'aborted' });
  }

  end(result: Result): void {
    if (this.result) return;
    this.result = result;
    this.onEnd(this);
  }
}

/** Uploads of one unit that go together: one request declares them all, one finishes them, between them their bodies. */
export class Batch {
  readonly jobs: readonly Job[];
  private arrived: { readonly job: Job; readonly ticket: Ticket; readonly entry: Entry }[] = [];
  private readonly finishing: Promise<void>[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(
    uploads: readonly Upload[],
    private readonly options: BatchOptions,
  ) {
    this.jobs = uploads.map((upload) => new Job(upload, options.onEnd));
  }

  /** Never rejects: every job ends with its result. */
  async run(): Promise<void> {
    const { target, transfers, closing } = this.options;
    const paths = this.jobs.map(({ upload }) => upload.path);
    let ticketOf: Tickets;
    try {
      ticketOf = await declare(target, paths, closing);
    } catch (thrown) {
      for (const job of this.jobs) job.end({ kind: 'failed', failure: failureOf(thrown) });
      return;
    }
    await Promise.all(
      this.jobs.map((job) =>
        transfers.add(() => this.transfer(job, ticketOf), { priority: job.upload.isWanted ? 1 : 0 }),
      ),
    );
    if (this.timer) clearTimeout(this.timer);
    this.finishing.push(this.finish());
    await Promise.all(this.finishing);
  }

  private async transfer(job: Job, ticketOf: Tickets): Promise<void> {
    const { target, now, onSent, sourceOf } = this.options;
    const { upload } = job;
    const { signal } = job.controller;
    if (job.result) return;
    job.isTransferring = true;
    try {
      const ticket = ticketOf(upload.path);
      const { isDoubtful } = upload;
      const options = { signal, onProgress: this.progressOf(upload), now, isDoubtful };
      const entry = await reading(sourceOf(upload), (content) => send(target, ticket, content, options));
      onSent(upload);
      this.arrived.push({ job, ticket, entry });
      this.timer ??= setTimeout(() => this.finishing.push(this.finish()), FINISH_INTERVAL);
    } catch (thrown) {
      job.end(signal.aborted ? { kind: 'aborted' } : { kind: 'failed', failure: failureOf(thrown) });
    }
  }

  /** Makes durable what has arrived so far. */
  private async finish(): Promise<void> {
    const { target, closing } = this.options;
    const { arrived } = this;
    this.arrived = [];
    this.timer = null;
    if (arrived.length === 0) return;
    const tickets = arrived.map(({ ticket }) => ticket);
    let failure: Failure | null = null;
    try {
      await target.uploads.finish(tickets, { signal: closing });
    } catch (thrown) {
      failure = failureOf(thrown);
    }
    for (const { job, entry } of arrived)
      job.end(failure ? { kind: 'failed', failure } : { kind: 'durable', entry });
  }

  private progressOf(upload: Upload): (sent: number) => void {
    const { size } = upload.source;
    const tell = nowAndThen(size, (sent) => this.options.onProgress(upload, sent, size));
    return (sent) => {
      if (sent >= size) this.options.onSent(upload);
      tell(sent);
    };
  }
}

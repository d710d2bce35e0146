import type { Entry } from '../../contract/entry.js';
import type { Failure } from '../../contract/failure.js';
import type { Ticket } from '../../contract/uploads.js';
import { clearTimeout, setTimeout } from '../../platform/time.js';
import { reading } from '../../store/common/sources.js';
import { failureOf } from '../protocol.js';
import { declare, nowAndThen, send, type Tickets } from './transfer.js';
import { heldSource, type Upload } from './upload.js';
import type { Uploader } from './uploader.js';

type Result =
  | { readonly kind: 'durable'; readonly entry: Entry }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'aborted' };

/** A large file must not hold back the durability of the small ones beside it, in milliseconds. */
const FINISH_INTERVAL = 2000;

/** One upload of a batch. */
export class Job {
  result: Result | null = null;
  isTransferring = false;
  readonly controller = new AbortController();

  constructor(
    readonly upload: Upload,
    private readonly uploader: Uploader,
  ) {}

  /** Ends at once if nothing was sent, else when the socket is done. */
  abort(): void {
    this.controller.abort();
    if (!this.isTransferring) this.end({ kind: 'aborted' });
  }

  end(result: Result): void {
    if (this.result) return;
    this.result = result;
    this.uploader.onEnd(this);
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
    private readonly uploader: Uploader,
  ) {
    this.jobs = uploads.map((upload) => new Job(upload, uploader));
  }

  /** Never rejects: every job ends with its result. */
  async run(): Promise<void> {
    const { target, transfers, signal } = this.uploader;
    const paths = this.jobs.map(({ upload }) => upload.path);
    let ticketOf: Tickets;
    try {
      ticketOf = await declare(target, paths, signal);
    } catch (thrown) {
      for (const job of this.jobs) job.end({ kind: 'failed', failure: failureOf(thrown) });
      return;
    }
    await Promise.all(
      this.jobs.map((job) =>
        transfers.run(
          job.upload.source.size,
          (onPushback) => this.transfer(job, ticketOf, onPushback),
          job.upload.isWanted,
        ),
      ),
    );
    if (this.timer) clearTimeout(this.timer);
    this.finishing.push(this.finish());
    await Promise.all(this.finishing);
  }

  private async transfer(job: Job, ticketOf: Tickets, onPushback: () => void): Promise<void> {
    const { target, queue, options } = this.uploader;
    const { upload } = job;
    const { signal } = job.controller;
    if (job.result) return;
    job.isTransferring = true;
    try {
      const ticket = ticketOf(upload.path);
      const { isDoubtful } = upload;
      const onProgress = this.progressOf(upload);
      const sending = { signal, onProgress, onPushback, now: options.now, isDoubtful };
      const source = heldSource(options.contents, upload.source);
      const entry = await reading(source, (content) => send(target, ticket, content, sending));
      queue.sent(upload);
      this.arrived.push({ job, ticket, entry });
      this.timer ??= setTimeout(() => this.finishing.push(this.finish()), FINISH_INTERVAL);
    } catch (thrown) {
      job.end(signal.aborted ? { kind: 'aborted' } : { kind: 'failed', failure: failureOf(thrown) });
    }
  }

  /** Makes durable what has arrived so far. */
  private async finish(): Promise<void> {
    const { target, signal } = this.uploader;
    const { arrived } = this;
    this.arrived = [];
    this.timer = null;
    if (arrived.length === 0) return;
    const tickets = arrived.map(({ ticket }) => ticket);
    let failure: Failure | null = null;
    try {
      await target.uploads.finish(tickets, { signal });
    } catch (thrown) {
      failure = failureOf(thrown);
    }
    for (const { job, entry } of arrived)
      job.end(failure ? { kind: 'failed', failure } : { kind: 'durable', entry });
  }

  private progressOf(upload: Upload): (sent: number) => void {
    const { uploader } = this;
    const { path, ino, source } = upload;
    const { size } = source;
    const tell = nowAndThen(size, (sent) => uploader.onEvent({ type: 'progress', path, ino, sent, size }));
    return (sent) => {
      if (sent >= size) uploader.queue.sent(upload);
      tell(sent);
    };
  }
}

import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  type Transferable,
  type Worker,
} from 'node:worker_threads';
import { Failure } from '../../contract/failure.js';
import type { Contents } from '../../contract/remote.js';
import { monotonicClock, nextTick } from '../../platform/time.js';
import { discard, hold, letGo, startTask } from '../../threads/own-threads.js';
import { Outbox } from '../outbox.js';
import {
  type Answer,
  failureOf,
  HEARTBEAT,
  packContent,
  type Request,
  type ThreadData,
} from '../protocol.js';

/**
 * A caller that is blocked hears of no events: it looks for heartbeats (`protocol.ts`). It counts its looks, not the time:
 * a process may be stopped as a whole. Twelve seconds, for the largest manifest that is read keeps the thread busy for more
 * than three in one turn, and a busy thread must not be taken for a dead one.
 */
const LOOK_MS = 250;
const LOOKS_UNTIL_GONE = 48;

interface ThreadHost {
  /** Where what was handed over is. */
  contents(): Contents;
  onAnswer(thread: OwnerThread, answer: ThreadAnswer): void;
  /** The thread has ended by itself. May be called more than once. */
  onGone(thread: OwnerThread, detail: string): void;
  /** A call can't be sent: something in its arguments can't leave this thread. */
  onUnsendable(id: number, detail: string): void;
}

/** What it says that isn't settled here. */
export type ThreadAnswer = Exclude<Answer, { type: 'open' | 'close' }>;

/** One owner in one life of its thread, seen from the kernel's. Owners of one server share the thread. */
export class OwnerThread {
  private readonly worker: Worker;
  private readonly port: MessagePort;
  private readonly counter = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  private readonly openContents = new OpenContents(() => this.host.contents());
  private isReferenced = true;
  private readonly outbox: Outbox<Request>;
  /** Received, in order, and not yet told. */
  private readonly unread: Answer[] = [];

  constructor(
    url: URL,
    data: Omit<ThreadData, 'port' | 'counter'>,
    private readonly host: ThreadHost,
  ) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.outbox = new Outbox(port1, {
      later: nextTick,
      onUnsendable: (request, thrown) => {
        if (request.type === 'call') host.onUnsendable(request.id, String(thrown));
        return null;
      },
    });
    this.worker = startWorker(url, {
      ...data,
      port: port2,
      counter: this.counter.buffer as SharedArrayBuffer,
    });
    this.worker.on('error', this.onError);
    this.worker.on('exit', this.onExit);
    port1.on('message', (answers: readonly Answer[]) => this.receive(answers));
    this.keepProcess(false);
  }

  /** What is posted in one turn the owner puts into as few requests as it can. */
  post(request: Request, transfers: readonly Transferable[] = []): void {
    this.outbox.post(request, transfers);
  }

  /** Messages that the thread has sent so far. Read it before `receiveAll`: then `sleep` misses none. */
  get countSent(): number {
    return Atomics.load(this.counter, 0);
  }

  receiveAll(): void {
    this.readAll();
    for (let next = receiveMessageOnPort(this.port); next; next = receiveMessageOnPort(this.port)) {
      this.receive(next.message);
    }
  }

  /** What one answer brings may wait for another of the same message, below it, and so takes the rest of them first. */
  private receive(answers: readonly Answer[]): void {
    for (const answer of answers) this.unread.push(answer);
    this.readAll();
  }

  private readAll(): void {
    for (let next = this.unread.shift(); next; next = this.unread.shift()) this.receiveOne(next);
  }

  private receiveOne(answer: Answer): void {
    if (answer.type === 'open') {
      const { transfers, ...packed } = this.openContents.open(answer.id);
      this.post({ type: 'content', opening: answer.opening, ...packed }, transfers);
    } else if (answer.type === 'close') {
      this.openContents.close(answer.id);
    } else {
      this.host.onAnswer(this, answer);
      if (answer.type === 'page') this.post({ type: 'taken', id: answer.id });
    }
  }

  /** Blocks until the thread has sent more than `count` messages; false if it hasn't within that many milliseconds. */
  sleep(count: number, milliseconds: number): boolean {
    this.outbox.flush();
    const deadline = monotonicClock() + milliseconds;
    let { heartbeats } = this;
    let looks = 0;
    for (let left = milliseconds; left > 0; left = deadline - monotonicClock()) {
      if (Atomics.wait(this.counter, 0, count, Math.min(left, LOOK_MS)) !== 'timed-out') return true;
      looks = heartbeats === this.heartbeats ? looks + 1 : 0;
      heartbeats = this.heartbeats;
      if (heartbeats > 0 && looks === LOOKS_UNTIL_GONE) {
        this.host.onGone(this, 'it stopped without a word');
        return false;
      }
    }
    return false;
  }

  private get heartbeats(): number {
    return Atomics.load(this.counter, HEARTBEAT);
  }

  keepProcess(isNeeded: boolean): void {
    if (isNeeded === this.isReferenced) return;
    this.isReferenced = isNeeded;
    if (isNeeded) {
      hold(this.worker);
      this.port.ref();
    } else {
      letGo(this.worker);
      this.port.unref();
    }
  }

  private readonly onError = (error: unknown): void =>
    this.host.onGone(this, error instanceof Error ? error.message : String(error));

  private readonly onExit = (code: number): void => this.host.onGone(this, `exit code ${code}`);

  private forget(): void {
    this.keepProcess(false);
    this.outbox.clear();
    this.port.close();
    this.openContents.closeAll();
  }

  /** Its owner was closed: the thread may serve others. */
  release(): void {
    this.forget();
    this.worker.off('error', this.onError);
    this.worker.off('exit', this.onExit);
  }

  /** Nothing is heard of it any more; resolves when nothing is left of it. */
  async end(): Promise<void> {
    this.forget();
    await discard(this.worker);
  }
}

function startWorker(file: URL, data: ThreadData): Worker {
  try {
    return startTask({ file, name: 'wandb-fs', together: data.store.config.baseUrl }, data, [data.port]);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ERR_ACCESS_DENIED') throw thrown;
    throw new Failure(
      'ENOTSUP',
      "Node's permission model denies threads: run it with `--allow-worker`, or set `sync: 'off'`.",
    );
  }
}

/** What one thread has open of the kernel's content: when it dies, it has closed it. */
class OpenContents {
  /** Their numbers, each as often as it is open: few at once. */
  private opened: number[] = [];

  constructor(private readonly contents: () => Contents) {}

  /** Never throws: a refusal is an answer. */
  open(id: number): ReturnType<typeof packContent> {
    try {
      const source = this.contents().open(id);
      if (source.kind === 'file') this.opened.push(id);
      return packContent({ ok: true, source });
    } catch (thrown) {
      return { content: { ok: false, failure: failureOf(thrown) }, transfers: [] };
    }
  }

  close(id: number): void {
    const at = this.opened.indexOf(id);
    if (at < 0) return;
    this.opened.splice(at, 1);
    this.contents().close(id);
  }

  closeAll(): void {
    for (const id of this.opened) this.contents().close(id);
    this.opened = [];
  }
}

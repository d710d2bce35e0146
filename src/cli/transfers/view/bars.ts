import { MultiBar, type SingleBar } from 'cli-progress';
import type { MirrorProgress } from '../../../index.js';
import { escaped } from '../../output/names.js';
import type { Output } from '../../output/output.js';
import { barLine, type Shown } from './bar-line.js';
import { Queue } from './queue.js';
import { summaryOf } from './summary.js';
import type { Told, View } from './view.js';

/** More would scroll away what they are redrawn over. */
const MOST_BARS = 8;
/** A file that is through at once needs no line of its own. */
const SMALLEST = 256 * 1024;
const FRAMES_PER_SECOND = 10;

/** On a terminal: a line a file that is on its way, and one for all. They are gone at the end, and the sum stays. */
export class Bars implements View {
  readonly #queue: Queue;
  readonly #err: Output;
  #all: MultiBar | null = null;
  #total: SingleBar | null = null;
  readonly #bars = new Map<string, SingleBar>();
  #startedAt = 0;

  constructor(err: Output) {
    this.#err = err;
    this.#queue = new Queue(err);
  }

  readonly onProgress = (progress: MirrorProgress): void => {
    const { transfer, files, filesTotal, bytes, bytesTotal } = progress;
    if (transfer === null && files === 0) this.#begin();
    if (transfer) this.#onFile(transfer);
    const shown: Shown = { label: `${files} of ${filesTotal} files`, seconds: this.#seconds };
    this.#total?.setTotal(bytesTotal);
    this.#total?.update(bytes, shown);
  };

  async told(told: Told): Promise<void> {
    this.#stop();
    this.#queue.line(summaryOf(told));
  }

  end(): Promise<void> {
    this.#stop();
    return this.#queue.end();
  }

  get #seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  #begin(): void {
    this.#stop();
    this.#startedAt = performance.now();
    this.#all = new MultiBar({
      stream: this.#stream() as NodeJS.WritableStream,
      format: (_options, { value, total }, payload: Shown) =>
        barLine({ ...payload, value, total }, this.#err.columns),
      fps: FRAMES_PER_SECOND,
      hideCursor: true,
      clearOnComplete: true,
      linewrap: true,
      autopadding: false,
      noTTYOutput: false,
      gracefulExit: false,
    });
    this.#total = this.#all.create(0, 0, { label: '', seconds: 0 } satisfies Shown);
  }

  #onFile({ name, bytes, size, isDone }: NonNullable<MirrorProgress['transfer']>): void {
    let bar = this.#bars.get(name);
    if (isDone) {
      if (bar) this.#all?.remove(bar);
      this.#bars.delete(name);
      return;
    }
    if (size < SMALLEST || (!bar && this.#bars.size >= MOST_BARS)) return;
    const shown: Shown = { label: escaped(name), seconds: this.#seconds };
    bar ??= this.#all?.create(size, 0, shown);
    if (!bar) return;
    this.#bars.set(name, bar);
    bar.update(bytes, shown);
  }

  #stop(): void {
    this.#all?.stop();
    this.#all = null;
    this.#total = null;
    this.#bars.clear();
  }

  /** What the library writes goes the way of all else; it asks for no more of a terminal than this. */
  #stream(): object {
    const columns = (): number => this.#err.columns;
    return {
      isTTY: true,
      write: (text: string) => {
        this.#queue.write(text);
        return true;
      },
      get columns() {
        return columns();
      },
    };
  }
}

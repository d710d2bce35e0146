import type { Writable } from 'node:stream';

/** What is told of a stream of the process, and what a test puts in its place. */
export type OutputStream = Writable & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  hasColors?(environment: object): boolean;
};

/** Nobody reads any more what is written, as behind `| head`: no error, but nothing is left to do. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/** One stream that a command writes to, no faster than it is read. */
export class Output {
  readonly #stream: OutputStream;
  readonly #onFailed: (failure: Error) => void;
  #failure: Error | null = null;

  /** @param onFailed hears when nothing can be written any more: a command may be waiting for something else then */
  constructor(
    stream: OutputStream,
    environment: NodeJS.ProcessEnv,
    onFailed: (failure: Error) => void = () => {},
  ) {
    this.#stream = stream;
    this.#onFailed = onFailed;
    this.isTerminal = stream.isTTY === true;
    this.canRedraw = this.isTerminal && environment.TERM !== 'dumb';
    this.hasColors = this.isTerminal && !environment.NO_COLOR && stream.hasColors?.(environment) === true;
    stream.on('error', this.#fail);
  }

  readonly isTerminal: boolean;
  /** Lines can be drawn over. */
  readonly canRedraw: boolean;
  readonly hasColors: boolean;

  /** Of a terminal, which may not know it and say 0; elsewhere lines are as long as they are. It may change while a command runs. */
  get columns(): number {
    return this.isTerminal ? this.#stream.columns || 80 : Number.POSITIVE_INFINITY;
  }

  /** Resolves when there is room for more. Rejects with OutputClosed, or with what the stream failed by. */
  async write(chunk: string | Uint8Array): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#stream.write(chunk)) return;
    await this.#written();
  }

  line(text = ''): Promise<void> {
    return this.write(`${text}\n`);
  }

  /** Everything is out; rejects as `write` does. */
  async end(): Promise<void> {
    try {
      await this.#written();
    } finally {
      this.#stream.off('error', this.#fail);
    }
  }

  readonly #fail = (error: NodeJS.ErrnoException): void => {
    if (this.#failure) return;
    // A write to a stream that has failed already tells that it is gone, and the stream what it failed by.
    const cause: NodeJS.ErrnoException = this.#stream.errored ?? error;
    const isClosed = cause.code === 'EPIPE' || cause.code === 'ERR_STREAM_DESTROYED';
    this.#failure = isClosed ? new OutputClosed() : cause;
    this.#onFailed(this.#failure);
  };

  async #written(): Promise<void> {
    // What is written is told in order: behind this nothing is left in the stream.
    if (!this.#failure) {
      await new Promise<void>((resolve) => {
        this.#stream.write('', (error) => {
          if (error) this.#fail(error);
          resolve();
        });
      });
    }
    if (this.#failure) throw this.#failure;
  }
}

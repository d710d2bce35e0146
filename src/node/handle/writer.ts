import { hasCode } from '../arguments/errors.js';
import { invalidArgumentType, outOfRange, refusal } from '../arguments/refusals.js';
import { asArray, asObject, asSignal, bytesOf, isView } from '../arguments/validate.js';
import { asyncDispose, dispose } from '../faces/node-version.js';
import { asWindow, type Window } from './iter.js';
import type { HandleState } from './state.js';

/** `FileHandle.writer`: what `pipeTo` of `node:stream/iter` writes to. Ended once, by `end` or by `fail`. */
export class HandleWriter {
  readonly #handle: HandleState;
  readonly #window: Window;
  /** The writes on their way. They go one after the other: the file's own position is theirs in common. */
  #pending = 0;
  /** Resolves when none is, whatever came of them: the caller of each hears of it. */
  #settled: Promise<void> = Promise.resolve();
  #written = 0;
  #state: 'open' | 'closing' | 'closed' | 'failed' = 'open';
  #reason: unknown;
  #ending: Promise<number> | null = null;
  readonly #letGo: () => void;
  /** Rejects what is on its way when the writer fails. */
  #abandon: (reason: unknown) => void = () => {};
  readonly #abandoned: Promise<never>;

  constructor(handle: HandleState, options: unknown) {
    this.#handle = handle;
    this.#window = asWindow(options);
    this.#abandoned = new Promise<never>((_resolve, reject) => {
      this.#abandon = reject;
    });
    // Heard by those who wait for a write; without any, the failure is the writer's own state.
    this.#abandoned.catch(() => undefined);
    handle.lock();
    this.#letGo = handle.hold();
  }

  write(chunk: unknown, options: unknown = {}): Promise<void> {
    return this.#start('write', asBytes(chunk, 'chunk'), options);
  }

  writev(chunks: unknown, options: unknown = {}): Promise<void> {
    return this.#start('writev', asAllBytes(chunks), options);
  }

  /** False where it wasn't done, and `write` is to be used. */
  writeSync(chunk: unknown): boolean {
    return this.#writeSync(asBytes(chunk, 'chunk'));
  }

  writevSync(chunks: unknown): boolean {
    return this.#writeSync(asAllBytes(chunks));
  }

  /** Waits for the writes on their way; resolves to the bytes written. */
  end(options: unknown = {}): Promise<number> {
    const signal = signalOf(options);
    if (this.#state === 'failed') return Promise.reject(this.#reason);
    if (this.#state === 'closed') return Promise.resolve(this.#written);
    if (this.#ending) return this.#ending;
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.#state = 'closing';
    this.#ending = Promise.race([this.#finish(), this.#abandoned]);
    return this.#ending;
  }

  /** The bytes written; -1 where it can't be ended at once. */
  endSync(): number {
    if (this.#state === 'closed') return this.#written;
    if (this.#state !== 'open' || this.#pending > 0) return -1;
    this.#state = 'closed';
    this.#release();
    if (this.#window.autoClose) this.#handle.closeSync();
    return this.#written;
  }

  fail(reason?: unknown): void {
    if (this.#state === 'closed' || this.#state === 'failed') return;
    this.#state = 'failed';
    this.#reason = reason;
    this.#abandon(reason);
    // The fd is in use until the writes on their way have ended, whatever came of them.
    void this.#settled.then(() => this.#close());
  }

  async [asyncDispose](): Promise<void> {
    if (this.#state === 'closing') await this.#ending;
    else this.fail();
  }

  [dispose](): void {
    this.fail();
  }

  async #finish(): Promise<number> {
    await this.#settled;
    if (this.#state === 'failed') throw this.#reason;
    this.#state = 'closed';
    await this.#close();
    return this.#written;
  }

  #start(name: string, bytes: Uint8Array, options: unknown): Promise<void> {
    const signal = signalOf(options);
    if (this.#state === 'failed') return Promise.reject(this.#reason);
    if (this.#state !== 'open') return Promise.reject(stateError(`The writer is ${this.#state}`));
    if (signal?.aborted) return Promise.reject(signal.reason);
    const { rest, position } = this.#window;
    if (bytes.byteLength > rest) {
      return Promise.reject(outOfRange(name, `<= ${rest} bytes`, bytes.byteLength));
    }
    this.#advance(bytes.byteLength);
    const writing = this.#settled.then(() => this.#writeAll(bytes, position, signal));
    this.#pending++;
    const settle = (): void => void this.#pending--;
    this.#settled = writing.then(settle, settle);
    return Promise.race([writing, this.#abandoned]);
  }

  async #writeAll(bytes: Uint8Array, start: number | null, signal: AbortSignal | undefined): Promise<void> {
    for (let at = 0; at < bytes.byteLength; ) {
      const count = await this.#handle.write(bytes.subarray(at), start === null ? null : start + at);
      at += count;
      this.#written += count;
      signal?.throwIfAborted();
    }
  }

  #writeSync(bytes: Uint8Array): boolean {
    const { chunkBytes, rest, position } = this.#window;
    if (this.#state !== 'open' || this.#pending > 0) return false;
    if (bytes.byteLength > Math.min(chunkBytes, rest)) return false;
    if (bytes.byteLength === 0) return true;
    let written = 0;
    while (written < bytes.byteLength) {
      try {
        const at = position === null ? null : position + written;
        written += this.#handle.writeSync(bytes.subarray(written), at);
      } catch (error) {
        // What couldn't even be begun is written later, and fails there where it fails again.
        if (written === 0 && hasCode(error)) return false;
        throw error;
      }
    }
    this.#written += written;
    this.#advance(written);
    return true;
  }

  #advance(count: number): void {
    if (this.#window.position !== null) this.#window.position += count;
    this.#window.rest -= count;
  }

  #release(): void {
    this.#handle.unlock();
    this.#letGo();
  }

  async #close(): Promise<void> {
    this.#release();
    if (this.#window.autoClose) await this.#handle.close();
  }
}

const stateError = (message: string): Error =>
  refusal(TypeError, 'ERR_INVALID_STATE', `Invalid state: ${message}`);

const signalOf = (options: unknown): AbortSignal | undefined =>
  asSignal(asObject(options, 'options').signal, 'options.signal');

function asBytes(chunk: unknown, name: string): Uint8Array {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  if (!isView(chunk)) {
    throw invalidArgumentType(name, 'of type string or an instance of Uint8Array', chunk);
  }
  return bytesOf(chunk);
}

function asAllBytes(chunks: unknown): Uint8Array {
  return Buffer.concat(asArray(chunks, 'chunks', asBytes));
}

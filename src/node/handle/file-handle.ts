import { AsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import type { BigIntStats, ReadStream, Stats, WriteStream } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import type { ReadableStream } from 'node:stream/web';
import { asRead, asWrite, givenToHandleRead } from '../arguments/transfers.js';
import { type AnyFunction, type Bag, isView } from '../arguments/validate.js';
import { fchmod, fchown, futimes } from '../composites/attributes.js';
import type { AsyncComposite } from '../composites/driver.js';
import { fdatasync, fsync, ftruncate } from '../composites/files/descriptors.js';
import { asReadSettings, readOpen } from '../composites/files/read-file.js';
import { readTransfer, readv, writeTransfer, writev } from '../composites/files/transfer.js';
import { writeFileTo } from '../composites/files/write-file.js';
import { fstatOf } from '../composites/stat.js';
import { answer } from '../faces/face.js';
import { asyncDispose } from '../faces/node-version.js';
import { borrow, type StreamFs, type StreamMakers } from '../streams/streams.js';
import { asAutoClose, streamOperations, webStream } from '../streams/web-streams.js';
import type { Tree } from '../tree.js';
import type { OpenFd } from './forgotten.js';
import { pull } from './iter.js';
import { HandleState } from './state.js';
import { HandleWriter } from './writer.js';

/** An open file as `promises.open` gives it, with the shape of Node's `FileHandle`. Emits 'close'. */
export class FileHandle extends EventEmitter {
  readonly #tree: Tree;
  /** Of its fs object. */
  readonly #streams: StreamMakers;
  readonly #state: HandleState;
  #resource: AsyncResource | null = null;

  constructor(tree: Tree, open: OpenFd, streams: StreamMakers) {
    super();
    this.#tree = tree;
    this.#state = new HandleState(tree, open, () => this.emit('close'));
    this.#streams = streams;
  }

  /** -1 once it is closed. */
  get fd(): number {
    return this.#state.fd;
  }

  appendFile(data: unknown, options?: unknown): Promise<void> {
    return this.#state.call('writeFile', (fd) => writeFileTo(this.#tree, fd, data, options));
  }

  chmod(mode: unknown): Promise<void> {
    return this.#state.call('fchmod', (fd) => fchmod(this.#tree, fd, mode));
  }

  chown(uid: unknown, gid: unknown): Promise<void> {
    return this.#state.call('fchown', (fd) => fchown(this.#tree, fd, uid, gid));
  }

  datasync(): Promise<void> {
    return this.#state.call('fdatasync', (fd) => fdatasync(this.#tree, fd));
  }

  sync(): Promise<void> {
    return this.#state.call('fsync', (fd) => fsync(this.#tree, fd));
  }

  read(...args: unknown[]): Promise<{ bytesRead: number; buffer: unknown }> {
    return this.#state.call('read', (fd) => this.#read(fd, args));
  }

  async readv(buffers: unknown, position?: unknown): Promise<{ bytesRead: number; buffers: unknown }> {
    const bytesRead = await this.#state.call('readv', (fd) => readv(this.#tree, fd, buffers, position));
    return bare({ bytesRead, buffers });
  }

  readFile(options?: unknown): Promise<string | Buffer> {
    return this.#state.call('readFile', (fd) => readOpen(this.#tree, fd, asReadSettings(options)));
  }

  readLines(options?: Bag): Interface {
    return createInterface({ input: this.createReadStream(options), crlfDelay: Number.POSITIVE_INFINITY });
  }

  stat(options?: unknown): Promise<Stats | BigIntStats> {
    return this.#state.call('fstat', (fd) => fstatOf(this.#tree, fd, options));
  }

  truncate(length?: unknown): Promise<void> {
    return this.#state.call('ftruncate', (fd) => ftruncate(this.#tree, fd, length));
  }

  utimes(atime: unknown, mtime: unknown): Promise<void> {
    return this.#state.call('futimes', (fd) => futimes(this.#tree, fd, atime, mtime));
  }

  write(...args: unknown[]): Promise<{ bytesWritten: number; buffer: unknown }> {
    return this.#state.call('write', (fd) => this.#write(fd, args));
  }

  async writev(buffers: unknown, position?: unknown): Promise<{ bytesWritten: number; buffers: unknown }> {
    const bytesWritten = await this.#state.call('writev', (fd) => writev(this.#tree, fd, buffers, position));
    return bare({ bytesWritten, buffers });
  }

  writeFile(data: unknown, options?: unknown): Promise<void> {
    return this.#state.call('writeFile', (fd) => writeFileTo(this.#tree, fd, data, options));
  }

  createReadStream(options?: Bag): ReadStream {
    return this.#streams.createReadStream(undefined, { ...options, fd: this });
  }

  createWriteStream(options?: Bag): WriteStream {
    return this.#streams.createWriteStream(undefined, { ...options, fd: this });
  }

  /**
   * A byte stream from the current position on, one for a handle.
   *
   * @param options.autoClose whether the end of the stream closes the handle; false by default
   * @throws ERR_INVALID_STATE for a handle that is closed, closing, or has such a stream already
   */
  readableWebStream(options: unknown = {}): ReadableStream {
    this.#state.checkFree();
    this.#state.lock();
    const autoClose = asAutoClose(options);
    const release = this.#state.hold();
    return webStream({
      read: async (view) => (await this.read(view, 0, view.byteLength, null)).bytesRead,
      end: async () => {
        release();
        if (autoClose) await this.close();
      },
      onClose: (close) => {
        this.once('close', () => {
          release();
          close();
        });
      },
    });
  }

  /**
   * The content as batches of bytes, through transforms if there are any; the last argument may be options: `autoClose`
   * (false), `chunkSize` (128 KiB), `start` (the position), `limit` (the end), `signal`. Experimental in Node.
   *
   * @throws ENOTSUP for transforms on a Node without `--experimental-stream-iter`, whose own they need
   */
  pull(...args: readonly unknown[]): unknown {
    return pull(this.#free(), 'pull', args);
  }

  /** As `pull`, for `for…of`. */
  pullSync(...args: readonly unknown[]): unknown {
    return pull(this.#free(), 'pullSync', args);
  }

  /** What `pipeTo` of `node:stream/iter` writes to; options as of `pull`. Experimental in Node. */
  writer(options: unknown = {}): HandleWriter {
    return new HandleWriter(this.#free(), options);
  }

  /** The id under which `async_hooks` would know it. */
  getAsyncId(): number {
    this.#resource ??= new AsyncResource('FILEHANDLE');
    return this.#resource.asyncId();
  }

  /** Waits for the calls on their way. Own and bound: streams and callers take it off the handle. */
  readonly close = (): Promise<void> => this.#state.close();

  async [asyncDispose](): Promise<void> {
    await this.close();
  }

  /** For a stream from its `start` on; its `close` operation gives the handle back. */
  [borrow](): { readonly operations: StreamFs; readonly start: () => void } {
    let release = (): void => {};
    return {
      operations: {
        ...streamOperations(this),
        close: (_fd: number, done: AnyFunction) => {
          release();
          answer(this.close(), done);
        },
      },
      start: () => {
        release = this.#state.hold();
      },
    };
  }

  #free(): HandleState {
    this.#state.checkFree();
    return this.#state;
  }

  *#read(fd: number, args: readonly unknown[]): AsyncComposite<{ bytesRead: number; buffer: unknown }> {
    const transfer = asRead(givenToHandleRead(args));
    return bare({ bytesRead: yield* readTransfer(this.#tree, fd, transfer), buffer: transfer.buffer });
  }

  *#write(fd: number, args: readonly unknown[]): AsyncComposite<{ bytesWritten: number; buffer: unknown }> {
    const [given] = args;
    // Node's handles don't ask the file for an empty write, even where they couldn't write.
    if (isView(given) && given.byteLength === 0) return bare({ bytesWritten: 0, buffer: given });
    const transfer = asWrite(args);
    return bare({ bytesWritten: yield* writeTransfer(this.#tree, fd, transfer), buffer: transfer.buffer });
  }
}

/** Node's results have no prototype. */
const bare = <T extends object>(result: T): T => Object.assign(Object.create(null), result);

import { AsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import type { BigIntStats, ReadStream, Stats, WriteStream } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import type { ReadableStream } from 'node:stream/web';
import { fchmod, fchown, futimes } from './composites/attributes.js';
import { close, fdatasync, fsync, ftruncate } from './composites/descriptors.js';
import { asReadSettings, readOpen } from './composites/read-file.js';
import { fstatOf } from './composites/stat.js';
import { readTransfer, readv, writeTransfer, writev } from './composites/transfer.js';
import { writeFileTo } from './composites/write-file.js';
import type { AsyncComposite } from './driver.js';
import { asAutoClose, once, settle, streamOperations, webStream } from './handle-streams.js';
import { invalidState } from './refusals.js';
import { borrow, type StreamFs } from './streams.js';
import { asyncDispose } from './symbols.js';
import { asRead, asWrite, givenToHandleRead } from './transfers.js';
import type { Tree } from './tree.js';
import type { AnyFunction, Bag } from './validate.js';

/** How the handle makes streams over itself: with the classes of its fs object. */
export interface StreamMakers {
  readonly createReadStream: (path: unknown, options: unknown) => ReadStream;
  readonly createWriteStream: (path: unknown, options: unknown) => WriteStream;
}

/** An open file as `promises.open` gives it, with the shape of Node's `FileHandle`. Emits 'close'. */
export class FileHandle extends EventEmitter {
  readonly #tree: Tree;
  readonly #streams: StreamMakers;
  #fd: number;
  /** The handle itself, and the calls and streams that use it: the fd is closed when the last one has ended. */
  #uses = 1;
  #closing: Promise<void> | null = null;
  #onUnused: () => void = () => {};
  #isLocked = false;
  #resource: AsyncResource | null = null;

  constructor(tree: Tree, fd: number, streams: StreamMakers) {
    super();
    this.#tree = tree;
    this.#fd = fd;
    this.#streams = streams;
  }

  /** -1 once it is closed. */
  get fd(): number {
    return this.#fd;
  }

  appendFile(data: unknown, options?: unknown): Promise<void> {
    return this.#call('writeFile', (fd) => writeFileTo(this.#tree, fd, data, options));
  }

  chmod(mode: unknown): Promise<void> {
    return this.#call('fchmod', (fd) => fchmod(this.#tree, fd, mode));
  }

  chown(uid: unknown, gid: unknown): Promise<void> {
    return this.#call('fchown', (fd) => fchown(this.#tree, fd, uid, gid));
  }

  datasync(): Promise<void> {
    return this.#call('fdatasync', (fd) => fdatasync(this.#tree, fd));
  }

  sync(): Promise<void> {
    return this.#call('fsync', (fd) => fsync(this.#tree, fd));
  }

  async read(...args: unknown[]): Promise<{ bytesRead: number; buffer: unknown }> {
    const { bytesRead, buffer } = await this.#call('read', (fd) => this.#read(fd, args));
    return bare({ bytesRead, buffer });
  }

  async readv(buffers: unknown, position?: unknown): Promise<{ bytesRead: number; buffers: unknown }> {
    const bytesRead = await this.#call('readv', (fd) => readv(this.#tree, fd, buffers, position));
    return bare({ bytesRead, buffers });
  }

  readFile(options?: unknown): Promise<string | Buffer> {
    const tree = this.#tree;
    return this.#call('readFile', function* (fd) {
      return yield* readOpen(tree, fd, asReadSettings(options));
    });
  }

  readLines(options?: Bag): Interface {
    return createInterface({ input: this.createReadStream(options), crlfDelay: Number.POSITIVE_INFINITY });
  }

  stat(options?: unknown): Promise<Stats | BigIntStats> {
    return this.#call('fstat', (fd) => fstatOf(this.#tree, fd, options));
  }

  truncate(length?: unknown): Promise<void> {
    return this.#call('ftruncate', (fd) => ftruncate(this.#tree, fd, length));
  }

  utimes(atime: unknown, mtime: unknown): Promise<void> {
    return this.#call('futimes', (fd) => futimes(this.#tree, fd, atime, mtime));
  }

  async write(...args: unknown[]): Promise<{ bytesWritten: number; buffer: unknown }> {
    const { bytesWritten, buffer } = await this.#call('write', (fd) => this.#write(fd, args));
    return bare({ bytesWritten, buffer });
  }

  async writev(buffers: unknown, position?: unknown): Promise<{ bytesWritten: number; buffers: unknown }> {
    const bytesWritten = await this.#call('writev', (fd) => writev(this.#tree, fd, buffers, position));
    return bare({ bytesWritten, buffers });
  }

  writeFile(data: unknown, options?: unknown): Promise<void> {
    return this.#call('writeFile', (fd) => writeFileTo(this.#tree, fd, data, options));
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
    if (this.#fd === -1) throw invalidState('The FileHandle is closed');
    if (this.#closing) throw invalidState('The FileHandle is closing');
    if (this.#isLocked) throw invalidState('The FileHandle is locked');
    this.#isLocked = true;
    const autoClose = asAutoClose(options);
    this.#uses++;
    const release = once(() => this.#release());
    this.once('close', release);
    return webStream({
      isEnded: () => this.#closing !== null || this.#fd === -1,
      read: async (view) => (await this.read(view, 0, view.byteLength, null)).bytesRead,
      end: async () => {
        release();
        if (autoClose) await this.close();
      },
    });
  }

  /** The id under which `async_hooks` would know it. */
  getAsyncId(): number {
    this.#resource ??= new AsyncResource('FILEHANDLE');
    return this.#resource.asyncId();
  }

  /** Waits for the calls on their way. Own and bound: streams and callers take it off the handle. */
  readonly close = (): Promise<void> => {
    if (this.#fd === -1) return Promise.resolve();
    if (this.#closing) return this.#closing;
    const { promise, resolve, reject } = withResolvers();
    this.#onUnused = () => {
      const fd = this.#fd;
      this.#fd = -1;
      this.#tree.calls.drive(close(this.#tree, fd)).then(resolve, reject);
    };
    this.#closing = promise;
    this.#release();
    this.emit('close');
    return promise;
  };

  async [asyncDispose](): Promise<void> {
    await this.close();
  }

  [borrow](): { readonly operations: StreamFs; readonly start: () => void } {
    const end = once(() => this.#release());
    return {
      operations: {
        ...streamOperations(this),
        close: (_fd: number, done: AnyFunction) => {
          end();
          settle(this.close(), done);
        },
      },
      start: () => {
        this.#uses++;
      },
    };
  }

  *#read(fd: number, args: readonly unknown[]): AsyncComposite<{ bytesRead: number; buffer: unknown }> {
    const transfer = asRead(givenToHandleRead(args));
    return { bytesRead: yield* readTransfer(this.#tree, fd, transfer), buffer: transfer.buffer };
  }

  *#write(fd: number, args: readonly unknown[]): AsyncComposite<{ bytesWritten: number; buffer: unknown }> {
    const transfer = asWrite(args);
    return { bytesWritten: yield* writeTransfer(this.#tree, fd, transfer), buffer: transfer.buffer };
  }

  async #call<T>(syscall: string, call: (fd: number) => AsyncComposite<T>): Promise<T> {
    if (this.#fd === -1) {
      throw Object.assign(new Error('file closed'), { code: 'EBADF', syscall });
    }
    this.#uses++;
    try {
      return await this.#tree.calls.drive(call(this.#fd));
    } finally {
      this.#release();
    }
  }

  #release(): void {
    this.#uses--;
    if (this.#uses === 0) this.#onUnused();
  }
}

/** Node's results have no prototype. */
const bare = <T extends object>(result: T): T => Object.assign(Object.create(null), result);

function withResolvers(): {
  promise: Promise<void>;
  resolve: () => void;
  reject: (reason: unknown) => void;
} {
  let resolve: () => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

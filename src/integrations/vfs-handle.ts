import type nodeFs from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

type NodeFs = typeof nodeFs;
type AnyFunction = (...args: unknown[]) => unknown;

/** Its methods that do nothing but call `fs` with the fd. */
const CALLS = {
  read: 'read',
  readSync: 'readSync',
  readv: 'readv',
  writev: 'writev',
  readFile: 'readFile',
  readFileSync: 'readFileSync',
  writeFileSync: 'writeFileSync',
  stat: 'fstat',
  statSync: 'fstatSync',
  truncate: 'ftruncate',
  truncateSync: 'ftruncateSync',
  chmod: 'fchmod',
  chmodSync: 'fchmodSync',
  chown: 'fchown',
  utimes: 'futimes',
  utimesSync: 'futimesSync',
  sync: 'fsync',
  datasync: 'fdatasync',
} as const;

/**
 * An open file as `node:vfs` wants it: Node gives it an fd and a `FileHandle` of its own, and makes their calls here, as
 * its callers made them.
 */
export class VfsHandle {
  closed = false;
  readonly #fs: NodeFs;
  readonly #fd: number;
  /** Where Node has set the handle to, as its write streams do; null: the fd has its own position. */
  #position: number | null = null;

  constructor(
    fs: NodeFs,
    fd: number,
    readonly path: string,
    readonly flags: unknown,
    readonly mode: unknown,
  ) {
    this.#fs = fs;
    this.#fd = fd;
  }

  static {
    for (const [name, call] of Object.entries(CALLS)) {
      const isSync = call.endsWith('Sync');
      Object.defineProperty(VfsHandle.prototype, name, {
        value(this: VfsHandle, ...args: unknown[]): unknown {
          return isSync ? this.#now(call, args) : this.#later(call, args);
        },
      });
    }
  }

  get position(): number {
    return this.#position ?? 0;
  }

  set position(position: number) {
    this.#position = position;
  }

  async write(...args: unknown[]): Promise<unknown> {
    const written = await this.#later('write', this.#positioned(args));
    this.#advance((written as { readonly bytesWritten: number }).bytesWritten);
    return written;
  }

  writeSync(...args: unknown[]): unknown {
    const written = this.#now('writeSync', this.#positioned(args));
    this.#advance(Number(written));
    return written;
  }

  async writeFile(data: unknown, options?: unknown): Promise<void> {
    if (isContent(data)) await this.#later('writeFile', [data, options]);
    else await this.#writeAll(data as Iterable<unknown>, options);
  }

  appendFile(data: unknown, options?: unknown): unknown {
    return this.writeFile(data, options);
  }

  async close(): Promise<void> {
    await this.#later('close', []);
    this.closed = true;
  }

  closeSync(): void {
    this.#now('closeSync', []);
    this.closed = true;
  }

  #now(name: keyof NodeFs, args: readonly unknown[]): unknown {
    return (this.#fs[name] as AnyFunction)(this.#fd, ...args);
  }

  #later(name: keyof NodeFs, args: readonly unknown[]): Promise<unknown> {
    const call: (...args: unknown[]) => Promise<unknown> = promisify(this.#fs[name] as AnyFunction);
    return call(this.#fd, ...args);
  }

  /** Of `buffer, offset, length, position`; a write that says where is the fd's. */
  #positioned(args: readonly unknown[]): readonly unknown[] {
    const position = args[3] ?? null;
    return this.#position === null || position !== null ? args : [...args.slice(0, 3), this.#position];
  }

  #advance(count: number): void {
    if (this.#position !== null) this.#position += count;
  }

  async #writeAll(data: Iterable<unknown>, options: unknown): Promise<void> {
    const given = typeof options === 'string' ? { encoding: options } : options;
    const stream = this.#fs.createWriteStream('', { ...Object(given), fd: this.#fd, autoClose: false });
    await pipeline(Readable.from(data), stream);
  }
}

const isContent = (data: unknown): boolean =>
  typeof data !== 'object' || data === null || ArrayBuffer.isView(data) || !isIterable(data);

const isIterable = (data: object): boolean => Symbol.iterator in data || Symbol.asyncIterator in data;

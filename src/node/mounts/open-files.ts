import { EventEmitter } from 'node:events';
import { hasCode } from '../arguments/errors.js';
import { isFunction } from '../arguments/validate.js';
import type { AheadOf } from '../composites/ahead.js';
import type { Ahead } from '../composites/shared/lookahead.js';
import { Filesystem } from './filesystem.js';

/** Whose the open files are. What isn't here was opened elsewhere, or is the base's. */
export class OpenFiles {
  readonly #fds = new Map<number, Filesystem>();
  readonly #handles = new WeakMap<object, Filesystem>();

  ownerOf(file: unknown): Filesystem | undefined {
    if (typeof file === 'number') return this.#fds.get(file);
    return typeof file === 'object' && file !== null ? this.#handles.get(file) : undefined;
  }

  add(fd: unknown, owner: Filesystem): void {
    if (typeof fd === 'number') this.#fds.set(fd, owner);
  }

  addHandle(handle: unknown, owner: Filesystem): void {
    if (!(handle instanceof EventEmitter) || !('fd' in handle)) return;
    const { fd } = handle;
    this.#handles.set(handle, owner);
    this.add(fd, owner);
    handle.once('close', () => this.delete(fd));
  }

  delete(fd: unknown): void {
    if (typeof fd === 'number') this.#fds.delete(fd);
  }
}

type Aheads = (of: AheadOf) => Ahead;

/** A tree whose open files are remembered as its own. */
export class TreeFilesystem extends Filesystem {
  readonly #files: OpenFiles;

  readonly #ahead: Aheads | undefined;

  /** @param ahead asks for what lies ahead in it */
  constructor(fs: object, files: OpenFiles, ahead?: Aheads) {
    super(fs, true);
    this.#files = files;
    this.#ahead = ahead;
  }

  override ahead(of: AheadOf): Ahead | null {
    return this.#ahead?.(of) ?? null;
  }

  override sync(name: string, args: readonly unknown[]): unknown {
    if (name === 'close') return this.#closeSync(args);
    const value = super.sync(name, args);
    if (name === 'open') this.#files.add(value, this);
    return value;
  }

  override callback(name: string, args: readonly unknown[]): unknown {
    if (name === 'open') {
      return super.callback(
        name,
        hearing(args, (error, fd) => error || this.#files.add(fd, this)),
      );
    }
    if (name !== 'close') return super.callback(name, args);
    const result = super.callback(
      name,
      hearing(args, (error) => this.#restore(error, args[0])),
    );
    this.#files.delete(args[0]);
    return result;
  }

  override promise(name: string, args: readonly unknown[]): unknown {
    const value = super.promise(name, args);
    if (name !== 'open') return value;
    return Promise.resolve(value).then((handle: unknown) => {
      this.#files.addHandle(handle, this);
      return handle;
    });
  }

  /** From the start of its close on the number is free: another file may have it before the close is heard of. */
  #closeSync(args: readonly unknown[]): unknown {
    this.#files.delete(args[0]);
    try {
      return super.sync('close', args);
    } catch (error) {
      this.#restore(error, args[0]);
      throw error;
    }
  }

  /** What couldn't be closed is still open, unless it never was. */
  #restore(error: unknown, fd: unknown): void {
    if (error && !hasCode(error, 'EBADF')) this.#files.add(fd, this);
  }
}

function hearing(args: readonly unknown[], listen: (...values: unknown[]) => unknown): readonly unknown[] {
  return args.map((arg) =>
    isFunction(arg)
      ? (...values: unknown[]) => {
          listen(...values);
          return arg(...values);
        }
      : arg,
  );
}

import type { ReadStream, WriteStream } from 'node:fs';
import { nodeFs } from '../../platform/disk.js';
import { asPath } from '../arguments/paths.js';
import { notImplemented } from '../arguments/refusals.js';
import {
  type AnyFunction,
  asObject,
  asOptions,
  type Bag,
  copied,
  isFunction,
} from '../arguments/validate.js';
import type { FileHandle } from '../handle/file-handle.js';

/** What Node's stream classes call instead of `node:fs` when it is given as their `fs` option. */
export interface StreamFs {
  readonly open?: unknown;
  readonly read?: unknown;
  readonly write?: unknown;
  readonly writev?: unknown;
  readonly fsync?: unknown;
  readonly close?: unknown;
}

/** How a stream borrows a file handle of ours, as Node's streams borrow Node's; one of another copy of this package, too. */
export const borrow: unique symbol = Symbol.for('wandb-fs.borrow.1');

export const isBorrowable = (value: unknown): value is FileHandle =>
  typeof value === 'object' && value !== null && borrow in value;

type NodeStreamClass = AnyFunction & { readonly prototype: object };

/** How streams are made with the classes of an fs object. */
export type StreamMakers = Pick<ReturnType<typeof streamMembers>, 'createReadStream' | 'createWriteStream'>;

/** What a stream of these arguments works on; undefined leaves the choice to Node. */
type FsOf = (path: unknown, options: Bag) => StreamFs | undefined;

/**
 * Node's own stream classes over our calls, so that they behave as those of the running version do. Like Node's they
 * can be called without `new` and applied to another object: graceful-fs does both.
 *
 * `fs` is asked for at each use: tools replace the members of the object that they are given.
 */
export function streamMembers(fs: FsOf) {
  const FileReadStream = streamClass(nodeFs.ReadStream as unknown as NodeStreamClass, fs);
  const FileWriteStream = streamClass(nodeFs.WriteStream as unknown as NodeStreamClass, fs);
  return {
    // Functions: with Node's `new fs.createReadStream()` works, too.
    createReadStream: function createReadStream(path: unknown, options?: unknown): ReadStream {
      return Reflect.construct(FileReadStream, [path, options]);
    },
    createWriteStream: function createWriteStream(path: unknown, options?: unknown): WriteStream {
      return Reflect.construct(FileWriteStream, [path, options]);
    },
    ReadStream: FileReadStream,
    WriteStream: FileWriteStream,
    FileReadStream,
    FileWriteStream,
  };
}

function streamClass(NodeStream: NodeStreamClass, fs: FsOf): NodeStreamClass {
  function Stream(this: unknown, path: unknown, options?: unknown): object {
    const stream: object = this instanceof Stream ? this : Object.create(Stream.prototype);
    setUp(stream, NodeStream, path, options, fs);
    return stream;
  }
  Stream.prototype = Object.create(NodeStream.prototype, {
    constructor: { value: Stream, writable: true, configurable: true },
  });
  Object.setPrototypeOf(Stream, NodeStream);
  Object.defineProperty(Stream, 'name', { value: NodeStream.name });
  return Stream;
}

/** As Node takes them: checked, then a copy of what `for…in` shows. */
export const optionsOf = (options: unknown): Bag => copied(asOptions(options).given);

function setUp(stream: object, NodeStream: NodeStreamClass, path: unknown, options: unknown, fs: FsOf): void {
  // Node knows file: URLs only.
  const name = typeof path === 'object' && path !== null ? asPath(path) : path;
  const given = optionsOf(options);
  const handle = given.fd;
  if (!isBorrowable(handle)) {
    NodeStream.call(stream, name, { ...given, fs: given.fs || fs(path, given) });
    // Bun makes an absolute path of it, by the process's directory.
    if (typeof name === 'string') Object.assign(stream, { path: name });
    return;
  }
  if (given.fs) throw notImplemented('FileHandle with fs');
  const { operations, start } = handle[borrow]();
  NodeStream.call(stream, name, { ...given, fd: handle.fd, fs: operations });
  start();
  const { close } = stream as { readonly close?: unknown };
  if (isFunction(close)) handle.on('close', close.bind(stream));
}

type Utf8StreamClass = new (options: Bag) => object;

/**
 * Node's own `Utf8Stream` over the members of an fs object, where Node has it (from 24.6 on).
 *
 * `fs` is asked for at each use: tools replace the members of the object that they are given.
 */
export function utf8Streams(fs: () => object): { readonly Utf8Stream?: Utf8StreamClass } {
  const NodeStream: unknown = Reflect.get(nodeFs, 'Utf8Stream');
  if (!isFunction(NodeStream)) return {};
  // What an fs of the caller's lacks is ours, where Node would take its own.
  const Utf8Stream = class extends (NodeStream as AnyFunction as unknown as Utf8StreamClass) {
    constructor(options: unknown = {}) {
      const given = asObject(options, 'options');
      const own = given.fs === undefined ? {} : asObject(given.fs, 'options.fs');
      super(Object.create(given, { fs: { value: { ...fs(), ...own } } }));
    }
  };
  return { Utf8Stream };
}

import { promisify } from 'node:util';
import { asRead, asWrite, givenToRead, type Transfer } from '../arguments/transfers.js';
import { type AnyFunction, asBuffer, asFd, asFunction, isFunction, isView } from '../arguments/validate.js';
import { exists } from '../composites/attributes.js';
import { close, truncateLater } from '../composites/files/descriptors.js';
import { openAsBlob } from '../composites/files/open-as-blob.js';
import { readFileLater } from '../composites/files/read-file.js';
import { readTransfer, readv, writeTransfer, writev } from '../composites/files/transfer.js';
import { appendFileLater, writeFileLater } from '../composites/files/write-file.js';
import { realpath, realpathNative } from '../composites/names.js';
import { rm } from '../composites/remove.js';
import * as stats from '../composites/stat.js';
import type { Tree } from '../tree.js';
import { CALLS, CALLS_BUT_OF_PROMISES } from './calls.js';
import { answerOf, type CallbackShape, callbackOf, facesOf, named, promiseOf } from './face.js';

const withOption = { optional: 1 };
/** These take whatever stands last for the callback. */
const orOptions = (at: number): CallbackShape => ({
  at,
  optional: 1,
  isLast: true,
  misplaced: (args) => args[at] || args[at - 1],
});

const CALLBACK_CALLS = {
  ...CALLS,
  ...CALLS_BUT_OF_PROMISES,
  appendFile: { call: appendFileLater, ...orOptions(3) },
  fstat: { call: stats.fstatLater, at: 2, ...withOption },
  lstat: { call: stats.lstat, at: 2, ...withOption },
  readFile: { call: readFileLater, ...orOptions(2) },
  rm: { call: rm, at: 2, ...withOption },
  stat: { call: stats.stat, at: 2, ...withOption },
  truncate: { call: truncateLater, at: 2, ...withOption, isCheckedLast: true },
  writeFile: { call: writeFileLater, ...orOptions(3) },
};

/** The members of `node:fs` that call back. They throw refused arguments, as Node's do, and nothing else. */
export const callbackFace = (tree: Tree) => ({
  ...facesOf(CALLBACK_CALLS, (name, shape) => callbackOf(tree, name, shape.call, shape)),
  openAsBlob: promiseOf(tree, 'openAsBlob', openAsBlob),
  realpath: Object.assign(callbackOf(tree, 'realpath', realpath, { at: 2, ...withOption }), {
    native: callbackOf(tree, '', realpathNative, orOptions(2)),
  }),
  ...named({
    close: closeOf(tree),
    exists: existsOf(tree),
    read: transferOf(tree, 'read'),
    readv: vectorOf(tree, 'readv'),
    write: transferOf(tree, 'write'),
    writev: vectorOf(tree, 'writev'),
  }),
});

/** Without a callback a failed close is an uncaught exception. */
function closeOf(tree: Tree) {
  const rethrow = (error: unknown): void => {
    if (error) throw error;
  };
  return (fd: unknown, callback: unknown = rethrow): void => {
    const done = asFunction(callback, 'cb');
    const composite = close(tree, fd);
    answerOf(tree, composite, done);
  };
}

/** Calls back with the answer alone, without an error before it. */
function existsOf(tree: Tree) {
  return promisable('exists', (path: unknown, callback: unknown): void => {
    const done = asFunction(callback, 'cb');
    answerOf(tree, exists(tree, path), (_error, isThere) => done(isThere));
  });
}

function transferOf(tree: Tree, name: 'read' | 'write') {
  const isRead = name === 'read';
  return promisable(name, (fd: unknown, ...args: unknown[]): void => {
    const number = asFd(fd, false);
    const { transfer, done } = isRead ? readOf(args) : writeOf(args);
    const { buffer } = transfer;
    const composite = (isRead ? readTransfer : writeTransfer)(tree, number, transfer);
    answerOf(tree, composite, done, { values: (count) => [count, buffer], ofFailure: [0, buffer] });
  });
}

/** How many arguments there are tells `read` which of them is the callback. */
function readOf(args: readonly unknown[]): { readonly transfer: Transfer; readonly done: AnyFunction } {
  const at = args.length > 3 ? 4 : args.length - 1;
  const given = givenToRead(args.slice(0, Math.max(at, 0)));
  asBuffer(given.buffer);
  const done = asFunction(args[at], 'cb');
  return { transfer: asRead(given), done };
}

/** `write` takes the last that isn't false for the callback of bytes; that of text stands behind the encoding, or early. */
function writeOf(args: readonly unknown[]): { readonly transfer: Transfer; readonly done: AnyFunction } {
  const [buffer, offset, length, position, callback] = args;
  if (isView(buffer)) {
    const done = asFunction(callback || position || length || offset, 'cb');
    return { transfer: asWrite([buffer, isFunction(offset) ? undefined : offset, length, position]), done };
  }
  const at = [3, 1].find((index) => isFunction(args[index])) ?? 2;
  return { transfer: asWrite(args.slice(0, at)), done: asFunction(args[at], 'cb') };
}

const VECTORS = { readv, writev };

function vectorOf(tree: Tree, name: keyof typeof VECTORS) {
  return promisable(name, (fd: unknown, buffers: unknown, position: unknown, callback: unknown): void => {
    const composite = VECTORS[name](tree, asFd(fd, false), buffers, position);
    const first = composite.next();
    const done = asFunction(callback || position, 'cb');
    answerOf(tree, composite, done, { first, values: (count) => [count, buffers], ofFailure: [0, buffers] });
  });
}

/**
 * `util.promisify` makes an object of a callback's several values; Node's own names for them aren't public. Those of
 * writev are 'bytesWritten' and 'buffer' in Node, and 'buffers' in its documentation and types: it gets both.
 */
const SEVERAL_VALUES: Readonly<Record<string, readonly [count: string, ...given: string[]]>> = {
  read: ['bytesRead', 'buffer'],
  write: ['bytesWritten', 'buffer'],
  readv: ['bytesRead', 'buffers'],
  writev: ['bytesWritten', 'buffers', 'buffer'],
};

/** Tells `util.promisify` of a call whose callback takes other than an error and one value. */
export function promisable<F extends AnyFunction>(name: string, call: F): F {
  const [count, ...given] = SEVERAL_VALUES[name] ?? [];
  if (count === undefined && name !== 'exists') return call;
  const promised = (...args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (count === undefined) call(...args, resolve);
      else
        call(...args, (error: unknown, number: unknown, buffer: unknown) => {
          if (error) reject(error);
          else resolve({ [count]: number, ...Object.fromEntries(given.map((name) => [name, buffer])) });
        });
    });
  return Object.defineProperty(call, promisify.custom, { value: promised });
}

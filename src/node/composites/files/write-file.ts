import { abortError } from '../../arguments/errors.js';
import { asBoolean, asData, asInt32, asOptions, type CallOptions, copied } from '../../arguments/validate.js';
import { nodeMajor } from '../../faces/node-version.js';
import type { Tree } from '../../tree.js';
import { type AsyncComposite, type Composite, invoke, pause, type Step } from '../driver.js';
import { closing, isFd, openWith } from './descriptors.js';

type Writing = (tree: Tree, target: unknown, data: unknown, options?: unknown) => Composite<void>;

/** To a path, or to an fd at its position. */
const writing = (flag: Flag, isEmptyWritten = false): Writing =>
  function* (tree, target, data, options) {
    const settings = asWriteSettings(options, flag, isEmptyWritten);
    const bytes = asData(data, 'data', settings.encoding);
    if (isFd(target)) return yield* writeOpen(tree, target, bytes, settings);
    const fd = yield* openWith(tree, target, settings.flag, settings.mode, settings);
    yield* closing(tree, fd, writeOpen(tree, fd, bytes, settings));
  };

export const writeFile = writing('w');
export const appendFile = writing('a');

/** As the callback face wants it: before Node 26 what is empty is written too, so that what can't be written is found out. */
export const writeFileLater = writing('w', nodeMajor < 26);
export const appendFileLater = writing('a', nodeMajor < 26);

interface WriteSettings extends Pick<CallOptions, 'encoding' | 'signal'> {
  readonly flag: unknown;
  readonly mode: unknown;
  /** Durable before the call returns. */
  readonly isFlushed: boolean;
  readonly isEmptyWritten: boolean;
}

/** What is meant where no flag is given. */
type Flag = 'w' | 'a';

function asWriteSettings(options: unknown, fallback: Flag, isEmptyWritten = false): WriteSettings {
  const asked = asOptions(options);
  // Who appends gets a copy, in Node's own too.
  const { given, encoding, signal } = fallback === 'a' ? asOptions(copied(asked.given)) : asked;
  const isFlushed = asBoolean(given.flush ?? false, 'options.flush');
  return { encoding, signal, flag: given.flag || fallback, mode: given.mode, isFlushed, isEmptyWritten };
}

function* writeOpen(
  tree: Tree,
  fd: number,
  bytes: Uint8Array,
  { signal, isFlushed, isEmptyWritten }: WriteSettings,
): Composite<void> {
  asInt32(fd, 'fd', 0);
  let rest = bytes;
  for (let isDue = isEmptyWritten; isDue || rest.byteLength > 0; isDue = false) {
    const chunk = rest;
    const run: Step<number>['run'] = (op) => tree.kernel.write(op, fd, chunk, null);
    rest = rest.subarray(yield* invoke({ syscall: 'write', signal, run }));
  }
  if (isFlushed) yield* invoke({ syscall: 'fsync', run: (op) => tree.kernel.fsync(op, fd) });
}

/** As the promise face wants it: paths only, and data that may come in pieces. */
const writingAt = (flag: Flag) =>
  function* (tree: Tree, path: unknown, data: unknown, options?: unknown): AsyncComposite<void> {
    const settings = asWriteSettings(options, flag);
    const pieces = piecesOf(data, settings.encoding);
    const fd = yield* openWith(tree, path, settings.flag, settings.mode, settings);
    yield* closing(tree, fd, writePieces(tree, fd, pieces, settings));
  };

export const writeFileAt = writingAt('w');
export const appendFileAt = writingAt('a');

/** For a `FileHandle`, which opens and closes for itself. */
export function* writeFileTo(tree: Tree, fd: number, data: unknown, options?: unknown): AsyncComposite<void> {
  const settings = asWriteSettings(options, 'w');
  yield* writePieces(tree, fd, piecesOf(data, settings.encoding), settings);
}

/** What a promise writes at once: between two of them it looks whether it was aborted. */
const CHUNK_BYTES = 512 * 1024;

function* writeChunks(tree: Tree, fd: number, bytes: Uint8Array, settings: WriteSettings): Composite<void> {
  for (let at = 0; at < bytes.byteLength; at += CHUNK_BYTES) {
    yield* writeOpen(tree, fd, bytes.subarray(at, at + CHUNK_BYTES), { ...settings, isFlushed: false });
  }
}

type Pieces = Uint8Array | Iterable<unknown> | AsyncIterable<unknown>;

const piecesOf = (data: unknown, encoding: unknown): Pieces =>
  isPieces(data) ? data : asData(data, 'data', encoding);

/** Streams, generators and lists; bytes and strings are iterable too but stand for themselves. */
const isPieces = (data: unknown): data is Iterable<unknown> | AsyncIterable<unknown> =>
  typeof data === 'object' &&
  data !== null &&
  !ArrayBuffer.isView(data) &&
  (Symbol.asyncIterator in data || Symbol.iterator in data);

function* writePieces(tree: Tree, fd: number, pieces: Pieces, settings: WriteSettings): AsyncComposite<void> {
  const { isFlushed, signal } = settings;
  if (signal?.aborted) throw abortError(signal);
  if (ArrayBuffer.isView(pieces)) {
    // Nobody could abort it.
    if (!signal || pieces.byteLength <= CHUNK_BYTES) return yield* writeOpen(tree, fd, pieces, settings);
    yield* writeChunks(tree, fd, pieces, settings);
  } else yield* writeEach(tree, fd, pieces, settings);
  if (isFlushed) yield* invoke({ syscall: 'fsync', run: (op) => tree.kernel.fsync(op, fd) });
}

function* writeEach(
  tree: Tree,
  fd: number,
  pieces: Iterable<unknown> | AsyncIterable<unknown>,
  settings: WriteSettings,
): AsyncComposite<void> {
  const { encoding, signal } = settings;
  const iterator =
    Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
  let isDone = false;
  try {
    for (;;) {
      const next = yield* pause(async () => {
        const { done, value } = await iterator.next();
        return { done, value: await value };
      });
      if (next.done) break;
      const piece = asData(next.value, 'data', encoding);
      yield* writeChunks(tree, fd, piece, settings);
      if (signal?.aborted) throw abortError(signal);
    }
    isDone = true;
  } finally {
    // As `for await` does: a source that wasn't read to its end is told so.
    if (!isDone) yield* pause(async () => iterator.return?.());
  }
}

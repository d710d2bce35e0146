import { constants } from '../../../platform/disk.js';
import { asPath } from '../../arguments/paths.js';
import { fileTooLarge, invalidArgumentType, invalidArgumentValue } from '../../arguments/refusals.js';
import {
  asBuffer,
  asFlags,
  asInt32,
  asOptions,
  type CallOptions,
  isFunction,
  isView,
} from '../../arguments/validate.js';
import { nodeMajor } from '../../faces/node-version.js';
import { invokeAt, placeOf, type Tree } from '../../tree.js';
import { type Composite, invoke } from '../driver.js';
import { closing, isFd, openAt } from './descriptors.js';

const { O_RDONLY } = constants;

type Contents = string | Buffer;

/** Node's limit for one read. */
const MOST_BYTES = 2 ** 31 - 1;
const UNKNOWN_SIZE_CHUNK = 64 * 1024;

const reading = (isLater: boolean) =>
  function* (tree: Tree, target: unknown, options?: unknown): Composite<Contents> {
    const settings = asReadSettings(options);
    if (isFd(target)) return yield* readOpen(tree, target, settings);
    return yield* readPath(tree, target, settings.given.flag, settings, isLater);
  };

/** Of a path, or of an fd from its position on. */
export const readFile = reading(false);
/** As the callback face wants it. */
export const readFileLater = reading(true);

/** As the promise face wants it: paths only. */
export function* readFileAt(tree: Tree, path: unknown, options?: unknown): Composite<Contents> {
  const settings = asReadSettings(options);
  return yield* readPath(tree, path, settings.given.flag || 'r', settings, true);
}

/** From 26 on Node reads small files in one step of a thread, whose errors name the path. */
const IS_PATH_TOLD_LATER = nodeMajor >= 26;

interface ReadSettings extends CallOptions {
  readonly target: ReadTarget;
}

export function asReadSettings(options: unknown): ReadSettings {
  const { given, encoding, signal } = asOptions(options);
  return { given, encoding, signal, target: asReadTarget(given.buffer) };
}

/** The caller's buffer for a whole file, and how errors name its length. */
interface OwnBuffer {
  readonly bytes: Buffer;
  readonly name: string;
}

/** Given the size of the file, where it goes; null where a buffer is made for it. */
type ReadTarget = (size: number) => OwnBuffer | null;

/** Checks the option `buffer` of `readFile`: a buffer, or a function of the size that gives one. */
function asReadTarget(buffer: unknown): ReadTarget {
  if (buffer === undefined) return () => null;
  if (isFunction(buffer)) {
    return (size) => holding(asBuffer(buffer(size), 'options.buffer()'), size, 'options.buffer().byteLength');
  }
  if (isView(buffer)) return (size) => holding(buffer, size, 'options.buffer.byteLength');
  const expected = 'of type function or an instance of Buffer, TypedArray, or DataView';
  throw invalidArgumentType('options.buffer', expected, buffer);
}

function holding(view: NodeJS.ArrayBufferView, size: number, name: string): OwnBuffer {
  const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  if (size <= bytes.length) return { bytes, name };
  throw invalidArgumentValue(name, bytes.length, `is smaller than the file size of ${size} bytes`);
}

function* readPath(
  tree: Tree,
  path: unknown,
  flag: unknown,
  settings: ReadSettings,
  isLater: boolean,
): Composite<Contents> {
  const flags = asFlags(flag, 'options.flag');
  const place = placeOf(tree, path);
  const { signal, encoding } = settings;
  const isPlain = settings.given.buffer === undefined;
  // Whoever may abort it, or gives a buffer, has something to say between the steps of it.
  if (isPlain && signal === undefined && flags === O_RDONLY) {
    const isText = encoding !== null && encoding !== 'buffer';
    const whole = yield* invokeAt('open', place, (op, at) => tree.kernel.readWhole(op, at, !isText));
    if (whole) return shaped(whole, encoding);
  }
  const fd = yield* openAt(tree, place, flags, { signal });
  const isPathTold = isLater && IS_PATH_TOLD_LATER && isPlain;
  const told = isPathTold ? asPath(path) : undefined;
  return yield* closing(tree, fd, readOpen(tree, fd, settings, told));
}

/** `path` is what errors name. */
export function* readOpen(
  tree: Tree,
  fd: number,
  { encoding, signal, target }: ReadSettings,
  path?: string,
): Composite<Contents> {
  asInt32(fd, 'fd', 0);
  // A size of 0 may mean that nobody knows it yet; the end of the file tells.
  const known = yield* invoke({ syscall: 'fstat', signal, run: () => tree.kernel.fsize(fd) });
  if (known > MOST_BYTES) throw fileTooLarge(known);
  const source: Source = { tree, fd, signal, path };
  const own = target(known);
  if (own !== null) return shaped(yield* readInto(source, own, known), encoding);
  return shaped(known > 0 ? yield* readUpTo(source, known) : yield* readToEnd(source), encoding);
}

function shaped(bytes: Buffer, encoding: CallOptions['encoding']): Contents {
  return encoding === null || encoding === 'buffer' ? bytes : bytes.toString(encoding);
}

interface Source {
  readonly tree: Tree;
  readonly fd: number;
  readonly signal: AbortSignal | undefined;
  readonly path: string | undefined;
}

/** Into the caller's buffer, which must hold the whole file. */
function* readInto(source: Source, { bytes, name }: OwnBuffer, known: number): Composite<Buffer> {
  const filled = yield* readAll(source, known > 0 ? bytes.subarray(0, known) : bytes);
  const isFull = known === 0 && filled.length === bytes.length;
  if (isFull && (yield* readSome(source, Buffer.alloc(1))) > 0) {
    throw invalidArgumentValue(name, bytes.length, 'is too small to contain the entire file');
  }
  return filled;
}

/** Buffers of their own, never parts of Node's pool: callers take `buffer.buffer` for the file. */
function* readUpTo(source: Source, size: number): Composite<Buffer> {
  const { tree, fd, signal } = source;
  const buffer = yield* readAll(source, Buffer.allocUnsafeSlow(size));
  if (buffer.length < size) return owning(buffer);
  // A file that was replaced since `fstat` and before the first read shows its new content, which may be longer.
  if ((yield* invoke({ syscall: 'fstat', signal, run: () => tree.kernel.fsize(fd) })) <= size) return buffer;
  return owning(Buffer.concat([buffer, yield* readToEnd(source)]));
}

/** As much of the target as the file fills. */
function* readAll(source: Source, target: Buffer): Composite<Buffer> {
  let filled = 0;
  while (filled < target.length) {
    const count = yield* readSome(source, target.subarray(filled));
    if (count === 0) return target.subarray(0, filled);
    filled += count;
  }
  return target;
}

function* readToEnd(source: Source): Composite<Buffer> {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.allocUnsafeSlow(UNKNOWN_SIZE_CHUNK);
    const count = yield* readSome(source, chunk);
    if (count === 0) return owning(Buffer.concat(chunks));
    chunks.push(chunk.subarray(0, count));
  }
}

const readSome = ({ tree, fd, signal, path }: Source, target: Buffer): Composite<number> =>
  invoke({ syscall: 'read', path, signal, run: (op) => tree.kernel.read(op, fd, target, null) });

function owning(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes;
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

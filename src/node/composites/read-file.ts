import { type Composite, invoke, type Step } from '../driver.js';
import { fileTooLarge } from '../refusals.js';
import type { Tree } from '../tree.js';
import { asInt32, asOptions, type CallOptions } from '../validate.js';
import { closing, isFd, openWith } from './descriptors.js';

type Contents = string | Buffer;

/** Node's limit for one read. */
const MOST_BYTES = 2 ** 31 - 1;
const UNKNOWN_SIZE_CHUNK = 64 * 1024;

/** Of a path, or of an fd from its position on. */
export function* readFile(tree: Tree, target: unknown, options?: unknown): Composite<Contents> {
  const settings = asOptions(options);
  if (isFd(target)) return yield* readOpen(tree, target, settings);
  return yield* readPath(tree, target, settings);
}

/** As the promise face wants it: paths only. */
export function* readFileAt(tree: Tree, path: unknown, options?: unknown): Composite<Contents> {
  return yield* readPath(tree, path, asOptions(options));
}

function* readPath(tree: Tree, path: unknown, settings: CallOptions): Composite<Contents> {
  const fd = yield* openWith(tree, path, settings.flag || 'r', undefined, settings);
  return yield* closing(tree, fd, readOpen(tree, fd, settings));
}

export function* readOpen(tree: Tree, fd: number, { encoding, signal }: CallOptions): Composite<Contents> {
  asInt32(fd, 'fd', 0);
  const { kind, size } = yield* invoke({ syscall: 'fstat', signal, run: (op) => tree.kernel.fstat(op, fd) });
  // A size of 0 may mean that nobody knows it yet; the end of the file tells.
  const known = kind === 'file' ? size : 0;
  if (known > MOST_BYTES) throw fileTooLarge(known);
  const bytes = known > 0 ? yield* readUpTo(tree, fd, known, signal) : yield* readToEnd(tree, fd, signal);
  if (encoding === null) return bytes;
  return encoding === 'buffer' ? bytes : bytes.toString(encoding);
}

type Signal = AbortSignal | undefined;

/** Buffers of their own, never parts of Node's pool: callers take `buffer.buffer` for the file. */
function* readUpTo(tree: Tree, fd: number, size: number, signal: Signal): Composite<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  while (filled < size) {
    const count = yield* readInto(tree, fd, buffer, filled, signal);
    if (count === 0) return owning(buffer.subarray(0, filled));
    filled += count;
  }
  // A file that was replaced since `fstat` and before the first read shows its new content, which may be longer.
  const stats = yield* invoke({ syscall: 'fstat', signal, run: (op) => tree.kernel.fstat(op, fd) });
  if (stats.size <= size) return buffer;
  return owning(Buffer.concat([buffer, yield* readToEnd(tree, fd, signal)]));
}

function* readToEnd(tree: Tree, fd: number, signal: Signal): Composite<Buffer> {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.allocUnsafeSlow(UNKNOWN_SIZE_CHUNK);
    const count = yield* readInto(tree, fd, chunk, 0, signal);
    if (count === 0) return owning(Buffer.concat(chunks));
    chunks.push(chunk.subarray(0, count));
  }
}

function* readInto(tree: Tree, fd: number, buffer: Buffer, start: number, signal: Signal): Composite<number> {
  const run: Step<number>['run'] = (op) =>
    tree.kernel.read(op, fd, buffer, start, buffer.length - start, null);
  return yield* invoke({ syscall: 'read', signal, run });
}

function owning(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes;
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

import { type Composite, invoke, type Step } from '../driver.js';
import { asPath } from '../paths.js';
import { fileTooLarge } from '../refusals.js';
import { readsInOneStep } from '../running-node.js';
import type { Tree } from '../tree.js';
import { asInt32, asOptions, type CallOptions } from '../validate.js';
import { closing, isFd, openWith } from './descriptors.js';

type Contents = string | Buffer;

/** Node's limit for one read. */
const MOST_BYTES = 2 ** 31 - 1;
const UNKNOWN_SIZE_CHUNK = 64 * 1024;

/** Of a path, or of an fd from its position on. */
export function* readFileSync(tree: Tree, target: unknown, options?: unknown): Composite<Contents> {
  const settings = asOptions(options);
  if (isFd(target)) return yield* readOpen(tree, target, settings);
  const fd = yield* openToRead(tree, target, settings);
  return yield* closing(tree, fd, readOpen(tree, fd, settings));
}

/** The same, as the callback face wants it. */
export function* readFile(tree: Tree, target: unknown, options?: unknown): Composite<Contents> {
  if (isFd(target)) return yield* readOpen(tree, target, asOptions(options));
  return yield* readFileAt(tree, target, options);
}

/** As the promise face wants it: paths only. */
export function* readFileAt(tree: Tree, path: unknown, options?: unknown): Composite<Contents> {
  const settings = asOptions(options);
  const fd = yield* openToRead(tree, path, settings);
  return yield* closing(tree, fd, readOpen(tree, fd, settings, readsInOneStep ? asPath(path) : undefined));
}

const openToRead = (tree: Tree, path: unknown, settings: CallOptions): Composite<number> =>
  openWith(tree, path, settings.flag || 'r', undefined, settings);

/** `path` is what failures of the reads name. */
export function* readOpen(
  tree: Tree,
  fd: number,
  { encoding, signal }: CallOptions,
  path?: string,
): Composite<Contents> {
  asInt32(fd, 'fd', 0);
  const { kind, size } = yield* invoke({ syscall: 'fstat', signal, run: (op) => tree.kernel.fstat(op, fd) });
  // A size of 0 may mean that nobody knows it yet; the end of the file tells.
  const known = kind === 'file' ? size : 0;
  if (known > MOST_BYTES) throw fileTooLarge(known);
  const file: OpenFile = { tree, fd, signal, path };
  const bytes = known > 0 ? yield* readUpTo(file, known) : yield* readToEnd(file);
  if (encoding === null) return bytes;
  return encoding === 'buffer' ? bytes : bytes.toString(encoding);
}

interface OpenFile {
  readonly tree: Tree;
  readonly fd: number;
  readonly signal: AbortSignal | undefined;
  readonly path: string | undefined;
}

/** Buffers of their own, never parts of Node's pool: callers take `buffer.buffer` for the file. */
function* readUpTo(file: OpenFile, size: number): Composite<Buffer> {
  const { tree, fd, signal } = file;
  const buffer = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  while (filled < size) {
    const count = yield* readInto(file, buffer, filled);
    if (count === 0) return owning(buffer.subarray(0, filled));
    filled += count;
  }
  // A file that was replaced since `fstat` and before the first read shows its new content, which may be longer.
  const stats = yield* invoke({ syscall: 'fstat', signal, run: (op) => tree.kernel.fstat(op, fd) });
  if (stats.size <= size) return buffer;
  return owning(Buffer.concat([buffer, yield* readToEnd(file)]));
}

function* readToEnd(file: OpenFile): Composite<Buffer> {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.allocUnsafeSlow(UNKNOWN_SIZE_CHUNK);
    const count = yield* readInto(file, chunk, 0);
    if (count === 0) return owning(Buffer.concat(chunks));
    chunks.push(chunk.subarray(0, count));
  }
}

function* readInto(file: OpenFile, buffer: Buffer, start: number): Composite<number> {
  const { tree, fd, signal, path } = file;
  const run: Step<number>['run'] = (op) =>
    tree.kernel.read(op, fd, buffer, start, buffer.length - start, null);
  return yield* invoke({ syscall: 'read', path, signal, run });
}

function owning(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes;
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

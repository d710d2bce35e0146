import { notSupported } from '../arguments/errors.js';
import { invalidArgumentType } from '../arguments/refusals.js';
import { asBoolean, asInteger, asObject, asSignal, type Bag, isFunction } from '../arguments/validate.js';
import type { HandleState } from './state.js';

const CHUNK_BYTES = 128 * 1024;

/** What of a file is still to be read or written, and how. */
export type Window = ReturnType<typeof asWindow>;

/** Checks the options of `pull`, `pullSync` and `writer`. */
export function asWindow(options: unknown) {
  const { autoClose = false, chunkSize, start, limit, signal }: Bag = asObject(options, 'options');
  return {
    autoClose: asBoolean(autoClose, 'options.autoClose'),
    /** Null: the file's own position. */
    position: start === undefined ? null : asInteger(start, 'options.start', 0),
    /** Bytes that are left. */
    rest: limit === undefined ? Number.POSITIVE_INFINITY : asInteger(limit, 'options.limit', 1),
    chunkBytes: chunkSize === undefined ? CHUNK_BYTES : asInteger(chunkSize, 'options.chunkSize', 1),
    signal: asSignal(signal, 'options.signal'),
  };
}

const isTransform = (value: unknown): boolean =>
  isFunction(value) || (typeof value === 'object' && value !== null && 'transform' in value);

/** `(...transforms, options)`, each of which can be left out. */
function pullArguments(args: readonly unknown[]) {
  const hasOptions = args.length > 0 && !isTransform(args.at(-1));
  const transforms = hasOptions ? args.slice(0, -1) : args;
  for (const [index, transform] of transforms.entries()) {
    if (isTransform(transform)) continue;
    const expected = 'of type function or an instance of Object with transform()';
    throw invalidArgumentType(`transforms[${index}]`, expected, transform);
  }
  return { transforms, options: (hasOptions ? args.at(-1) : undefined) ?? {} };
}

type Batch = readonly [Uint8Array];

/** Node's own, there with `--experimental-stream-iter`; without it nothing can be done about transforms. */
function throughNode(name: 'pull' | 'pullSync', transforms: readonly unknown[]): (source: object) => unknown {
  if (transforms.length === 0) return (source) => source;
  const load: unknown = Reflect.get(process, 'getBuiltinModule');
  const module: unknown = isFunction(load) ? load('stream/iter') : undefined;
  const pull: unknown = module === undefined ? undefined : Reflect.get(module as object, name);
  if (!isFunction(pull)) throw notSupported(name, 'Transforms need Node 26 with --experimental-stream-iter.');
  return (source) => pull(source, ...transforms);
}

/** `FileHandle.pull` and `pullSync`: batches of bytes, as `for await` and `for` take them. */
export function pull(state: HandleState, name: 'pull' | 'pullSync', args: readonly unknown[]): unknown {
  const { transforms, options } = pullArguments(args);
  const window = asWindow(options);
  const given = throughNode(name, transforms);
  state.lock();
  return given(
    name === 'pull'
      ? { [Symbol.asyncIterator]: () => batches(state, window) }
      : { [Symbol.iterator]: () => batchesSync(state, window) },
  );
}

async function* batches(state: HandleState, window: Window): AsyncGenerator<Batch, void, undefined> {
  const release = state.hold();
  try {
    while (window.rest > 0) {
      if (window.signal?.aborted) throw window.signal.reason;
      const chunk = nextChunk(window);
      const count = await state.read(chunk, window.position);
      if (count === 0) return;
      yield [advance(window, chunk, count)];
    }
  } finally {
    state.unlock();
    release();
    if (window.autoClose) await state.close();
  }
}

function* batchesSync(state: HandleState, window: Window): Generator<Batch, void, undefined> {
  const release = state.hold();
  try {
    while (window.rest > 0) {
      const chunk = nextChunk(window);
      const count = state.readSync(chunk, window.position);
      if (count === 0) return;
      yield [advance(window, chunk, count)];
    }
  } finally {
    state.unlock();
    release();
    if (window.autoClose) state.closeSync();
  }
}

const nextChunk = ({ chunkBytes, rest }: Window): Buffer =>
  Buffer.allocUnsafeSlow(Math.min(chunkBytes, rest));

function advance(window: Window, chunk: Buffer, count: number): Buffer {
  if (window.position !== null) window.position += count;
  window.rest -= count;
  return count < chunk.length ? chunk.subarray(0, count) : chunk;
}

import { invalidArgumentType, invalidArgumentValue } from './refusals.js';
import { asBuffer, isFunction, isView } from './validate.js';

/** The caller's buffer for a whole file, and how errors name its length. */
export interface OwnBuffer {
  readonly bytes: Buffer;
  readonly name: string;
}

/** Given the size of the file, where it goes; null where a buffer is made for it. */
export type ReadTarget = (size: number) => OwnBuffer | null;

/** Checks the option `buffer` of `readFile`: a buffer, or a function of the size that gives one. */
export function asReadTarget(buffer: unknown): ReadTarget {
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

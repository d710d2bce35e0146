import { nodeMajor } from '../faces/node-version.js';
import { invalidArgumentType, invalidArgumentValue, outOfRange } from './refusals.js';
import { asBuffer, asFd, asInt32, asInteger, asObject, type Bag, bytesOf, isView } from './validate.js';

/** A read or write of one buffer, its arguments checked. */
export interface Transfer {
  /** What the caller gave, to hand it back. */
  readonly buffer: unknown;
  /** The part of it that is meant. */
  readonly bytes: Uint8Array;
  /** Null: the file's own position. */
  readonly position: number | null;
}

/** The arguments as the forms of a call bring them, unchecked. */
export interface Given {
  readonly buffer: unknown;
  readonly offset?: unknown;
  readonly length?: unknown;
  readonly position?: unknown;
}

/** Of the sync face: Node 20 checks them before its native code does. */
export const asTransferFd = (fd: unknown): number => asFd(fd, nodeMajor > 20);

/** Stands for a length that was left out where that means the rest of the buffer; elsewhere it means none. */
const REST = Symbol('rest of the buffer');

const DEFAULT_BUFFER_BYTES = 16 * 1024;

/** `readSync(fd, buffer[, options])` and `readSync(fd, buffer, offset, length[, position])`. */
export function givenToReadSync(args: readonly unknown[]): Given {
  const [buffer, offset, length, position] = args;
  asBuffer(buffer);
  // Node takes null for options here, so an offset of null means the whole buffer.
  const isFlat = args.length > 2 && typeof offset !== 'object';
  const given: Given = isFlat ? { buffer, offset, length, position } : fromOptions(buffer, offset);
  // Elsewhere null is the start, too.
  return { ...given, offset: asInteger(given.offset === undefined ? 0 : given.offset, 'offset', 0) };
}

/** The forms of `read` behind the fd, without the callback. */
export function givenToRead(args: readonly unknown[]): Given {
  const [buffer, offset, length, position] = args;
  if (args.length > 2) return { buffer, offset, length, position };
  if (args.length === 2) return fromOptions(buffer, offset);
  if (isView(buffer)) return fromOptions(buffer, undefined);
  return fromOptions(undefined, buffer);
}

/** The forms of `FileHandle.read`. A length of null is none that was given. */
export function givenToHandleRead(args: readonly unknown[]): Given {
  const [buffer, offset, length, position] = args;
  if (!isView(buffer)) return ofHandle(fromOptions(undefined, buffer));
  const isOptions = typeof offset === 'object' && offset !== null;
  return ofHandle(isOptions ? partsOf(buffer, offset as Bag) : { buffer, offset, length, position });
}

/** Node 20 takes what is no position for the file's own. */
const ofHandle = ({ buffer, offset, length, position }: Given): Given => ({
  buffer,
  offset,
  length: length ?? REST,
  position: nodeMajor > 20 || Number.isSafeInteger(position) ? position : null,
});

function fromOptions(buffer: unknown, options: unknown): Given {
  const bag = asObject(options ?? {}, 'options');
  const { buffer: own = Buffer.alloc(DEFAULT_BUFFER_BYTES) } = bag;
  return partsOf(buffer ?? own, bag);
}

const partsOf = (buffer: unknown, { offset, length = REST, position }: Bag): Given => ({
  buffer,
  offset,
  length,
  position,
});

export function asRead(given: Given): Transfer {
  const buffer = asBuffer(given.buffer);
  const size = buffer.byteLength;
  const offset = asInteger(given.offset ?? 0, 'offset', 0);
  const length = given.length === REST ? size - offset : Number(given.length) | 0;
  // From 24 on Node looks at the position before it looks at the length, and whether that fits.
  if (nodeMajor >= 24) asReadPosition(given.position);
  if (length === 0) return { buffer, bytes: new Uint8Array(0), position: null };
  if (size === 0) throw invalidArgumentValue('buffer', buffer, 'is empty and cannot be written');
  if (length < 0) throw outOfRange('length', '>= 0', length);
  if (offset + length > size) throw outOfRange('length', `<= ${size - offset}`, length);
  return {
    buffer,
    bytes: bytesOf(buffer).subarray(offset, offset + length),
    position: asReadPosition(given.position),
  };
}

const INT64 = 2n ** 63n;

function asReadPosition(position: unknown): number | null {
  if (position === null || position === undefined) return null;
  if (typeof position === 'number') return fromCurrent(asInteger(position, 'position', -1));
  if (typeof position !== 'bigint')
    throw invalidArgumentType('position', 'of type bigint or integer', position);
  if (position < -INT64 || position >= INT64) {
    throw outOfRange('position', `>= ${-INT64} && <= ${INT64 - 1n}`, position);
  }
  return fromCurrent(Number(position));
}

/** A negative position is the file's own. */
const fromCurrent = (position: number): number | null => (position < 0 ? null : position);

/** The forms of `write`, `writeSync` and `FileHandle.write` behind the fd, without the callback. */
export function asWrite([buffer, offset, length, position]: readonly unknown[]): Transfer {
  if (!isView(buffer)) return asStringWrite(buffer, offset, length);
  if (typeof offset !== 'object') return asBufferWrite({ buffer, offset, length, position });
  return asBufferWrite(partsOf(buffer, (offset ?? {}) as Bag));
}

/** `write(fd, string[, position[, encoding]])`. */
function asStringWrite(text: unknown, position: unknown, encoding: unknown): Transfer {
  if (typeof text !== 'string') {
    throw invalidArgumentType(
      'buffer',
      'of type string or an instance of Buffer, TypedArray, or DataView',
      text,
    );
  }
  if (encoding === 'hex' && text.length % 2 !== 0) {
    throw invalidArgumentValue('encoding', encoding, `is invalid for data of length ${text.length}`);
  }
  const known = typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8';
  return { buffer: text, bytes: Buffer.from(text, known), position: asWritePosition(position) };
}

function asBufferWrite(given: Given): Transfer {
  const buffer = asBuffer(given.buffer);
  const size = buffer.byteLength;
  const offset = asInteger(given.offset ?? 0, 'offset', 0);
  const length = typeof given.length === 'number' ? given.length : size - offset;
  if (offset > size) throw outOfRange('offset', `<= ${size}`, offset);
  if (length > size - offset) throw outOfRange('length', `<= ${size - offset}`, length);
  if (length < 0) throw outOfRange('length', '>= 0', length);
  asInt32(length, 'length', 0);
  const bytes = bytesOf(buffer).subarray(offset, offset + length);
  return { buffer, bytes, position: asWritePosition(given.position) };
}

export function asWritePosition(position: unknown): number | null {
  if (typeof position === 'bigint') return fromCurrent(Number(position));
  return typeof position === 'number' && Number.isSafeInteger(position) ? fromCurrent(position) : null;
}

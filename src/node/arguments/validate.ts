import { types } from 'node:util';
import { constants } from '../../platform/disk.js';
import { wallClock } from '../../platform/time.js';
import { invalidArgumentType, invalidArgumentValue, outOfRange, refusal, withoutCode } from './refusals.js';

/** Node's checks of single values, in Node's order: what passes here is of the type it should be. */

export function asInteger(
  value: unknown,
  name: string,
  min: number = Number.MIN_SAFE_INTEGER,
  max: number = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value !== 'number') throw invalidArgumentType(name, 'of type number', value);
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < min || value > max) throw outOfRange(name, `>= ${min} && <= ${max}`, value);
  return value;
}

const INT32_MAX = 2 ** 31 - 1;
const UINT32_MAX = 2 ** 32 - 1;

export const asInt32 = (value: unknown, name: string, min: number = -(2 ** 31)): number =>
  asInteger(value, name, min, INT32_MAX);

export const asUint32 = (value: unknown, name: string, isPositive = false): number =>
  asInteger(value, name, isPositive ? 1 : 0, UINT32_MAX);

/** @param isNative whether Node checks it in its native code */
export function asFd(value: unknown, isNative = true): number {
  try {
    return Object.is(value, -0) ? 0 : asInt32(value, 'fd', 0);
  } catch (error) {
    throw isNative ? withoutCode(error) : error;
  }
}

export const asUserId = (value: unknown, name: string): number => asInteger(value, name, -1, UINT32_MAX);

export function asBoolean(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw invalidArgumentType(name, 'of type boolean', value);
  return value;
}

export function asString(value: unknown, name: string): string {
  if (typeof value !== 'string') throw invalidArgumentType(name, 'of type string', value);
  return value;
}

export function asOneOf<T extends string>(value: unknown, name: string, ...known: readonly T[]): T {
  const found = known.find((each) => each === value);
  if (found !== undefined) return found;
  const list = known.map((each) => `'${each}'`).join(', ');
  throw invalidArgumentValue(name, value, `must be one of: ${list}`);
}

/** A list of its own; `take` checks each item. */
export function asArray<T>(
  value: unknown,
  name: string,
  take: (item: unknown, name: string) => T,
  expected = 'an instance of Array',
): T[] {
  if (!Array.isArray(value)) throw invalidArgumentType(name, expected, value);
  return Array.from(value, (item: unknown, index) => take(item, `${name}[${index}]`));
}

export type AnyFunction = (...args: unknown[]) => unknown;

export function asFunction(value: unknown, name: string): AnyFunction {
  if (!isFunction(value)) throw invalidArgumentType(name, 'of type function', value);
  return value;
}

export const isFunction = (value: unknown): value is AnyFunction => typeof value === 'function';

export type Bag = Readonly<Record<string, unknown>>;

/** A plain options object; arrays and functions are none. */
export function asObject(value: unknown, name: string): Bag {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw invalidArgumentType(name, 'of type object', value);
  }
  return value as Bag;
}

/** Refuses what a call of our own has no option for: Node's calls leave others alone. */
export function assertKnownOptions(options: Bag, known: readonly string[], call: string): void {
  for (const [name, value] of Object.entries(options)) {
    if (known.includes(name)) continue;
    throw invalidArgumentValue(
      `options.${name}`,
      value,
      `is no option of ${call}; known are ${known.join(', ')}`,
    );
  }
}

/** Holds for views of other realms too. */
export const isView = (value: unknown): value is NodeJS.ArrayBufferView => ArrayBuffer.isView(value);

export function asBuffer(value: unknown, name = 'buffer'): NodeJS.ArrayBufferView {
  if (!isView(value)) {
    throw invalidArgumentType(name, 'an instance of Buffer, TypedArray, or DataView', value);
  }
  return value;
}

export function asBuffers(value: unknown): readonly NodeJS.ArrayBufferView[] {
  if (!Array.isArray(value) || !value.every(isView)) {
    throw invalidArgumentType('buffers', 'an ArrayBufferView[]', value);
  }
  return value;
}

/** What may be written: the bytes themselves, or a string in `encoding`. */
export function asData(value: unknown, name: string, encoding: unknown): Uint8Array {
  if (isView(value)) return bytesOf(value);
  if (typeof value !== 'string') {
    throw invalidArgumentType(
      name,
      'of type string or an instance of Buffer, TypedArray, or DataView',
      value,
    );
  }
  return Buffer.from(value, asEncoding(encoding) ?? 'utf8');
}

export const bytesOf = (view: NodeJS.ArrayBufferView): Uint8Array =>
  types.isUint8Array(view) ? view : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

/** Falsy means none, as for Node. */
function asEncoding(value: unknown): BufferEncoding | null {
  if (!value) return null;
  if (typeof value !== 'string' || !Buffer.isEncoding(value)) {
    throw invalidArgumentValue('encoding', value, 'is invalid encoding');
  }
  return value;
}

/** By its shape, for it may be of another realm. One that nobody can listen to would fail a call that has begun. */
export function asSignal(value: unknown, name: string): AbortSignal | undefined {
  if (value === undefined) return undefined;
  const isSignal = typeof value === 'object' && value !== null && 'aborted' in value;
  if (!isSignal || !('addEventListener' in value) || !('removeEventListener' in value)) {
    throw invalidArgumentType(name, 'an instance of AbortSignal', value);
  }
  return value as AbortSignal;
}

/** The options of most calls: an object, or the encoding alone. */
export interface CallOptions {
  /** The caller's own object: like Node, each call reads there what it knows, be it inherited, a getter or hidden. */
  readonly given: Bag;
  readonly encoding: BufferEncoding | 'buffer' | null;
  readonly signal: AbortSignal | undefined;
}

const NONE: CallOptions = { given: Object.freeze({}), encoding: null, signal: undefined };

export function asOptions(options: unknown): CallOptions {
  if (options === null || options === undefined || isFunction(options)) return NONE;
  if (typeof options !== 'string' && typeof options !== 'object') {
    throw invalidArgumentType('options', 'one of type string or object', options);
  }
  const given: Bag = typeof options === 'string' ? { encoding: options } : (options as Bag);
  const encoding = given.encoding === 'buffer' ? 'buffer' : asEncoding(given.encoding);
  return { given, encoding, signal: asSignal(given.signal, 'options.signal') };
}

/** What `for…in` shows of options. Where Node's call works on such a copy, what is inherited counts if it is enumerable. */
export function copied(options: Bag): Bag {
  const copy: Record<string, unknown> = {};
  for (const name in options) copy[name] = options[name];
  return copy;
}

/** `options.recursive` where none means no. */
export const asRecursive = (value: unknown): boolean => asBoolean(value ?? false, 'options.recursive');

const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY } = constants;

/** Node's names for sets of open flags (https://nodejs.org/docs/latest-v20.x/api/fs.html#file-system-flags). */
const FLAGS: Readonly<Record<string, number>> = {
  r: O_RDONLY,
  rs: O_RDONLY | O_SYNC,
  'r+': O_RDWR,
  'rs+': O_RDWR | O_SYNC,
  w: O_WRONLY | O_CREAT | O_TRUNC,
  wx: O_WRONLY | O_CREAT | O_TRUNC | O_EXCL,
  'w+': O_RDWR | O_CREAT | O_TRUNC,
  'wx+': O_RDWR | O_CREAT | O_TRUNC | O_EXCL,
  a: O_WRONLY | O_CREAT | O_APPEND,
  ax: O_WRONLY | O_CREAT | O_APPEND | O_EXCL,
  as: O_WRONLY | O_CREAT | O_APPEND | O_SYNC,
  'a+': O_RDWR | O_CREAT | O_APPEND,
  'ax+': O_RDWR | O_CREAT | O_APPEND | O_EXCL,
  'as+': O_RDWR | O_CREAT | O_APPEND | O_SYNC,
};

export function asFlags(flags: unknown, name = 'flags'): number {
  if (typeof flags === 'number') return asInt32(flags, name);
  if (flags === null || flags === undefined) return O_RDONLY;
  if (typeof flags === 'string') {
    // The letters may stand in either order: 'xw+' is 'wx+'.
    const ordered = /^[xs][rwa]/.test(flags) ? `${flags[1]}${flags[0]}${flags.slice(2)}` : flags;
    const known = Object.hasOwn(FLAGS, ordered) ? FLAGS[ordered] : undefined;
    if (known !== undefined) return known;
  }
  throw invalidArgumentValue('flags', flags);
}

/** Permission bits: a number, or a string of octal digits. */
export function asMode(mode: unknown, fallback?: number): number {
  const given = mode ?? fallback;
  if (typeof given !== 'string') return asUint32(given, 'mode');
  if (!/^[0-7]+$/.test(given)) {
    throw invalidArgumentValue('mode', given, 'must be a 32-bit unsigned integer or an octal string');
  }
  return asUint32(Number.parseInt(given, 8), 'mode');
}

/** The mode of `access` and of `copyFile`, a set of the three lowest bits, refused in the words that those have. */
export function asBits(mode: unknown): number {
  if (mode === null || mode === undefined) return 0;
  if (typeof mode !== 'number') {
    throw withoutCode(refusal(TypeError, 'ERR_INVALID_ARG_TYPE', 'mode must be int32 or null/undefined'));
  }
  if (Number.isFinite(mode) && mode >= 0 && mode <= 7) return Math.trunc(mode);
  const range = Number.isFinite(mode) ? ': >= 0 && <= 7' : '';
  throw withoutCode(refusal(RangeError, 'ERR_OUT_OF_RANGE', `mode is out of range${range}`));
}

/** Seconds since the epoch from what `utimes` takes; anything before the epoch means now, as for Node. */
export function asSeconds(time: unknown, name = 'time'): number {
  // '1.0' is a number for Node, '1x' and 'NaN' are none.
  if (typeof time === 'string' && !Number.isNaN(Number(time))) return Number(time);
  if (typeof time === 'number' && Number.isFinite(time)) return time < 0 ? wallClock() / 1000 : time;
  if (types.isDate(time)) return time.getTime() / 1000;
  throw invalidArgumentType(name, 'an instance of Date or an Time in seconds', time);
}

/** Milliseconds since the epoch, to the microsecond: seconds as a float can't tell more. */
export const asMilliseconds = (time: unknown, name?: string): number =>
  Math.round(asSeconds(time, name) * 1e6) / 1e3;

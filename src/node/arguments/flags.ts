import { constants } from 'node:fs';
import { types } from 'node:util';
import { invalidArgumentType, invalidArgumentValue, refusal } from './refusals.js';
import { asInt32, asUint32 } from './validate.js';

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
    throw refusal(TypeError, 'ERR_INVALID_ARG_TYPE', 'mode must be int32 or null/undefined');
  }
  if (!Number.isFinite(mode)) throw refusal(RangeError, 'ERR_OUT_OF_RANGE', 'mode is out of range');
  if (mode < 0 || mode > 7)
    throw refusal(RangeError, 'ERR_OUT_OF_RANGE', 'mode is out of range: >= 0 && <= 7');
  return Math.trunc(mode);
}

/** Seconds since the epoch from what `utimes` takes; anything before the epoch means now, as for Node. */
export function asSeconds(time: unknown, name = 'time'): number {
  // '1.0' is a number for Node, '1x' and 'NaN' are none.
  if (typeof time === 'string' && !Number.isNaN(Number(time))) return Number(time);
  if (typeof time === 'number' && Number.isFinite(time)) return time < 0 ? Date.now() / 1000 : time;
  if (types.isDate(time)) return time.getTime() / 1000;
  throw invalidArgumentType(name, 'an instance of Date or an Time in seconds', time);
}

/** Milliseconds since the epoch, to the microsecond: seconds as a float can't tell more. */
export const asMilliseconds = (time: unknown, name?: string): number =>
  Math.round(asSeconds(time, name) * 1e6) / 1e3;

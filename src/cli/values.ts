import { UsageError } from './usage-error.js';

/** How the values of options are read. Each takes the text and throws a UsageError that tells what was expected. */
type Read<T> = (text: string) => T;

export const wholeNumber =
  (option: string, { least = 0, most = Number.MAX_SAFE_INTEGER } = {}): Read<number> =>
  (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} up` : `from ${least} to ${most}`;
    throw new UsageError(`${option} must be a number ${range}; got '${text}'.`);
  };

export interface Signed {
  readonly sign: '' | '+' | '-';
  readonly count: number;
}

/** As `read` takes it, with one of some signs before it. */
export const signed =
  (signs: string, read: Read<number>): Read<Signed> =>
  (text) => {
    const [sign = ''] = text;
    return (sign === '+' || sign === '-') && signs.includes(sign)
      ? { sign, count: read(text.slice(1)) }
      : { sign: '', count: read(text) };
  };

const UNITS = 'KMGTP';

/** A number of bytes, which may end with K, M, G, T or P, each 1024 of the one before: '10M'. */
export const bytes =
  (option: string): Read<number> =>
  (text) => {
    const [, digits, unit] = /^(\d+(?:\.\d+)?)(?:([KMGTP])(?:iB|B)?)?$/i.exec(text) ?? [];
    if (digits !== undefined) return Math.round(Number(digits) * 1024 ** exponentOf(unit));
    throw new UsageError(`${option} must be a number of bytes, such as 500, 10K or 1.5G; got '${text}'.`);
  };

const exponentOf = (unit: string | undefined): number =>
  unit === undefined ? 0 : UNITS.indexOf(unit.toUpperCase()) + 1;

/** For options that may be given several times. */
export const several = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

export interface Span {
  readonly start: number;
  /** The last byte; null: to the end of the file. */
  readonly end: number | null;
}

/** 'A-B', both of them in it, 'A-' to the end, '-N' the last N bytes: as ranges of HTTP. */
export const range =
  (option: string): Read<Span | { readonly last: number }> =>
  (text) => {
    const [, from = '', to = ''] = /^(\d*)-(\d*)$/.exec(text) ?? [];
    const start = Number(from);
    const end = to === '' ? null : Number(to);
    if (from === '' && end !== null) return { last: end };
    if (from !== '' && (end === null || end >= start)) return { start, end };
    throw new UsageError(`${option} must be bytes such as 0-99, 100- or -100; got '${text}'.`);
  };

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A time such as 30m, 12h, 7d or 2w, in milliseconds. */
export const duration =
  (option: string): Read<number> =>
  (text) => {
    const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text) ?? [];
    const seconds = SECONDS[unit];
    if (seconds !== undefined) return Number(digits) * seconds * 1000;
    throw new UsageError(`${option} must be a time such as 30m, 12h, 7d or 2w; got '${text}'.`);
  };

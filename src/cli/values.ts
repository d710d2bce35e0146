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

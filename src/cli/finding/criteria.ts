import { minimatch } from 'minimatch';
import type { Kind } from '../looking/entries.js';
import { UsageError } from '../usage-error.js';
import { bytes, duration } from '../values.js';

/** What is asked of a file or directory beyond its name: what a listing tells. */
export interface Measured {
  readonly size: number;
  readonly mtimeMs: number;
}

export interface Criteria {
  readonly name?: readonly string[];
  readonly iname?: readonly string[];
  readonly type?: Kind;
  readonly size?: readonly Test[];
  readonly mtime?: readonly Test[];
  readonly newer?: number;
}

type Test = (value: number) => boolean;

/** '+1M' is more than that, '-1M' less, '1M' just so many. */
export const sizeTest = (text: string, before: readonly Test[] = []): readonly Test[] => {
  const size = bytes('--size')(text.replace(/^[+-]/, ''));
  return [
    ...before,
    (value) => (text[0] === '+' ? value > size : text[0] === '-' ? value < size : value === size),
  ];
};

/** '-7d' is changed in the last seven days, '+7d' before them. */
export const ageTest = (text: string, before: readonly Test[] = []): readonly Test[] => {
  const age = duration('--mtime')(text.replace(/^[+-]/, ''));
  if (!/^[+-]/.test(text))
    throw new UsageError(`--mtime must begin with '-' (in the last …) or '+' (before that); got '${text}'.`);
  return [...before, (value) => (text[0] === '-' ? value < age : value > age)];
};

const KINDS: Readonly<Record<string, Kind>> = { f: 'file', d: 'directory', l: 'link' };

export function kind(text: string): Kind {
  const found = KINDS[text];
  if (found) return found;
  throw new UsageError(`--type must be f, d or l; got '${text}'.`);
}

/** Does a name pass, as far as names tell? */
export const passes = (
  { name, iname, type }: Criteria,
  found: { readonly name: string; readonly kind: Kind },
): boolean =>
  (type === undefined || type === found.kind) &&
  (name ?? []).every((glob) => minimatch(found.name, glob, { dot: true })) &&
  (iname ?? []).every((glob) => minimatch(found.name, glob, { dot: true, nocase: true }));

export const asksSizes = ({ size, mtime, newer }: Criteria): boolean =>
  size !== undefined || mtime !== undefined || newer !== undefined;

/** @param now when the search began, in milliseconds */
export const passesSizes = (
  { size, mtime, newer }: Criteria,
  found: Measured & { readonly kind: Kind },
  now: number,
): boolean =>
  // Of directories W&B knows no size.
  (size === undefined || (found.kind === 'file' && size.every((test) => test(found.size)))) &&
  (mtime ?? []).every((test) => test(now - found.mtimeMs)) &&
  (newer === undefined || found.mtimeMs > newer);

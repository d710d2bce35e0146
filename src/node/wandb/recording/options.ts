import { invalidArgumentType, invalidArgumentValue } from '../../arguments/refusals.js';
import { asBoolean, asObject, asSignal, assertKnownOptions } from '../../arguments/validate.js';
import { asChosen, type ChosenFiles } from '../transfers/chosen.js';

/** What a recorded world takes up of the files, and where it may be put. */
export interface RecordOptions extends ChosenFiles {
  /** Bytes of a file; larger ones are left out. @default 1 MiB */
  readonly maxFileBytes?: number | undefined;
  /** Bytes of all files together; what comes after that is left out. @default 64 MiB */
  readonly maxBytes?: number | undefined;
  /** A world that was recorded there is replaced, once the new one is whole. @default false */
  readonly replace?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was recorded. */
export interface Recorded {
  /** The absolute path of the directory. */
  readonly directory: string;
  readonly runs: number;
  readonly versions: number;
  /** Contents that were written, each once, and their bytes. */
  readonly files: number;
  readonly bytes: number;
  /** The files that are only named in the world, as this filesystem calls them. */
  readonly leftOut: readonly { readonly path: string; readonly size: number | null }[];
}

export type Settings = ReturnType<typeof asRecordOptions>;

export function asRecordOptions(options: unknown = {}) {
  const given = asObject(options, 'options');
  assertKnownOptions(given, KNOWN, 'record');
  const { replace = false } = given;
  const { isIncluded, isExcluded } = asChosen(given);
  return {
    isChosen: (name: string): boolean => isIncluded(name) && !isExcluded(name),
    maxFileBytes: asBytes(given.maxFileBytes, 'options.maxFileBytes', 1024 * 1024),
    maxBytes: asBytes(given.maxBytes, 'options.maxBytes', 64 * 1024 * 1024),
    replace: asBoolean(replace, 'options.replace'),
    signal: asSignal(given.signal, 'options.signal'),
  };
}

const KNOWN = ['include', 'exclude', 'maxFileBytes', 'maxBytes', 'replace', 'signal'];

function asBytes(value: unknown, name: string, standard: number): number {
  if (value === undefined) return standard;
  if (typeof value !== 'number') throw invalidArgumentType(name, 'of type number', value);
  if (value >= 0) return value;
  throw invalidArgumentValue(name, value, 'must be a number of bytes, from 0 to Infinity');
}

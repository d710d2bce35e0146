import { findingError } from '../../arguments/errors.js';
import { incompatibleOptions } from '../../arguments/refusals.js';
import { type AnyFunction, asBoolean, asFunction, asInteger, asObject } from '../../arguments/validate.js';
import type { Seen } from './steps.js';

/** The options of `cp`, checked. */
export interface CpSettings {
  readonly errorOnExist: boolean;
  readonly force: boolean;
  readonly preserveTimestamps: boolean;
  readonly recursive: boolean;
  readonly mode: number;
  readonly dereference: boolean;
  readonly verbatimSymlinks: boolean;
  readonly filter: AnyFunction | null;
}

export function asCpSettings(options: unknown): CpSettings {
  const given = options === undefined ? {} : asObject(options, 'options');
  const flag = (name: string, fallback: boolean): boolean =>
    asBoolean(given[name] === undefined ? fallback : given[name], `options.${name}`);
  const dereference = flag('dereference', false);
  const verbatimSymlinks = flag('verbatimSymlinks', false);
  if (verbatimSymlinks && dereference) throw incompatibleOptions('dereference', 'verbatimSymlinks');
  return {
    errorOnExist: flag('errorOnExist', false),
    force: flag('force', true),
    preserveTimestamps: flag('preserveTimestamps', false),
    recursive: flag('recursive', false),
    dereference,
    verbatimSymlinks,
    mode: given.mode === undefined || given.mode === null ? 0 : asInteger(given.mode, 'mode', 0, 7),
    filter: given.filter === undefined ? null : asFunction(given.filter, 'options.filter'),
  };
}

interface Ends {
  readonly from: string;
  readonly to: string;
  readonly source: Seen;
  readonly target: Seen | null;
}

/**
 * Throws for what can't be copied onto what.
 *
 * @param places of both, absolute and normalised
 */
export function assertPair(
  { from, to, source, target }: Ends,
  [above, below]: readonly [string, string],
): void {
  const isSame = above === below || (target?.ino === source.ino && target.dev === source.dev);
  if (target && isSame) {
    throw cpError('ERR_FS_CP_EINVAL', INVALID, 'EINVAL', 'src and dest cannot be the same', to);
  }
  const isDirectory = source.kind === 'directory';
  if (target && isDirectory && target.kind !== 'directory') {
    const prefix = 'Cannot overwrite non-directory with directory';
    const reason = `cannot overwrite non-directory ${to} with directory ${from}`;
    throw cpError('ERR_FS_CP_DIR_TO_NON_DIR', prefix, 'EISDIR', reason, to);
  }
  if (target && !isDirectory && target.kind === 'directory') {
    const prefix = 'Cannot overwrite directory with non-directory';
    const reason = `cannot overwrite directory ${to} with non-directory ${from}`;
    throw cpError('ERR_FS_CP_NON_DIR_TO_DIR', prefix, 'ENOTDIR', reason, to);
  }
  if (isDirectory && `${below}/`.startsWith(above === '/' ? '/' : `${above}/`)) {
    const reason = `cannot copy ${from} to a subdirectory of self ${to}`;
    throw cpError('ERR_FS_CP_EINVAL', INVALID, 'EINVAL', reason, to);
  }
}

export const INVALID = 'Invalid src or dest';

/** What `cp` finds itself, in Node's words. */
export const cpError = (
  code: string,
  prefix: string,
  errno: 'EEXIST' | 'EINVAL' | 'EISDIR' | 'ENOTDIR',
  reason: string,
  path: string,
): NodeJS.ErrnoException => findingError({ code, prefix, errno, reason, syscall: 'cp', path });

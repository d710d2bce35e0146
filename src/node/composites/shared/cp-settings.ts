import { findingError } from '../../arguments/errors.js';
import { incompatibleOptions } from '../../arguments/refusals.js';
import { asBoolean, asFunction, asInteger, asObject } from '../../arguments/validate.js';
import type { Seen } from './steps.js';

/** The options of `cp`, checked. */
export type CpSettings = Readonly<ReturnType<typeof asCpSettings>>;

export function asCpSettings(options: unknown = {}) {
  const given = asObject(options, 'options');
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
    mode: asInteger(given.mode ?? 0, 'mode', 0, 7),
    filter: given.filter === undefined ? null : asFunction(given.filter, 'options.filter'),
  };
}

/** What is copied, and what stands where it goes. */
export interface Pair {
  readonly source: Seen;
  readonly target: Seen | null;
}

/**
 * Throws for what can't be copied onto what.
 *
 * @param places of both, absolute and normalised
 */
export function assertPair(
  from: string,
  to: string,
  { source, target }: Pair,
  [above, below]: readonly [string, string],
): void {
  if (target && (above === below || isSame(source, target))) {
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
  if (isDirectory && isWithin(below, above)) throw intoItself(from, to);
}

/** Of absolute, normalised paths: the other itself, or below it. */
export const isWithin = (path: string, other: string): boolean =>
  `${path}/`.startsWith(other === '/' ? '/' : `${other}/`);

/** Filesystems without numbers of their own tell 0 of everything. */
export const isSame = (one: Seen, other: Seen): boolean =>
  one.ino !== 0 && one.ino === other.ino && one.dev === other.dev;

export const intoItself = (from: string, to: string): Error =>
  cpError('ERR_FS_CP_EINVAL', INVALID, 'EINVAL', `cannot copy ${from} to a subdirectory of self ${to}`, to);

export const INVALID = 'Invalid src or dest';

/** What `cp` finds itself, in Node's words. */
export const cpError = (
  code: string,
  prefix: string,
  errno: 'EEXIST' | 'EINVAL' | 'EISDIR' | 'ENOTDIR',
  reason: string,
  path: string,
): NodeJS.ErrnoException => findingError(code, prefix, errno, reason, { syscall: 'cp', path });

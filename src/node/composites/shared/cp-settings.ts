import { types } from 'node:util';
import { findingError } from '../../arguments/errors.js';
import { joined } from '../../arguments/layout.js';
import { incompatibleOptions, refusal } from '../../arguments/refusals.js';
import { asBoolean, asFunction, asInteger, asObject, type Bag } from '../../arguments/validate.js';
import type { AnyKind } from '../../results/dirents.js';
import { type Composite, callOutside } from '../driver.js';
import type { AheadOptions } from './lookahead.js';
import type { Seen } from './steps.js';

/** The options of `cp`, checked. */
export type CpSettings = Readonly<ReturnType<typeof asCpSettings>>;

const DEFAULTS = {
  dereference: false,
  errorOnExist: false,
  force: true,
  preserveTimestamps: false,
  recursive: false,
  verbatimSymlinks: false,
};

export function asCpSettings(options: unknown = {}) {
  // As Node: only an object's own options count, and one that is there but undefined is refused.
  const given: Bag = { ...DEFAULTS, ...asObject(options, 'options') };
  const flag = (name: keyof typeof DEFAULTS): boolean => asBoolean(given[name], `options.${name}`);
  const flags = {
    dereference: flag('dereference'),
    errorOnExist: flag('errorOnExist'),
    force: flag('force'),
    preserveTimestamps: flag('preserveTimestamps'),
    recursive: flag('recursive'),
    verbatimSymlinks: flag('verbatimSymlinks'),
  };
  const mode = asInteger(given.mode ?? 0, 'mode', 0, 7);
  if (flags.verbatimSymlinks && flags.dereference) {
    throw incompatibleOptions('dereference', 'verbatimSymlinks');
  }
  const filter = given.filter === undefined ? null : asFunction(given.filter, 'options.filter');
  return { ...flags, mode, filter };
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

/** Does the filter want it? A sync call can't wait for its answer. */
export const wantedBy = ({ filter }: CpSettings): ((from: string, to: string) => Composite<boolean>) =>
  function* (from, to) {
    if (filter === null) return true;
    const later = (): unknown => filter(from, to);
    return Boolean(yield* callOutside({ later, now: () => atOnce(later()) }));
  };

function atOnce(answer: unknown): unknown {
  if (!types.isPromise(answer)) return answer;
  const message =
    'Expected boolean to be returned from the "filter" function but got an instance of Promise.';
  throw refusal(TypeError, 'ERR_INVALID_RETURN_VALUE', message);
}

/** Where a file may be left out for what the filter says, or for what stands there, little is fetched in vain. */
export const aheadOptions = ({ filter, force }: CpSettings): AheadOptions => ({
  isFetching: true,
  isSelective: filter !== null || !force,
  joined,
});

export function unfit(kind: AnyKind, to: string): Error {
  const name = kind === 'socket' ? 'SOCKET' : kind === 'fifo' ? 'FIFO_PIPE' : 'UNKNOWN';
  const reason = `cannot copy a file of this kind: ${to}`;
  return cpError(`ERR_FS_CP_${name}`, 'Cannot copy this kind of file', 'EINVAL', reason, to);
}

export const existing = (to: string): Error =>
  cpError('ERR_FS_CP_EEXIST', 'Target already exists', 'EEXIST', `${to} already exists`, to);

import { constants } from 'node:fs';
import { posix } from 'node:path';
import { Failure } from '../../contract/failure.js';
import type { Attributes } from '../../kernel/syscalls.js';
import { findingError, hasCode, isDirectoryError, systemError } from '../arguments/errors.js';
import { incompatibleOptions, refusal } from '../arguments/refusals.js';
import { type AnyFunction, asBoolean, asFunction, asInteger, asObject } from '../arguments/validate.js';
import { explaining, invokeOnBoth, placeOf, probeAt, type Tree } from '../tree.js';
import { chmod, utimes } from './attributes.js';
import { copyFile } from './copy-file.js';
import { entriesOf, joined, mkdir, realOf } from './directories.js';
import { type AsyncComposite, type Composite, type Pause, pause, type Step } from './driver.js';
import { isUri, readlink, symlink, unlink } from './names.js';

const { COPYFILE_EXCL } = constants;

export interface CpSettings {
  readonly errorOnExist: boolean;
  readonly force: boolean;
  readonly preserveTimestamps: boolean;
  readonly recursive: boolean;
  readonly mode: number;
  readonly dereference: boolean;
  readonly verbatimSymlinks: boolean;
}

type Filter<S> = (src: string, dest: string) => Generator<S, boolean, unknown>;

/** Copies a file, or with `recursive` a directory, inside the tree. */
export function* cp(tree: Tree, src: unknown, dest: unknown, options?: unknown): AsyncComposite<void> {
  const { settings, filter } = settingsOf(options);
  yield* copyTop(tree, src, dest, settings, function* (from, to): AsyncComposite<boolean> {
    return filter === null || Boolean(yield* pause(async () => filter(from, to)));
  });
}

export function* cpSync(tree: Tree, src: unknown, dest: unknown, options?: unknown): Composite<void> {
  const { settings, filter } = settingsOf(options);
  // biome-ignore lint/correctness/useYield: the twin for promises has something to yield.
  yield* copyTop(tree, src, dest, settings, function* (from, to): Composite<boolean> {
    const answer = filter === null ? true : filter(from, to);
    if (!(answer instanceof Promise)) return Boolean(answer);
    const message =
      'Expected boolean to be returned from the "filter" function but got an instance of Promise.';
    throw refusal(TypeError, 'ERR_INVALID_RETURN_VALUE', message);
  });
}

/** Checks the options of `cp`. */
export function settingsOf(options: unknown): {
  readonly settings: CpSettings;
  readonly filter: AnyFunction | null;
} {
  const given = options === undefined ? {} : asObject(options, 'options');
  const flag = (name: string, fallback: boolean): boolean =>
    asBoolean(given[name] === undefined ? fallback : given[name], `options.${name}`);
  const dereference = flag('dereference', false);
  const verbatimSymlinks = flag('verbatimSymlinks', false);
  if (verbatimSymlinks && dereference) throw incompatibleOptions('dereference', 'verbatimSymlinks');
  return {
    settings: {
      errorOnExist: flag('errorOnExist', false),
      force: flag('force', true),
      preserveTimestamps: flag('preserveTimestamps', false),
      recursive: flag('recursive', false),
      dereference,
      verbatimSymlinks,
      mode: given.mode === undefined || given.mode === null ? 0 : asInteger(given.mode, 'mode', 0, 7),
    },
    filter: given.filter === undefined ? null : asFunction(given.filter, 'options.filter'),
  };
}

function* copyTop<S extends Step | Pause>(
  tree: Tree,
  src: unknown,
  dest: unknown,
  settings: CpSettings,
  filter: Filter<S>,
): Generator<S | Step, void, unknown> {
  const given = placeOf(tree, src, 'src').given;
  const to = placeOf(tree, dest, 'dest').given;
  const from = (yield* isAlias(tree, given, settings)) ? `${given}/` : given;
  const source = yield* statOf(tree, from, settings);
  const target = yield* statIfThere(tree, to, settings);
  checkPair(tree, given, to, source, target);
  if (!(yield* filter(given, to))) return;
  if (!target) yield* mkdir(tree, joined(to, '..'), { recursive: true });
  if (source.kind === 'directory' && !settings.recursive) {
    throw isDirectoryError('cp', from, `${from} is a directory (not copied)`);
  }
  const real = source.kind === 'directory' ? yield* realOf(tree, from, 'lstat') : null;
  if (real === null || real === tree.mount.show(placeOf(tree, from).tree)) {
    return yield* copyEntry(tree, from, to, settings, filter);
  }
  const asGiven = (path: string): string => joined(from, posix.relative(real, path));
  yield* copyEntry(tree, real, to, settings, (below, beside) => filter(asGiven(below), beside));
}

/**
 * Who copies `latest` means the version that it points to; to copy the link would set an alias on the server, where a
 * draft was meant. With `verbatimSymlinks` the link is meant.
 */
function* isAlias(tree: Tree, path: string, settings: CpSettings): Composite<boolean> {
  if (settings.verbatimSymlinks || !isBesideVersions(tree, path)) return false;
  const { kind } = yield* statOf(tree, path, settings);
  return kind === 'symlink' && !isUri(String(yield* readlink(tree, path)));
}

/** Where aliases stand, in a tree that has them. */
function isBesideVersions(tree: Tree, path: string): boolean {
  const { scheme, levels } = tree.mount.layout;
  const place = placeOf(tree, path);
  const segments = place.isInside ? place.tree.split('/') : [];
  return scheme === 'wandbas' && segments.filter((name) => name !== '').length === levels.length;
}

function* copyEntry<S extends Step | Pause>(
  tree: Tree,
  from: string,
  to: string,
  settings: CpSettings,
  filter: Filter<S>,
): Generator<S | Step, void, unknown> {
  const source = yield* statOf(tree, from, settings);
  const target = yield* statIfThere(tree, to, settings);
  checkPair(tree, from, to, source, target);
  if (source.kind === 'symlink') return yield* copyLink(tree, from, to, source, target, settings);
  if (source.kind === 'file') return yield* copyOne(tree, from, to, source, target, settings);
  if (!target) yield* mkdir(tree, to, source.mode & 0o777);
  yield* invokeOnBoth('cp', placeOf(tree, from), placeOf(tree, to), (op, at, into) =>
    tree.kernel.startFrom(op, at, into),
  );
  for (const { name } of yield* entriesOf(tree, from, 'opendir')) {
    const [below, beside] = [joined(from, name), joined(to, name)];
    if (yield* filter(below, beside)) yield* copyEntry(tree, below, beside, settings, filter);
  }
}

function* copyOne(
  tree: Tree,
  from: string,
  to: string,
  source: Attributes,
  target: Attributes | null,
  settings: CpSettings,
): Composite<void> {
  if (target && !settings.force) {
    if (!settings.errorOnExist) return;
    throw cpError('ERR_FS_CP_EEXIST', 'Target already exists', 'EEXIST', `${to} already exists`, to);
  }
  // Node removes what is there and makes it anew, with the permissions of the source; so that the server isn't told of a
  // removal, a file is written over instead. A link goes, where it leads stays.
  if (target?.kind === 'symlink') yield* unlink(tree, to);
  yield* copyFile(tree, from, to, target ? settings.mode & ~COPYFILE_EXCL : settings.mode);
  if (target?.kind === 'file') yield* chmod(tree, to, source.mode & 0o777);
  if (settings.preserveTimestamps) {
    yield* utimes(tree, to, source.atimeMs / 1000, source.mtimeMs / 1000);
  }
}

/**
 * A link to a version is made anew where it is meant, and refused where a collection is copied; one to content elsewhere
 * is a file of its version, and copied as one.
 */
function* copyLink(
  tree: Tree,
  from: string,
  to: string,
  source: Attributes,
  target: Attributes | null,
  settings: CpSettings,
): Composite<void> {
  const leadsTo = String(yield* readlink(tree, from));
  if (isUri(leadsTo)) return yield* copyOne(tree, from, to, source, target, settings);
  if (!settings.verbatimSymlinks && isBesideVersions(tree, from)) {
    const call = { syscall: 'cp', path: from, dest: to };
    throw systemError(new Failure('EPERM', NO_ALIASES), call, copyLink);
  }
  const { tree: path } = placeOf(tree, from);
  const above = tree.mount.show(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  const end = settings.verbatimSymlinks ? leadsTo : joined(above, leadsTo);
  try {
    yield* symlink(tree, end, to);
  } catch (error) {
    // Aliases move in one step; a link of a draft is made anew.
    if (target?.kind !== 'symlink' || !hasCode(error, 'EEXIST')) throw error;
    yield* unlink(tree, to);
    yield* symlink(tree, end, to);
  }
}

const NO_ALIASES =
  'Aliases are set on the server, and never by copying a collection: copy its versions, each into a draft, and set aliases ' +
  'by symlink().';

function* statOf(
  tree: Tree,
  path: string,
  { dereference }: CpSettings,
  isProbe = false,
): Composite<Attributes> {
  const look = dereference ? 'stat' : 'lstat';
  const place = placeOf(tree, path);
  const explain = isProbe ? undefined : explaining(place);
  return yield* probeAt(look, place, (op, at) => tree.kernel[look](op, at), undefined, explain);
}

function* statIfThere(tree: Tree, path: string, settings: CpSettings): Composite<Attributes | null> {
  try {
    return yield* statOf(tree, path, settings, true);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function checkPair(
  tree: Tree,
  from: string,
  to: string,
  source: Attributes,
  target: Attributes | null,
): void {
  if (target?.ino === source.ino) {
    throw cpError('ERR_FS_CP_EINVAL', INVALID, 'EINVAL', 'src and dest cannot be the same', to);
  }
  if (target && source.kind === 'directory' && target.kind !== 'directory') {
    const reason = `cannot overwrite non-directory ${to} with directory ${from}`;
    throw cpError(
      'ERR_FS_CP_DIR_TO_NON_DIR',
      'Cannot overwrite non-directory with directory',
      'EISDIR',
      reason,
      to,
    );
  }
  if (target && source.kind !== 'directory' && target.kind === 'directory') {
    const reason = `cannot overwrite directory ${to} with non-directory ${from}`;
    throw cpError(
      'ERR_FS_CP_NON_DIR_TO_DIR',
      'Cannot overwrite directory with non-directory',
      'ENOTDIR',
      reason,
      to,
    );
  }
  const [above, below] = [from, to].map((path) => tree.mount.show(placeOf(tree, path).tree));
  if (source.kind === 'directory' && `${below}/`.startsWith(above === '/' ? '/' : `${above}/`)) {
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

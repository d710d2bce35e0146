import { posix } from 'node:path';
import { constants } from '../../../platform/disk.js';
import { failure, hasCode, isDirectoryError } from '../../arguments/errors.js';
import { isUri, joined } from '../../arguments/layout.js';
import { nodeMajor } from '../../faces/node-version.js';
import { kindOf } from '../../results/dirents.js';
import { type Composite, orNothing } from '../driver.js';
import { CHUNK_BYTES } from './copy.js';
import {
  aheadOptions,
  assertPair,
  type CpSettings,
  cpError,
  existing,
  INVALID,
  intoItself,
  isSame,
  isWithin,
  type Pair,
  unfit,
  wantedBy,
} from './cp-settings.js';
import { Lookahead } from './lookahead.js';
import type { CpSteps, Look, Seen } from './steps.js';
import { Together } from './together.js';

const { COPYFILE_EXCL } = constants;

interface Copying {
  readonly steps: CpSteps;
  readonly settings: CpSettings;
  readonly look: Look;
  readonly isWanted: (from: string, to: string) => Composite<boolean>;
  /** The directories that all of the copy will lie in. */
  readonly around: readonly Seen[];
  /** Null: nothing is asked for ahead. */
  readonly lookahead: Lookahead | null;
}

/** Copies a file, or with `recursive` a directory. */
export function* cpOver(steps: CpSteps, given: string, to: string, settings: CpSettings): Composite<void> {
  const look = settings.dereference ? 'stat' : 'lstat';
  const copying: Copying = {
    steps,
    settings,
    look,
    isWanted: wantedBy(settings),
    around: [],
    lookahead: null,
  };
  if (!(yield* copying.isWanted(given, to))) return;
  const from = (yield* isAlias(copying, given)) ? `${given}/` : given;
  const pair = yield* lookAtPair(copying, from, to);
  const isDirectory = pair.source.kind === 'directory';
  const around = isDirectory ? yield* directoriesAround(steps, from, to, pair.target) : [];
  assertOutside(around, from, to, pair);
  if (!pair.target) yield* steps.run('mkdir', joined(to, '..'), { recursive: true });
  if (isDirectory && !settings.recursive) {
    throw isDirectoryError('cp', given, `${given} is a directory (not copied)`);
  }
  const start = isDirectory ? yield* steps.startAt(from) : from;
  // Filters are asked by the names that the caller knows.
  const asGiven = (path: string): string =>
    start === from ? path : joined(from, posix.relative(start, path));
  const isWanted: Copying['isWanted'] = (below, beside) => copying.isWanted(asGiven(below), beside);
  const ahead = isDirectory && steps.ahead ? yield* steps.ahead(start, to) : null;
  const lookahead = ahead && new Lookahead(ahead, aheadOptions(settings));
  try {
    yield* copyEntry({ ...copying, isWanted, around, lookahead }, start, to, pair);
  } finally {
    lookahead?.end();
  }
}

/**
 * The directories that a copy will lie in, down to itself; not those above its source too, for they aren't copied. One
 * directory may have several names, by links or where a tree is mounted twice, so paths alone don't tell whether a copy
 * would be copied, too, and again.
 */
function* directoriesAround(
  steps: CpSteps,
  from: string,
  to: string,
  target: Seen | null,
): Composite<readonly Seen[]> {
  const around = target ? [target] : [];
  const source = steps.placeOf(from);
  for (let path = posix.dirname(steps.placeOf(to)); !isWithin(source, path); path = posix.dirname(path)) {
    const directory = yield* lookIfThere(steps, 'stat', path);
    if (directory) around.push(directory);
  }
  return around;
}

function assertOutside(around: readonly Seen[], from: string, to: string, { source }: Pair): void {
  if (around.some((directory) => isSame(directory, source))) throw intoItself(from, to);
}

/**
 * Who copies `latest` means the version that it points to; to copy the link would set an alias on the server, where a
 * draft was meant. With `verbatimSymlinks` the link is meant.
 */
function* isAlias({ steps, settings, look }: Copying, path: string): Composite<boolean> {
  const standsFor = steps.linkAt(path);
  if (settings.verbatimSymlinks || standsFor === 'file' || standsFor === 'link') return false;
  const { kind } = yield* steps.look(look, path);
  return kind === 'symlink' && !isUri(yield* steps.run('readlink', path));
}

function* lookAtPair({ steps, look }: Copying, from: string, to: string): Composite<Pair> {
  const source = yield* steps.look(look, from);
  const target = yield* lookIfThere(steps, look, to);
  const pair = { source, target };
  assertPair(from, to, pair, [steps.placeOf(from), steps.placeOf(to)]);
  return pair;
}

const lookIfThere = (steps: CpSteps, look: Look, path: string): Composite<Seen | null> =>
  orNothing(steps.look(look, path, true), null, ['ENOENT']);

function* copyEntry(copying: Copying, from: string, to: string, pair: Pair): Composite<void> {
  switch (pair.source.kind) {
    case 'directory': {
      const { steps, settings, lookahead } = copying;
      if (pair.target && nodeMajor >= 22 && settings.errorOnExist && !settings.force) throw existing(to);
      const mode = pair.target ? null : pair.source.mode & 0o777;
      lookahead?.wanted(true);
      yield* steps.intoDirectory(from, to, mode, copyBelow(copying, from, to));
      if (nodeMajor >= 24) yield* keepTimes(copying, to, pair.source);
      return;
    }
    case 'file':
      return yield* copyOne(copying, from, to, pair);
    case 'symlink':
      return yield* copyLink(copying, from, to, pair);
    default:
      throw unfit(pair.source.kind, to);
  }
}

function* copyBelow(copying: Copying, from: string, to: string): Composite<void> {
  const { steps, settings, isWanted, around, lookahead } = copying;
  const refusalOf = steps.refusalsIn?.(from, to);
  const entries = yield* steps.readdir(from);
  lookahead?.enter(
    from,
    entries.map((entry) => ({ name: entry.name, kind: kindOf(entry) })),
  );
  // A filter hears of a file when those before it are there.
  const together = new Together(steps.takesTime && settings.filter === null);
  yield* together.during(copyAll());
  lookahead?.leave();

  function* copyAll(): Composite<void> {
    for (const [index, { name }] of entries.entries()) {
      lookahead?.at(index);
      const [below, beside] = [joined(from, name), joined(to, name)];
      if (!(yield* isWanted(below, beside))) {
        lookahead?.wanted(false);
        continue;
      }
      const refusal = refusalOf?.(name) ?? null;
      if (refusal !== null) {
        const reason = `cannot copy ${below}: ${refusal}; leave it out by \`filter\``;
        throw cpError('ERR_FS_CP_EINVAL', INVALID, 'EINVAL', reason, beside);
      }
      const pair = yield* lookAtPair(copying, below, beside);
      assertOutside(around, below, beside, pair);
      const copy = copyEntry(copying, below, beside, pair);
      const isSmall = pair.source.kind === 'file' && pair.source.size <= CHUNK_BYTES;
      yield* isSmall ? together.add(copy) : together.alone(copy);
    }
  }
}

function* keepTimes({ steps, settings }: Copying, to: string, { atimeMs, mtimeMs }: Seen): Composite<void> {
  if (settings.preserveTimestamps) yield* steps.run('utimes', to, atimeMs / 1000, mtimeMs / 1000);
}

function* copyOne(copying: Copying, from: string, to: string, { source, target }: Pair): Composite<void> {
  const { steps, settings, lookahead } = copying;
  if (target && !settings.force) {
    lookahead?.wanted(false);
    if (!settings.errorOnExist) return;
    throw existing(to);
  }
  lookahead?.wanted(true);
  // Node removes what is there and makes it anew; so that a server isn't told of a removal, a file is written over
  // instead. A link goes, where it leads stays, and so does what has other names.
  const named = target && settings.dereference ? yield* steps.look('lstat', to) : target;
  if (named && (named.kind === 'symlink' || named.nlink > 1)) yield* steps.run('unlink', to);
  yield* steps.run('copyFile', from, to, target ? settings.mode & ~COPYFILE_EXCL : settings.mode);
  yield* keepTimes(copying, to, source);
}

/**
 * A link to a version is made anew where it is meant, and refused where a collection is copied; one to content elsewhere
 * is a file of its version, and copied as one. Into another filesystem nothing but its text can go along as it is.
 */
function* copyLink(copying: Copying, from: string, to: string, pair: Pair): Composite<void> {
  const { steps, settings } = copying;
  const leadsTo: string = yield* steps.run('readlink', from);
  const standsFor = steps.linkAt(from);
  const isContent = standsFor === 'target' ? !settings.verbatimSymlinks : standsFor !== 'link';
  if (isContent && isUri(leadsTo)) return yield* copyOne(copying, from, to, pair);
  if (!settings.verbatimSymlinks && standsFor === 'alias') {
    throw failure('EPERM', { syscall: 'cp', path: from, dest: to }, NO_ALIASES);
  }
  const isKept = settings.verbatimSymlinks || posix.isAbsolute(leadsTo);
  const end = isKept ? leadsTo : posix.resolve(posix.dirname(steps.placeOf(from)), leadsTo);
  if (pair.target?.kind === 'symlink' && standsFor !== 'alias') yield* assertLinkable(steps, from, to, end);
  try {
    yield* steps.run('symlink', end, to);
  } catch (error) {
    // Aliases move in one step; a link of a draft, or of a disk, is made anew.
    if (pair.target?.kind !== 'symlink' || !hasCode(error, 'EEXIST')) throw error;
    yield* steps.run('unlink', to);
    yield* steps.run('symlink', end, to);
  }
}

/** As Node's: a link that is replaced by one to around or below what it led to leaves one that leads nowhere. */
function* assertLinkable(steps: CpSteps, from: string, to: string, end: string): Composite<void> {
  const leadsTo: string = yield* steps.run('readlink', to);
  const other = posix.isAbsolute(leadsTo)
    ? leadsTo
    : posix.resolve(posix.dirname(steps.placeOf(to)), leadsTo);
  if (isWithin(other, end)) {
    const reason = `cannot copy ${end} to a subdirectory of self ${other}`;
    throw cpError('ERR_FS_CP_EINVAL', INVALID, 'EINVAL', reason, to);
  }
  const { kind } = yield* steps.look('stat', from);
  if (kind === 'directory' && isWithin(end, other)) {
    const prefix = 'Cannot overwrite symlink in subdirectory of self';
    throw cpError(
      'ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY',
      prefix,
      'EINVAL',
      `cannot overwrite ${other} with ${end}`,
      to,
    );
  }
}

const NO_ALIASES =
  'Aliases are set on the server, and never by copying a collection: copy its versions, each into a draft, and set aliases ' +
  'by symlink().';

import type { Dirent, Stats } from 'node:fs';
import { posix } from 'node:path';
import { isDirectoryError } from '../arguments/errors.js';
import type { AnyFunction, Bag } from '../arguments/validate.js';
import { type CpSettings, cpError, INVALID, settingsOf } from '../composites/cp.js';
import { joined } from '../composites/directories.js';
import { isUri } from '../composites/names.js';
import { DiskNames } from './disk-names.js';
import { isMissing } from './failures.js';
import type { Filesystem } from './filesystem.js';
import type { Located, MountTable } from './table.js';
import { call, settled, type Work } from './work.js';

interface Copying extends CpSettings {
  readonly table: MountTable;
  /** All filesystems as one: each step goes where its paths lead. */
  readonly whole: Filesystem;
  readonly filter: AnyFunction | null;
  readonly dereference: boolean;
  readonly verbatimSymlinks: boolean;
  readonly platform: NodeJS.Platform;
}

interface Pair {
  readonly source: Stats;
  readonly target: Stats | null;
}

/** `cp` between filesystems, or of directories that something is mounted in. */
export function cpAcross(
  table: MountTable,
  whole: Filesystem,
  [from, to]: readonly [Located, Located],
  options: unknown,
  platform: NodeJS.Platform = process.platform,
): Work<void> {
  const { settings, filter } = settingsOf(options);
  const { dereference = false, verbatimSymlinks = false } = (options ?? {}) as Bag;
  const copying: Copying = {
    ...settings,
    table,
    whole,
    filter,
    dereference: Boolean(dereference),
    verbatimSymlinks: Boolean(verbatimSymlinks),
    platform,
  };
  return copyTop(copying, from, to);
}

function* copyTop(copying: Copying, from: Located, to: Located): Work<void> {
  const { whole, recursive } = copying;
  const start = (yield* isAlias(copying, from)) ? `${from.given}/` : from.given;
  const pair = yield* statPair(copying, start, to.given);
  checkPair(copying, from.given, to.given, pair);
  if (!(yield* isWanted(copying, from.given, to.given))) return;
  if (pair.source.isDirectory() && !recursive) {
    throw isDirectoryError('cp', from.given, `${from.given} is a directory (not copied)`);
  }
  if (!pair.target) yield* call(whole, 'mkdir', posix.dirname(to.path), { recursive: true });
  yield* copyEntry(copying, start, to.given, pair);
}

/** As within a tree: who copies an alias means its version. */
function* isAlias({ whole, verbatimSymlinks }: Copying, { given, owner }: Located): Work<boolean> {
  if (!owner.isTree || verbatimSymlinks) return false;
  const stats: Stats = yield* call(whole, 'lstat', given);
  return stats.isSymbolicLink() && !isUri(yield* call(whole, 'readlink', given));
}

function* isWanted({ filter }: Copying, from: string, to: string): Work<boolean> {
  return filter === null || Boolean(yield* settled(filter(from, to)));
}

function* copyEntry(copying: Copying, from: string, to: string, pair: Pair): Work<void> {
  const { source, target } = pair;
  if (source.isDirectory()) return yield* copyDirectory(copying, from, to, pair);
  if (source.isFile()) return yield* copyFile(copying, from, to, pair);
  if (source.isSymbolicLink()) return yield* copyLink(copying, from, to, target);
  const kind = source.isSocket() ? 'SOCKET' : source.isFIFO() ? 'FIFO_PIPE' : 'UNKNOWN';
  throw cpError(
    `ERR_FS_CP_${kind}`,
    'Cannot copy this kind of file',
    'EINVAL',
    `cannot copy a file of this kind: ${to}`,
    to,
  );
}

function* copyDirectory(copying: Copying, from: string, to: string, { source, target }: Pair): Work<void> {
  const { whole } = copying;
  // What is copied into it needs write permission; the directory's own bits come last.
  if (!target) yield* call(whole, 'mkdir', to);
  const entries: readonly Dirent[] = yield* call(whole, 'readdir', from, { withFileTypes: true });
  const names = leadsToDisk(copying, from, to) ? new DiskNames(copying.platform) : null;
  for (const { name } of entries) {
    const [below, beside] = [joined(from, name), joined(to, name)];
    if (!(yield* isWanted(copying, below, beside))) continue;
    const refusal = names?.refusalOf(name) ?? null;
    if (refusal !== null) {
      const reason = `cannot copy ${below}: ${refusal}; leave it out by \`filter\``;
      throw cpError('ERR_FS_CP_EINVAL', INVALID, 'EINVAL', reason, beside);
    }
    const pair = yield* statPair(copying, below, beside);
    checkPair(copying, below, beside, pair);
    yield* copyEntry(copying, below, beside, pair);
  }
  if (!target) yield* call(whole, 'chmod', to, source.mode & 0o777);
}

/** Names of trees may be anybody's; those of the disk are its own already. */
const leadsToDisk = ({ table }: Copying, from: string, to: string): boolean =>
  table.locate(from)?.owner.isTree === true && table.locate(to)?.owner.isTree === false;

function* copyFile(copying: Copying, from: string, to: string, { source, target }: Pair): Work<void> {
  const { whole, mode, preserveTimestamps } = copying;
  if (target && !copying.force) {
    if (!copying.errorOnExist) return;
    throw cpError('ERR_FS_CP_EEXIST', 'Target already exists', 'EEXIST', `${to} already exists`, to);
  }
  yield* call(whole, 'copyFile', from, to, mode);
  if (preserveTimestamps) yield* call(whole, 'utimes', to, source.atimeMs / 1000, source.mtimeMs / 1000);
}

function* copyLink(copying: Copying, from: string, to: string, target: Stats | null): Work<void> {
  const { whole } = copying;
  const text: string = yield* call(whole, 'readlink', from);
  const leadsTo = copying.verbatimSymlinks ? text : posix.resolve(posix.dirname(from), text);
  if (target) yield* call(whole, 'unlink', to);
  yield* call(whole, 'symlink', leadsTo, to);
}

function* statPair({ whole, dereference }: Copying, from: string, to: string): Work<Pair> {
  const name = dereference ? 'stat' : 'lstat';
  const source: Stats = yield* call(whole, name, from);
  try {
    return { source, target: yield* call(whole, name, to) };
  } catch (error) {
    if (isMissing(error)) return { source, target: null };
    throw error;
  }
}

function checkPair({ table }: Copying, from: string, to: string, { source, target }: Pair): void {
  const [fromPath, toPath] = [from, to].map((path) => table.locate(path)?.path ?? path);
  const isSame = target !== null && target.dev === source.dev && target.ino === source.ino;
  if (isSame || fromPath === toPath) {
    throw cpError('ERR_FS_CP_EINVAL', INVALID, 'EINVAL', 'src and dest cannot be the same', to);
  }
  if (target && source.isDirectory() && !target.isDirectory()) {
    const reason = `cannot overwrite non-directory ${to} with directory ${from}`;
    const prefix = 'Cannot overwrite non-directory with directory';
    throw cpError('ERR_FS_CP_DIR_TO_NON_DIR', prefix, 'EISDIR', reason, to);
  }
  if (target && !source.isDirectory() && target.isDirectory()) {
    const reason = `cannot overwrite directory ${to} with non-directory ${from}`;
    const prefix = 'Cannot overwrite directory with non-directory';
    throw cpError('ERR_FS_CP_NON_DIR_TO_DIR', prefix, 'ENOTDIR', reason, to);
  }
  const above = fromPath === '/' ? '/' : `${fromPath}/`;
  if (source.isDirectory() && `${toPath}/`.startsWith(above)) {
    const reason = `cannot copy ${from} to a subdirectory of self ${to}`;
    throw cpError('ERR_FS_CP_EINVAL', INVALID, 'EINVAL', reason, to);
  }
}

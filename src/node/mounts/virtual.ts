import type { ErrnoCode } from '../../contract/failure.js';
import type { Attributes } from '../../kernel/syscalls.js';
import { constants } from '../../platform/disk.js';
import { wallClock } from '../../platform/time.js';
import { failure } from '../arguments/errors.js';
import { asBits, asOptions, type Bag } from '../arguments/validate.js';
import { encodedName } from '../results/dirents.js';
import { bigIntStatsOf, statsOf } from '../results/stats.js';
import type { Located } from './table.js';

/**
 * What a directory answers that is there only because something is mounted below it. `args` are the caller's, from the
 * path on.
 */
export type VirtualAnswer = (at: Located, args: readonly unknown[]) => unknown;

const since = wallClock();

/** Neither a kernel's, which count upwards from the next number, nor 0, which is memfs's: equal ones mean the same file. */
const DEVICE = 0x5741ffff;

const attributesOf = ({ path }: Located): Attributes => ({
  kind: 'directory',
  dev: DEVICE,
  ino: inodeOf(path),
  mode: constants.S_IFDIR | 0o755,
  nlink: 1,
  uid: process.getuid?.() ?? 0,
  gid: process.getgid?.() ?? 0,
  size: 0,
  blksize: 4096,
  blocks: 0,
  atimeMs: since,
  mtimeMs: since,
  ctimeMs: since,
  birthtimeMs: since,
});

const inodes = new Map<string, number>();

/** One number a path for the life of the process, whatever fs object shows it. */
function inodeOf(path: string): number {
  const inode = inodes.get(path) ?? inodes.size + 1;
  inodes.set(path, inode);
  return inode;
}

export const stat: VirtualAnswer = (at, [, options]) =>
  (options as Bag | undefined)?.bigint ? bigIntStatsOf(attributesOf(at)) : statsOf(attributesOf(at));

export const access: VirtualAnswer = (_at, [, mode]) => void asBits(mode);

export const realpath: VirtualAnswer = (at, [, options]) => encodedName(at.path, asOptions(options).encoding);

export const mkdir: VirtualAnswer = (at, [, options]) => {
  if ((options as Bag | undefined)?.recursive) return undefined;
  throw failure('EEXIST', { syscall: 'mkdir', path: at.given });
};

const ONLY_ABOVE = 'The directory is there only because something is mounted below it.';

export const refusing =
  (code: ErrnoCode, syscall: string): VirtualAnswer =>
  (at) => {
    throw failure(code, { syscall, path: at.given }, ONLY_ABOVE);
  };

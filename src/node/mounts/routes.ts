import type { ErrnoCode } from '../../contract/failure.js';
import { constants } from '../../platform/disk.js';
import type { Bag } from '../arguments/validate.js';
import { asFlags } from '../arguments/validate.js';
import type { Composite } from '../composites/driver.js';
import { opendir, readdir } from './listing.js';
import type { Located, MountTable } from './table.js';
import * as virtual from './virtual.js';

/**
 * Which argument says whose a call is: a path, a file (a path, an fd or a handle), an fd, a pair of paths, a link (its
 * target, then its path), the prefix of a path, or a pattern.
 */
export type Naming = 'path' | 'file' | 'fd' | 'pair' | 'link' | 'prefix' | 'pattern';

export interface Route {
  readonly by: Naming;
  /**
   * What it is called in errors.
   * @default the member's name
   */
  readonly syscall?: string;
  /** The refusal for mount points and the directories above them, whatever is there. */
  readonly refused?: ErrnoCode;
  /** A directory above mount points, where its owner has none. Without it, the owner alone answers. */
  readonly virtual?: virtual.VirtualAnswer;
  /** A directory above mount points, wherever it is. */
  readonly merged?: (table: MountTable, at: Located, args: readonly unknown[]) => Composite<unknown>;
  /** It may make what the path names, given the arguments from the path on. */
  readonly creates?: (args: readonly unknown[]) => boolean;
}

// biome-ignore lint/correctness/useYield: whatever its owner has, the directory is there.
function* isThere(): Composite<boolean> {
  return true;
}

const always = (): boolean => true;

const { O_CREAT, O_EXCL } = constants;

const flagOf = (options: unknown): unknown =>
  typeof options === 'object' ? (options as Bag | null)?.flag : undefined;

const on = (by: Naming, rest: Omit<Route, 'by'> = {}): Route => ({ by, ...rest });
const fixed = (syscall: string): Route => on('path', { virtual: virtual.refusing('EPERM', syscall) });

/** Calls that open their path; `flagsOf` finds the flags. With O_EXCL it is told first that something is there. */
function opening(by: Naming, flagsOf: (args: readonly unknown[]) => unknown): Route {
  const has = (args: readonly unknown[], bits: number): boolean => (asFlags(flagsOf(args)) & bits) === bits;
  return on(by, {
    creates: (args) => has(args, O_CREAT),
    virtual: (at, args) =>
      virtual.refusing(has(args, O_CREAT | O_EXCL) ? 'EEXIST' : 'EISDIR', 'open')(at, args),
  });
}

/** Every call of `node:fs`: where it goes is told from this alone. */
export const ROUTES = {
  access: on('path', { virtual: virtual.access }),
  appendFile: opening('file', ([, , options]) => flagOf(options) || 'a'),
  chmod: fixed('chmod'),
  chown: fixed('chown'),
  close: on('fd'),
  copyFile: on('pair', { syscall: 'copyfile' }),
  cp: on('pair'),
  exists: on('path', { merged: isThere }),
  fchmod: on('fd'),
  fchown: on('fd'),
  fdatasync: on('fd'),
  fstat: on('fd'),
  fsync: on('fd'),
  ftruncate: on('fd'),
  futimes: on('fd'),
  glob: on('pattern'),
  lchmod: fixed('lchmod'),
  lchown: fixed('lchown'),
  link: on('pair'),
  lstat: on('path', { virtual: virtual.stat }),
  lutimes: fixed('lutime'),
  mkdir: on('path', {
    virtual: virtual.mkdir,
    creates: ([, options]) => !(options as Bag | null)?.recursive,
  }),
  mkdtemp: on('prefix', { creates: always }),
  mkdtempDisposable: on('prefix', { creates: always }),
  open: opening('path', ([, flags]) => flags),
  openAsBlob: on('path'),
  opendir: on('path', { merged: opendir }),
  read: on('fd'),
  readdir: on('path', { merged: readdir }),
  readFile: opening('file', ([, options]) => flagOf(options) || 'r'),
  readlink: on('path', { virtual: virtual.refusing('EINVAL', 'readlink') }),
  readv: on('fd'),
  realpath: on('path', { virtual: virtual.realpath }),
  'realpath.native': on('path', { virtual: virtual.realpath }),
  rename: on('pair'),
  rm: on('path', { refused: 'EBUSY' }),
  rmdir: on('path', { refused: 'EBUSY' }),
  stat: on('path', { virtual: virtual.stat }),
  statfs: on('path'),
  symlink: on('link', { creates: always }),
  truncate: opening('file', () => 'r+'),
  // As on Linux, where the directory is told before the mount.
  unlink: on('path', { refused: 'EISDIR' }),
  unwatchFile: on('path'),
  utimes: fixed('utime'),
  watch: on('path'),
  watchFile: on('path'),
  write: on('fd'),
  writeFile: opening('file', ([, , options]) => flagOf(options) || 'w'),
  writev: on('fd'),
} satisfies Readonly<Record<string, Route>>;

export type Routed = keyof typeof ROUTES;

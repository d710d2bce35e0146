import type { Stats } from 'node:fs';
import { constants } from '../../platform/disk.js';
import { failure, retold, type SystemCall } from '../arguments/errors.js';
import { type Composite, orNothing } from '../composites/driver.js';
import { type CopySource, type CopyTarget, copyContent } from '../composites/shared/copy.js';
import { isSame } from '../composites/shared/cp-settings.js';
import { call, seenOf } from './filesystem.js';
import type { Located as LocatedPath } from './table.js';

/** Whose a path is, and what its owner is called with. */
type Located = Pick<LocatedPath, 'owner' | 'path' | 'given' | 'argument'>;

const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE } = constants;

/** Copies content and permission bits from one filesystem to another. */
export function* copyAcross(from: Located, to: Located, bits: number): Composite<void> {
  const told: SystemCall = { syscall: 'copyfile', path: from.given, dest: to.given };
  try {
    if (bits & COPYFILE_FICLONE_FORCE) {
      throw failure('ENOSYS', told, "What lies in another filesystem can't be cloned.");
    }
    yield* copyContent(sourceAt(from), targetAt(to, bits, told), bits);
  } catch (error) {
    throw retold(error, told);
  }
}

export const sourceAt = ({ owner, argument }: Located): CopySource => ({
  open: (flags) => call(owner, 'open', argument, flags),
  close: (fd) => call(owner, 'close', fd),
  *fstat(fd) {
    return seenOf(yield* call(owner, 'fstat', fd));
  },
  *fill(fd, chunk) {
    let filled = 0;
    while (filled < chunk.length) {
      const count: number = yield* call(owner, 'read', fd, chunk, filled, chunk.length - filled, null);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  },
});

export function targetAt({ owner, argument, path }: Located, bits: number, told: SystemCall): CopyTarget {
  const named = (suffix: string): unknown => (suffix === '' ? argument : `${path}${suffix}`);
  let isInPlace = !owner.isTree;
  return {
    get isGathered() {
      return !isInPlace;
    },
    *takes(source) {
      if (source.kind === 'directory') throw failure('EISDIR', told);
      // The base is here once, and its fd is opened exclusively; a tree may be mounted twice.
      if (!owner.isTree) return true;
      // What is gathered is renamed over what stands there.
      const isExclusive = (bits & COPYFILE_EXCL) !== 0;
      const named = yield* orNothing(call<Stats>(owner, 'lstat', argument), null);
      if (named && isExclusive) throw failure('EEXIST', told);
      const isLink = named?.isSymbolicLink() ?? false;
      isInPlace = isLink || (named?.nlink ?? 0) > 1;
      const standing = isLink ? yield* orNothing(call<Stats>(owner, 'stat', argument), null) : named;
      return standing === null || !isSame(seenOf(standing), source);
    },
    open: (flags, mode, suffix) => call(owner, 'open', named(suffix), flags, mode),
    close: (fd) => call(owner, 'close', fd),
    write: (fd, bytes) => call(owner, 'write', fd, bytes, 0, bytes.length, null),
    fchmod: (fd, mode) => call(owner, 'fchmod', fd, mode),
    rename: (suffix) => call(owner, 'rename', named(suffix), path),
    unlink: (suffix) => call(owner, 'unlink', named(suffix)),
  };
}

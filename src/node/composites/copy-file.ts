import { Failure } from '../../contract/failure.js';
import { type TreePath, treePath } from '../../contract/tree-path.js';
import type { Operation } from '../../kernel/operation/operation.js';
import type { Attributes } from '../../kernel/syscalls.js';
import { constants } from '../../platform/disk.js';
import { asBits } from '../arguments/validate.js';
import { invokeOnBoth, placeOf, type Tree } from '../tree.js';
import { type Composite, invoke } from './driver.js';
import { close } from './files/descriptors.js';
import { type CopySource, type CopyTarget, copyContent } from './shared/copy.js';
import type { Look, Seen } from './shared/steps.js';

const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE } = constants;

/** Copies content and permission bits: through this process, unless a draft can refer to what a version has. */
export function* copyFile(tree: Tree, src: unknown, dest: unknown, mode?: unknown): Composite<void> {
  const from = placeOf(tree, src, 'src');
  const to = placeOf(tree, dest, 'dest');
  const bits = asBits(mode);
  const step = <T>(run: (op: Operation, from: TreePath, to: TreePath) => T): Composite<T> =>
    invokeOnBoth('copyfile', from, to, run);

  // As the system does: what is copied is looked for first.
  const told = { syscall: 'copyfile', path: from.given, dest: to.given };
  if (!to.isInside) yield* invoke({ ...told, run: (op) => tree.kernel.stat(op, from.tree) });
  const isExclusive = (bits & COPYFILE_EXCL) !== 0;
  if (yield* step((op, path, name) => tree.kernel.clone(op, path, name, isExclusive))) return;

  const source: CopySource = {
    open: (flags) => step((op, path) => tree.kernel.open(op, path, flags, 0)),
    close: (fd) => close(tree, fd),
    fstat: (fd) => step((op) => tree.kernel.fstat(op, fd)),
    fill: (fd, chunk) => step((op) => tree.kernel.read(op, fd, chunk, null)),
  };
  // What is gathered beside a name takes its place; a link, or a file of several names, is written to.
  let isInPlace = false;
  const target: CopyTarget = {
    get isGathered() {
      return !isInPlace;
    },
    *takes(stats) {
      // Where the name demands a directory, opening it tells what is wrong.
      const isDemanding = to.given.endsWith('/');
      const look = (name: Look) => step((op, _from, path) => lookIfThere(tree, name, op, path));
      const named = isDemanding ? null : yield* look('lstat');
      const isLink = named?.kind === 'symlink';
      isInPlace = isLink || (named?.nlink ?? 0) > 1;
      const standing = isLink ? yield* look('stat') : named;
      yield* step(() => check(stats, standing, bits));
      return standing?.ino !== stats.ino;
    },
    open: (flags, mode, suffix) =>
      step((op, _from, path) => tree.kernel.open(op, treePath(`${path}${suffix}`), flags, mode)),
    close: (fd) => close(tree, fd),
    write: (fd, bytes) => step((op) => tree.kernel.write(op, fd, bytes, null)),
    fchmod: (fd, mode) => step((op) => tree.kernel.fchmod(op, fd, mode)),
    rename: (suffix) => step((op, _from, path) => tree.kernel.rename(op, treePath(`${path}${suffix}`), path)),
    unlink: (suffix) => step((op, _from, path) => tree.kernel.unlink(op, treePath(`${path}${suffix}`))),
  };
  yield* copyContent(source, target, bits);
}

function check(source: Seen, target: Attributes | null, bits: number): void {
  if (source.kind === 'directory') throw new Failure('EISDIR');
  if (bits & COPYFILE_FICLONE_FORCE) {
    throw new Failure('ENOSYS', "W&B can't clone files; leave COPYFILE_FICLONE_FORCE out.");
  }
  if (target && bits & COPYFILE_EXCL) throw new Failure('EEXIST');
  if (target?.kind === 'directory') throw new Failure('EISDIR');
}

function lookIfThere(tree: Tree, name: Look, op: Operation, path: TreePath): Attributes | null {
  try {
    return tree.kernel[name](op, path);
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'ENOENT') return null;
    throw thrown;
  }
}

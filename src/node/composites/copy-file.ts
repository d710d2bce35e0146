import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { Failure } from '../../contract/failure.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { Operation } from '../../kernel/operation/operation.js';
import type { Attributes } from '../../kernel/syscalls.js';
import { asBits } from '../arguments/flags.js';
import { explainingBoth, placeOf, type Tree } from '../tree.js';
import { type Composite, invoke } from './driver.js';
import { closing } from './files/descriptors.js';

const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE, O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } = constants;

const CHUNK_BYTES = 1024 * 1024;

/** Copies content and permission bits: through this process, unless a draft can refer to what a version has. */
export function* copyFile(tree: Tree, src: unknown, dest: unknown, mode?: unknown): Composite<void> {
  const from = placeOf(tree, src, 'src');
  const to = placeOf(tree, dest, 'dest');
  const bits = asBits(mode);
  const explain = explainingBoth(from, to);
  const call = { syscall: 'copyfile', path: from.given, dest: to.given, explain };
  const step = <T>(run: (op: Operation, from: TreePath, to: TreePath) => T): Composite<T> =>
    invoke({ ...call, run: (op) => run(op, from.tree, to.tree) });

  const isExclusive = (bits & COPYFILE_EXCL) !== 0;
  if (yield* step((op, path, name) => tree.kernel.clone(op, path, name, isExclusive))) return;
  const source = yield* step((op, path) => tree.kernel.open(op, path, O_RDONLY, 0));
  yield* closing(tree, source, copyOpen());

  function* copyOpen(): Composite<void> {
    const attributes = yield* step((op) => tree.kernel.fstat(op, source));
    // Where the name demands a directory, opening it tells what is wrong.
    const isDemanding = to.given.endsWith('/');
    const target = isDemanding ? null : yield* step((op, _from, path) => statIfThere(tree, op, path));
    yield* step(() => check(attributes, target, bits));
    // Truncating the destination would empty the source.
    if (target?.ino === attributes.ino) return;
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    const count = yield* readInto(chunk);
    const permissions = attributes.mode & 0o777;
    if (count < CHUNK_BYTES) yield* writeWhole(chunk.subarray(0, count), permissions);
    else yield* writeBeside(chunk, permissions);
  }

  /** What one read brought is all there is: what can't be read has left the destination as it was. */
  function* writeWhole(bytes: Buffer, permissions: number): Composite<void> {
    const flags = O_WRONLY | O_CREAT | (bits & COPYFILE_EXCL ? O_EXCL : O_TRUNC);
    const output = yield* step((op, _from, path) => tree.kernel.open(op, path, flags, permissions));
    yield* closing(tree, output, writeAll());

    // What stood there gets the permissions of the source, too.
    function* writeAll(): Composite<void> {
      yield* writeTo(output, bytes);
      yield* step((op) => tree.kernel.fchmod(op, output, permissions));
    }
  }

  /**
   * The content comes by several reads, and each may fail: it is gathered under a name of its own and renamed while it
   * is open, so that neither readers nor the server see half of it, or the other name.
   */
  function* writeBeside(chunk: Buffer, permissions: number): Composite<void> {
    const suffix = `.${randomBytes(6).toString('hex')}.tmp`;
    const flags = O_WRONLY | O_CREAT | O_EXCL;
    const output = yield* step((op, _from, path) =>
      tree.kernel.open(op, `${path}${suffix}`, flags, permissions),
    );
    yield* closing(tree, output, gather());

    function* gather(): Composite<void> {
      try {
        for (let count = CHUNK_BYTES; count > 0; count = yield* readInto(chunk)) {
          yield* writeTo(output, chunk.subarray(0, count));
        }
        yield* step((op, _from, path) => tree.kernel.rename(op, `${path}${suffix}`, path));
      } catch (error) {
        yield* step((op, _from, path) => tree.kernel.unlink(op, `${path}${suffix}`));
        throw error;
      }
    }
  }

  function* writeTo(output: number, bytes: Buffer): Composite<void> {
    if (bytes.length > 0) yield* step((op) => tree.kernel.write(op, output, bytes, null));
  }

  function* readInto(chunk: Buffer): Composite<number> {
    return yield* step((op) => tree.kernel.read(op, source, chunk, 0, chunk.length, null));
  }
}

function check(source: Attributes, target: Attributes | null, bits: number): void {
  if (source.kind === 'directory') throw new Failure('EISDIR');
  if (bits & COPYFILE_FICLONE_FORCE) {
    throw new Failure('ENOSYS', "W&B can't clone files; leave COPYFILE_FICLONE_FORCE out.");
  }
  if (target && bits & COPYFILE_EXCL) throw new Failure('EEXIST');
  if (target?.kind === 'directory') throw new Failure('EISDIR');
}

function statIfThere(tree: Tree, op: Operation, path: TreePath): Attributes | null {
  try {
    return tree.kernel.stat(op, path);
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'ENOENT') return null;
    throw thrown;
  }
}

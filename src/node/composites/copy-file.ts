import { constants } from 'node:fs';
import type { Operation } from '../../kernel/operation.js';
import { Failure } from '../../store/failure.js';
import { type Composite, invoke } from '../driver.js';
import { asBits } from '../flags.js';
import { invokeOnBoth, placeOf, type Tree } from '../tree.js';
import { closing } from './descriptors.js';

const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE, O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } = constants;

const CHUNK_BYTES = 1024 * 1024;

/** Copies content and permission bits, through this process: the server has no copy of its own for run files. */
export function* copyFile(tree: Tree, src: unknown, dest: unknown, mode?: unknown): Composite<void> {
  const from = placeOf(tree, src, 'src');
  const to = placeOf(tree, dest, 'dest');
  const bits = asBits(mode);
  const call = { syscall: 'copyfile', path: from.given, dest: to.given };

  const source = yield* invokeOnBoth('copyfile', from, to, (op, at) => tree.kernel.open(op, at, O_RDONLY, 0));
  yield* closing(tree, source, copyFrom(source));

  function* copyFrom(input: number): Composite<void> {
    const attributes = yield* invoke({ ...call, run: (op) => tree.kernel.fstat(op, input) });
    if (attributes.kind === 'directory') yield* fail(new Failure('EISDIR'));
    if (bits & COPYFILE_FICLONE_FORCE)
      yield* fail(new Failure('ENOSYS', "W&B can't clone files; leave out COPYFILE_FICLONE_FORCE."));
    // Read first: what can't be read leaves the destination as it is.
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    let count = yield* readChunk(input, chunk);
    const isExclusive = Boolean(bits & COPYFILE_EXCL);
    const isSame = !isExclusive && (yield* isSameFile(attributes.ino));
    if (isSame) return;
    const flags = O_WRONLY | O_CREAT | (isExclusive ? O_EXCL : O_TRUNC);
    const output = yield* invoke({
      ...call,
      run: (op) => tree.kernel.open(op, to.tree, flags, attributes.mode & 0o777),
    });
    yield* closing(tree, output, copyTo());

    function* copyTo(): Composite<void> {
      while (count > 0) {
        const bytes = chunk.subarray(0, count);
        yield* invoke({ ...call, run: (op) => tree.kernel.write(op, output, bytes, null) });
        count = yield* readChunk(input, chunk);
      }
    }
  }

  function* readChunk(input: number, chunk: Buffer): Composite<number> {
    return yield* invoke({ ...call, run: (op) => tree.kernel.read(op, input, chunk, 0, chunk.length, null) });
  }

  /** Truncating the destination would empty the source. */
  function* isSameFile(ino: number): Composite<boolean> {
    return yield* invoke({ ...call, run: (op) => inodeAt(op) === ino });
  }

  function inodeAt(op: Operation): number | null {
    try {
      return tree.kernel.stat(op, to.tree).ino;
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === 'ENOENT') return null;
      throw thrown;
    }
  }

  function* fail(failure: Failure): Composite<never> {
    return yield* invoke<never>({
      ...call,
      run: () => {
        throw failure;
      },
    });
  }
}

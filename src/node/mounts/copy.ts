import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { bothErrors, type SystemCall } from '../arguments/errors.js';
import { failure, isMissing, retold } from './failures.js';
import type { Located } from './table.js';
import { call, type Work } from './work.js';

const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE, O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } = constants;

const CHUNK_BYTES = 1024 * 1024;

/** Copies content and permission bits from one filesystem to another; one chunk of it is in memory. */
export function* copyAcross(from: Located, to: Located, bits: number): Work<void> {
  const told: SystemCall = { syscall: 'copyfile', path: from.given, dest: to.given };
  try {
    if (bits & COPYFILE_FICLONE_FORCE) {
      throw failure('ENOSYS', told, "What lies in another filesystem can't be cloned.");
    }
    const source: number = yield* call(from.owner, 'open', from.argument, O_RDONLY);
    yield* closing(from, source, copyOpen(source));
  } catch (error) {
    throw retold(error, told);
  }

  function* copyOpen(source: number): Work<void> {
    const stats: Stats = yield* call(from.owner, 'fstat', source);
    if (stats.isDirectory()) throw failure('EISDIR', told);
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    const count = yield* fill(source, chunk);
    const permissions = stats.mode & 0o777;
    const isWhole = count < CHUNK_BYTES;
    if (isWhole || !to.owner.isTree) yield* writeInPlace(source, chunk, count, permissions);
    else yield* writeBeside(source, chunk, count, permissions);
  }

  function* writeInPlace(source: number, chunk: Buffer, first: number, permissions: number): Work<void> {
    const flags = O_WRONLY | O_CREAT | (bits & COPYFILE_EXCL ? O_EXCL : O_TRUNC);
    const output: number = yield* call(to.owner, 'open', to.argument, flags, permissions);
    try {
      yield* closing(to, output, writeAll(source, output, chunk, first, permissions));
    } catch (error) {
      // As Node's own does: on a disk half a copy isn't left behind. In a tree the removal would reach the server.
      throw to.owner.isTree ? error : yield* afterRemoving(to.argument, error);
    }
  }

  /**
   * A tree uploads what is closed: content that comes by several reads is gathered under a name of its own and renamed
   * while it is open, so that the server sees neither half of it nor the other name.
   */
  function* writeBeside(source: number, chunk: Buffer, first: number, permissions: number): Work<void> {
    if (bits & COPYFILE_EXCL && (yield* isThere(to))) throw failure('EEXIST', told);
    const beside = `${to.path}.${randomBytes(6).toString('hex')}.tmp`;
    const output: number = yield* call(to.owner, 'open', beside, O_WRONLY | O_CREAT | O_EXCL, permissions);
    yield* closing(to, output, gather());

    function* gather(): Work<void> {
      try {
        yield* writeAll(source, output, chunk, first, permissions);
        yield* call(to.owner, 'rename', beside, to.path);
      } catch (error) {
        throw yield* afterRemoving(beside, error);
      }
    }
  }

  function* writeAll(
    source: number,
    output: number,
    chunk: Buffer,
    first: number,
    permissions: number,
  ): Work<void> {
    for (let count = first; count > 0; count = yield* fill(source, chunk)) {
      for (let start = 0; start < count; ) {
        const written: number = yield* call(to.owner, 'write', output, chunk, start, count - start, null);
        start += written;
      }
    }
    yield* call(to.owner, 'fchmod', output, permissions);
  }

  /** Reads until the chunk is full or the file ends. */
  function* fill(source: number, chunk: Buffer): Work<number> {
    let filled = 0;
    while (filled < chunk.length) {
      const count: number = yield* call(
        from.owner,
        'read',
        source,
        chunk,
        filled,
        chunk.length - filled,
        null,
      );
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }

  function* afterRemoving(path: unknown, error: unknown): Work<unknown> {
    try {
      yield* call(to.owner, 'unlink', path);
      return error;
    } catch (removalError) {
      return isMissing(removalError) ? error : bothErrors(error, removalError);
    }
  }
}

function* isThere({ owner, argument }: Located): Work<boolean> {
  try {
    yield* call(owner, 'lstat', argument);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function* closing({ owner }: Located, fd: number, body: Work<void>): Work<void> {
  try {
    yield* body;
  } catch (error) {
    try {
      yield* call(owner, 'close', fd);
    } catch (closeError) {
      throw bothErrors(error, closeError);
    }
    throw error;
  }
  yield* call(owner, 'close', fd);
}

import { randomBytes } from 'node:crypto';
import { constants } from '../../../platform/disk.js';
import { bothErrors, isMissing } from '../../arguments/errors.js';
import type { Composite } from '../driver.js';
import { closingBy } from '../files/descriptors.js';
import type { Seen } from './steps.js';

const { COPYFILE_EXCL, O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } = constants;

/** What is copied at once. */
export const CHUNK_BYTES = 1024 * 1024;

/** Of a name beside that of a file, under which it is until it is whole. */
export const temporarySuffix = (): string => `.${randomBytes(6).toString('hex')}.tmp`;

/** Where content is copied from or to. */
interface CopyEnd {
  close(fd: number): Composite<unknown>;
}

export interface CopySource extends CopyEnd {
  open(flags: number): Composite<number>;
  fstat(fd: number): Composite<Seen>;
  /** Reads until the chunk is full or the file ends. */
  fill(fd: number, chunk: Buffer): Composite<number>;
}

export interface CopyTarget extends CopyEnd {
  /** False where it is the source itself; throws for what can't be copied onto it. */
  takes(source: Seen): Composite<boolean>;
  /** @param suffix of the name of its own under which content is gathered, or '' */
  open(flags: number, mode: number, suffix: string): Composite<number>;
  /** Returns how many bytes it took: a disk that is almost full takes some of them. */
  write(fd: number, bytes: Buffer): Composite<number>;
  fchmod(fd: number, mode: number): Composite<unknown>;
  /** To its own name, from that with the suffix. */
  rename(suffix: string): Composite<unknown>;
  unlink(suffix: string): Composite<unknown>;
  /**
   * It uploads what is closed: content that comes by several reads, each of which may fail, is gathered under a name of
   * its own and renamed while it is open, so that neither readers nor the server see half of it, or the other name. A
   * disk gets it in place, and half a copy isn't left behind there.
   */
  readonly isGathered: boolean;
  /** Whatever it is, and however small: what stands there is replaced by all of it, or by nothing. @default false */
  readonly isAtomic?: boolean;
}

/**
 * One byte more than a small file has: what doesn't fill the chunk is all of it. A megabyte for each would keep the garbage
 * collector busier than the copy. A size of 0 may mean that nobody knows it.
 */
const chunkBytes = ({ size }: Seen): number => (size > 0 ? Math.min(size + 1, CHUNK_BYTES) : CHUNK_BYTES);

/** Copies content and permission bits through this process; one chunk of it is in memory. */
export function* copyContent(source: CopySource, target: CopyTarget, bits: number): Composite<void> {
  const input = yield* source.open(O_RDONLY);
  yield* closing(source, input, copyOpen());

  function* copyOpen(): Composite<void> {
    const stats = yield* source.fstat(input);
    // Truncating the destination would empty the source.
    if (!(yield* target.takes(stats))) return;
    let chunk = Buffer.allocUnsafeSlow(chunkBytes(stats));
    // What can't be read at all leaves the destination as it was.
    const count = yield* source.fill(input, chunk);
    const isAtomic = target.isAtomic ?? false;
    const isGathered = isAtomic || (count === chunk.length && target.isGathered);
    const suffix = isGathered ? temporarySuffix() : '';
    const isExclusive = isGathered || (bits & COPYFILE_EXCL) !== 0;
    const permissions = stats.mode & 0o777;
    const flags = O_WRONLY | O_CREAT | (isExclusive ? O_EXCL : O_TRUNC);
    const output = yield* target.open(flags, permissions, suffix);
    if (isAtomic) yield* orRemoved(thenRenamed(closing(target, output, write(output))));
    else if (isGathered) yield* closing(target, output, orRemoved(write(output)));
    // Of what was written in place in a tree the server would be told a removal.
    else if (target.isGathered) yield* closing(target, output, write(output));
    else yield* orRemoved(closing(target, output, write(output)));

    function* write(fd: number): Composite<void> {
      for (let filled = count; filled > 0; filled = yield* source.fill(input, chunk)) {
        for (let done = 0; done < filled; ) done += yield* target.write(fd, chunk.subarray(done, filled));
        if (filled < chunk.length) break;
        // It has grown.
        if (filled < CHUNK_BYTES) chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      }
      // What stood there gets the permissions of the source, too.
      yield* target.fchmod(fd, permissions);
      if (isGathered && !isAtomic) yield* target.rename(suffix);
    }

    /** Not every system renames what is open. */
    function* thenRenamed(work: Composite<void>): Composite<void> {
      yield* work;
      yield* target.rename(suffix);
    }

    function* orRemoved(work: Composite<void>): Composite<void> {
      try {
        yield* work;
      } catch (error) {
        throw yield* afterRemoving(error);
      }
    }

    function* afterRemoving(error: unknown): Composite<unknown> {
      try {
        yield* target.unlink(suffix);
        return error;
      } catch (removalError) {
        return isMissing(removalError) ? error : bothErrors(error, removalError);
      }
    }
  }
}

const closing = (end: CopyEnd, fd: number, body: Composite<void>): Composite<void> =>
  closingBy(() => end.close(fd), body);

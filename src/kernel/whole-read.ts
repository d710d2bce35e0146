import { createHash, type Hash } from 'node:crypto';
import type { Entry } from '../store/contract.js';
import { Failure } from '../store/failure.js';
import type { Core } from './core.js';
import type { Inode } from './inode.js';
import type { Operation } from './operation.js';

/**
 * The MD5 of what was given away of a file since its beginning, in order. A store verifies what it reads in one request;
 * a larger file comes by ranges, and only who has seen all of them can tell whether they are the file.
 */
export class WholeRead {
  private constructor(
    private readonly md5: string,
    private readonly size: number,
    private readonly hash: Hash,
    /** Bytes so far. */
    public at: number,
  ) {}

  /** Null: nobody knows what the bytes must be, or they came in one request. */
  static begin({ md5, size }: Entry, blockBytes: number): WholeRead | null {
    const isKnown = md5 !== null && /^[A-Za-z0-9+/]{22}==$/.test(md5);
    return isKnown && size !== null && size > blockBytes
      ? new WholeRead(md5, size, createHash('md5'), 0)
      : null;
  }

  /** Goes on by itself: an operation that is given up leaves the one it came from as it was. */
  fork(): WholeRead {
    return new WholeRead(this.md5, this.size, this.hash.copy(), this.at);
  }

  /** Does `position` of this content come next? */
  isAt(entry: Entry | null, position: number): boolean {
    return this.at === position && entry?.md5 === this.md5;
  }

  /** Is it what is listed? Null while there is more to come. */
  add(bytes: Uint8Array): boolean | null {
    this.hash.update(bytes);
    this.at += bytes.byteLength;
    return this.isEnded ? this.hash.digest('base64') === this.md5 : null;
  }

  get isEnded(): boolean {
    return this.at >= this.size;
  }
}

/**
 * Of the content that an inode's pages held, some was wrong: none of it is kept, and whoever has given nothing away
 * looks again (`staleness.ts`).
 */
export function noteMismatch(core: Core, op: Operation, inode: Inode): Failure {
  const failure = new Failure('EBADMSG', 'The content differs from what the server lists.', 'MD5 mismatch');
  const { entry } = inode;
  if (!entry) return failure;
  core.pages.drop(entry);
  op.pages.clear();
  const local = inode.ensureLocal();
  local.mismatches += 1;
  local.staleness = { entry, failure, times: local.mismatches, isAskedAnew: false };
  return failure;
}

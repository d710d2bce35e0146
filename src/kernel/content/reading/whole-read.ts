import type { Entry } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import type { Core } from '../../core.js';
import type { Inode } from '../../namespace/inode.js';
import type { Operation } from '../../operation/operation.js';
import { type ContentHash, digestNameOf, hashFor } from './content-hash.js';

/**
 * The digest of what was given away of a file since its beginning, in order. A store verifies what it reads in one request;
 * a larger file comes by ranges, and only who has seen all of them can tell whether they are the file.
 */
export class WholeRead {
  private constructor(
    /** 'algorithm:base64'. */
    private readonly name: string,
    private readonly size: number,
    private readonly hash: ContentHash,
    /** Bytes so far. */
    public at: number,
  ) {}

  /** Null: nobody knows what the bytes must be, or they came in one request. */
  static begin(entry: Entry, blockBytes: number): WholeRead | null {
    const { size } = entry;
    const name = size !== null && size > blockBytes ? digestNameOf(entry) : null;
    return name === null || size === null ? null : new WholeRead(name, size, hashFor(name), 0);
  }

  /** Goes on by itself: an operation that is given up leaves the one it came from as it was. */
  fork(): WholeRead {
    return new WholeRead(this.name, this.size, this.hash.copy(), this.at);
  }

  /** Does `position` of this content come next? */
  isAt(entry: Entry | null, position: number): boolean {
    return this.at === position && entry !== null && digestNameOf(entry) === this.name;
  }

  /** Is it what is listed? Null while there is more to come. */
  add(bytes: Uint8Array): boolean | null {
    this.hash.update(bytes);
    this.at += bytes.byteLength;
    return this.isEnded ? this.name.endsWith(`:${this.hash.digest('base64')}`) : null;
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
  const failure = new Failure(
    'EBADMSG',
    'The content differs from what the server lists.',
    'digest mismatch',
  );
  const { entry } = inode;
  if (!entry) return failure;
  core.pages.drop(entry);
  op.pages.clear();
  const local = inode.ensureLocal();
  local.mismatches += 1;
  local.staleness = { entry, failure, times: local.mismatches, isAskedAnew: false };
  return failure;
}

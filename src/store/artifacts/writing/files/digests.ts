import { createHash, type Hash } from 'node:crypto';
import { Failure } from '../../../../contract/failure.js';
import type { OpenSource, Source } from '../../../../contract/uploads.js';
import { piecesOf, reading, sizeOf } from '../../../common/sources.js';
import { createHasher, type DigestAlgorithm } from '../../content.js';
import { assertNotAborted } from '../concurrency.js';

/** What is known of content once all of it was read. */
interface ContentDigests {
  /** Base64, by the artifact's algorithm: what its manifest says. */
  readonly digest: string;
  /** Base64; what storages verify uploads by. */
  readonly md5: string;
  /** Hex MD5 of each part, in order; null where there are none. */
  readonly parts: readonly string[] | null;
}

interface DigestOptions {
  readonly algorithm: DigestAlgorithm;
  /** Size of parts in bytes; null: the content is sent in one piece. */
  readonly partBytes: number | null;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads content once, piece by piece, for all its digests. Rejects with EIO if a file can't be read, or is shorter
 * than was said.
 */
export async function digestContent(
  source: Source,
  { algorithm, partBytes, signal }: DigestOptions,
): Promise<ContentDigests> {
  const size = sizeOf(source);
  const md5 = createHash('md5');
  const xxh128 = algorithm === 'xxh128' ? await createHasher(algorithm) : null;
  const parts = partBytes === null ? null : new PartDigests(partBytes);
  let seen = 0;
  await reading(source, async (content) => {
    for await (const piece of readable(content)) {
      assertNotAborted(signal);
      md5.update(piece);
      xxh128?.update(piece);
      parts?.update(piece);
      seen += piece.byteLength;
    }
  });
  if (seen !== size)
    throw new Failure('EIO', 'The content has changed.', `${seen} bytes in place of ${size}`);
  const base64 = md5.digest('base64');
  return {
    digest: xxh128?.digest() ?? base64,
    md5: base64,
    parts: parts?.end() ?? null,
  };
}

async function* readable(source: OpenSource): AsyncGenerator<Uint8Array> {
  try {
    yield* piecesOf(source);
  } catch (error) {
    throw new Failure('EIO', "The content can't be read.", String(error));
  }
}

/** Hashes content part by part, whatever the pieces it comes in. */
class PartDigests {
  private readonly done: string[] = [];
  private current: Hash = createHash('md5');
  private missing: number;

  constructor(private readonly partBytes: number) {
    this.missing = partBytes;
  }

  update(piece: Uint8Array): void {
    for (let at = 0; at < piece.byteLength; ) {
      const taken = piece.subarray(at, at + this.missing);
      this.current.update(taken);
      at += taken.byteLength;
      this.missing -= taken.byteLength;
      if (this.missing === 0) this.next();
    }
  }

  end(): readonly string[] {
    if (this.missing < this.partBytes) this.next();
    return this.done;
  }

  private next(): void {
    this.done.push(this.current.digest('hex'));
    this.current = createHash('md5');
    this.missing = this.partBytes;
  }
}

import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Source } from '../contract.js';
import { Failure } from '../failure.js';
import { createHasher } from './content-digest.js';

/** What an artifact's digests are made with. */
export type DigestAlgorithm = 'MD5' | 'XXH128';

/** What is known of content once all of it was read. */
export interface ContentDigests {
  /** Base64, by the artifact's algorithm: what its manifest says. */
  readonly digest: string;
  /** Base64; what storages verify uploads by. */
  readonly md5: string;
  /** Hex MD5 of each part, in order; null where there are none. */
  readonly parts: readonly string[] | null;
}

export interface DigestOptions {
  readonly algorithm: DigestAlgorithm;
  /** Size of parts in bytes; null: the content is sent in one piece. */
  readonly partBytes: number | null;
  readonly signal?: AbortSignal | undefined;
}

const PIECE_BYTES = 1024 * 1024;

/**
 * Reads content once, piece by piece, for all its digests. Rejects with EIO if a file isn't there, or has another size
 * than was said.
 */
export async function digestContent(source: Source, options: DigestOptions): Promise<ContentDigests> {
  const { algorithm, partBytes, signal } = options;
  const size = source.kind === 'bytes' ? source.bytes.byteLength : source.size;
  const md5 = createHash('md5');
  const xxh128 = algorithm === 'XXH128' ? await createHasher('xxh128') : null;
  const parts = partBytes === null ? null : new PartDigests(partBytes);
  let seen = 0;
  for await (const piece of piecesOf(source)) {
    if (signal?.aborted) throw new Failure('ECANCELED');
    md5.update(piece);
    xxh128?.update(piece);
    parts?.update(piece);
    seen += piece.byteLength;
  }
  if (seen !== size)
    throw new Failure('EIO', 'The content has changed.', `${seen} bytes in place of ${size}`);
  const base64 = md5.digest('base64');
  return {
    digest: xxh128?.digest() ?? base64,
    md5: base64,
    parts: parts?.end() ?? null,
  };
}

/** Files are read no further than one byte behind their size: that one tells that they have grown. */
async function* piecesOf(source: Source): AsyncGenerator<Uint8Array> {
  if (source.kind === 'bytes') {
    const { bytes } = source;
    for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
    return;
  }
  try {
    yield* createReadStream(source.file, { end: source.size, highWaterMark: PIECE_BYTES });
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

const MANIFEST_HEADER = 'wandb-artifact-manifest-v1\n';
/** Entries that are hashed at once: joined they cost less than one by one. */
const ENTRIES_AT_ONCE = 1000;

/** What counts for the digest of an artifact. */
export interface DigestedEntry {
  readonly path: string;
  readonly digest: string;
}

/**
 * The digest of an artifact, hex: of the paths and digests of its entries, which have to be sorted (protocol section
 * 7.4).
 */
export async function digestManifest(
  entries: readonly DigestedEntry[],
  algorithm: DigestAlgorithm,
): Promise<string> {
  const hasher = await createHasher(algorithm === 'XXH128' ? 'xxh128' : 'md5');
  for (const lines of linesOf(entries)) hasher.update(Buffer.from(lines));
  return Buffer.from(hasher.digest(), 'base64').toString('hex');
}

function* linesOf(entries: readonly DigestedEntry[]): Generator<string> {
  yield MANIFEST_HEADER;
  for (let at = 0; at < entries.length; at += ENTRIES_AT_ONCE) {
    const lines = entries.slice(at, at + ENTRIES_AT_ONCE).map(({ path, digest }) => `${path}:${digest}\n`);
    yield lines.join('');
  }
}

const SURROGATE = /[\ud800-\udfff]/;

/**
 * Sorts by code point, which is the order of UTF-8's bytes. JavaScript compares UTF-16 units instead, which is the same
 * only as long as nothing lies outside the basic plane.
 */
export function sortedByPath<T extends { readonly path: string }>(entries: readonly T[]): T[] {
  const isPlain = !entries.some(({ path }) => SURROGATE.test(path));
  return [...entries].sort((a, b) =>
    isPlain ? (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) : compareCodePoints(a.path, b.path),
  );
}

export function compareCodePoints(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const difference = rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Surrogates stand for what lies behind all of the basic plane. */
const rank = (unit: number): number => ((unit & 0xf800) === 0xd800 ? unit + 0x10000 : unit);

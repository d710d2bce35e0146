import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { createXXHash128 } from 'hash-wasm';

/** How a file's digest was made. The names are those of the SDK's cache directories and of `Entry.version`. */
export type DigestAlgorithm = 'md5' | 'xxh128';

/** The name of content, by its digest. */
export interface ContentName {
  readonly algorithm: DigestAlgorithm;
  /** Base64 of 16 bytes. */
  readonly digest: string;
}

interface Hasher {
  update(bytes: Uint8Array): void;
  /** Base64. */
  digest(): string;
}

export async function createHasher(algorithm: DigestAlgorithm): Promise<Hasher> {
  if (algorithm === 'md5') {
    const hash = createHash('md5');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('base64') };
  }
  const hash = await createXXHash128();
  hash.init();
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => Buffer.from(hash.digest('hex'), 'hex').toString('base64'),
  };
}

/** Base64. */
export async function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm): Promise<string> {
  const hasher = await createHasher(algorithm);
  hasher.update(bytes);
  return hasher.digest();
}

/** Base64 of 16 bytes, in its one canonical spelling: what MD5 and XXH128 digests look like. */
export function isDigest(text: string): boolean {
  return text.length === 24 && Buffer.from(text, 'base64').toString('base64') === text;
}

export const hexOf = (digest: string): string => Buffer.from(digest, 'base64').toString('hex');

/** `Entry.version` of content whose digest is known. */
export const versionOf = ({ algorithm, digest }: ContentName): string => `${algorithm}:${digest}`;

/** What `Entry.version` says of the content; null where it isn't a digest. */
export function contentNameOf(version: string): ContentName | null {
  const [, algorithm, digest] = /^(md5|xxh128):(.*)$/.exec(version) ?? [];
  if ((algorithm !== 'md5' && algorithm !== 'xxh128') || digest === undefined) return null;
  return isDigest(digest) ? { algorithm, digest } : null;
}

const PIECE_BYTES = 1024 * 1024;

/** The bytes `[start, end)`, in memory of their own; null where the file ends before. */
export async function readSpan(handle: FileHandle, start: number, end: number): Promise<Uint8Array | null> {
  const bytes = new Uint8Array(Math.max(0, end - start));
  for (let at = 0; at < bytes.byteLength; ) {
    const { bytesRead } = await handle.read(bytes, at, bytes.byteLength - at, start + at);
    if (bytesRead === 0) return null;
    at += bytesRead;
  }
  return bytes;
}

/** Base64. */
export async function hashFile(handle: FileHandle, algorithm: DigestAlgorithm): Promise<string> {
  const hasher = await createHasher(algorithm);
  const piece = new Uint8Array(PIECE_BYTES);
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(piece, 0, piece.byteLength, at);
    if (bytesRead === 0) return hasher.digest();
    hasher.update(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
}

import { createHash } from 'node:crypto';
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

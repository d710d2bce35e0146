import { createHash } from 'node:crypto';
import { createXXHash128 } from 'hash-wasm';
import type { FileFacts } from '../../../contract/knowledge/facts.js';

export type Algorithm = NonNullable<FileFacts['digestAlgorithm']>;

/** The digest of a content, as W&B tells it. */
export interface Digest {
  readonly algorithm: Algorithm;
  /** Base64. */
  readonly digest: string;
}

/** Of content that comes in order. */
export interface Hash {
  update(bytes: Uint8Array): unknown;
  /** Base64. */
  digest(): string;
}

/** Null: W&B tells none of it. */
export const digestOf = ({ digest, digestAlgorithm }: FileFacts): Digest | null =>
  digest === null || digestAlgorithm === null ? null : { algorithm: digestAlgorithm, digest };

export async function hashBy(algorithm: Algorithm): Promise<Hash> {
  if (algorithm === 'MD5') {
    const hash = createHash('md5');
    return { update: (bytes) => hash.update(bytes), digest: () => hash.digest('base64') };
  }
  const hash = (await createXXHash128()).init();
  return {
    update: (bytes) => hash.update(bytes),
    digest: () => Buffer.from(hash.digest('hex'), 'hex').toString('base64'),
  };
}

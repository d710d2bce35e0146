import { createXXHash128 } from 'hash-wasm';
import { md5Of } from '../storage/md5.js';
import type { DigestAlgorithm } from './records.js';

/** The digests that artifacts use, once XXH128 is loaded. */
export interface Digests {
  readonly xxh128: (bytes: Uint8Array) => Buffer;
  /** The digest of a file, as a manifest gives it. */
  readonly ofFile: (bytes: Uint8Array, algorithm: DigestAlgorithm) => string;
}

export async function loadDigests(): Promise<Digests> {
  const hasher = await createXXHash128();
  const xxh128 = (bytes: Uint8Array): Buffer => Buffer.from(hasher.init().update(bytes).digest('hex'), 'hex');
  return {
    xxh128,
    ofFile: (bytes, algorithm) =>
      algorithm === 'MANIFEST_XXH128' ? xxh128(bytes).toString('base64') : md5(bytes),
  };
}

export const md5 = (bytes: Uint8Array): string => md5Of(bytes).toString('base64');

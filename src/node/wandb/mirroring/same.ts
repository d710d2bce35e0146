import { abortError, hasCode } from '../../arguments/errors.js';
import { type Algorithm, hashBy } from '../transfers/digests.js';
import { CHUNK_BYTES } from '../transfers/options.js';
import type { End } from './end.js';
import type { ListedFile } from './listing.js';

/** A file at both ends. */
export interface Both {
  readonly from: End;
  readonly to: End;
  readonly name: string;
  readonly one: ListedFile;
  readonly other: ListedFile;
}

/** By size, and where that is the same by digest. What can't be read is not the same: who copies it meets the reason. */
export async function areSame(both: Both, signal: AbortSignal | undefined): Promise<boolean> {
  const { from, to, name, one, other } = both;
  if (one.size !== other.size) return false;
  const algorithm = (one.digest ?? other.digest)?.algorithm ?? 'MD5';
  const known = [digestIn(one, algorithm), digestIn(other, algorithm)];
  // To read it all from W&B costs as much as to copy it.
  if (known.includes(null)) return false;
  try {
    const first = known[0] ?? (await digestAt(from, name, algorithm, signal));
    return first === (known[1] ?? (await digestAt(to, name, algorithm, signal)));
  } catch (error) {
    if (signal?.aborted || !hasCode(error)) throw error;
    return false;
  }
}

/** Undefined: it can be had from the content; null: only by fetching that. */
function digestIn({ digest, isLocal }: ListedFile, algorithm: Algorithm): string | undefined | null {
  if (digest?.algorithm === algorithm) return digest.digest;
  return isLocal ? undefined : null;
}

async function digestAt(
  end: End,
  name: string,
  algorithm: Algorithm,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = await hashBy(algorithm);
  const path = end.pathOf(name);
  const fd = await end.files.promisified('open', [path, 'r']);
  try {
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (;;) {
      if (signal?.aborted) throw abortError(signal);
      const count = Number(await end.files.promisified('read', [fd, chunk, 0, chunk.length, null]));
      if (count === 0) return hash.digest();
      hash.update(chunk.subarray(0, count));
    }
  } finally {
    await end.files.promisified('close', [fd]);
  }
}

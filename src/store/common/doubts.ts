import { Failure } from '../../contract/failure.js';
import type { Download } from '../../wire/transfer/ranges.js';
import type { Wanted } from './content.js';

export const differs = (cause: string): Failure =>
  new Failure('EBADMSG', 'The content differs from what the server lists.', cause);

/** Largest content that is fetched whole to learn whether its size or its digest was told wrong. */
const MOST_DOUBTED_BYTES = 256 * 1024 * 1024;

/**
 * All of a content whose size at the storage isn't the listed one. Its digest tells which of the two is wrong: sizes are
 * claims. Rejects with EBADMSG where it isn't the listed content.
 *
 * @param isListed is this all of it, by its digest? Null: no digest is known
 */
export async function settleDoubt(
  listed: number | null,
  stored: number,
  isListed: ((bytes: Uint8Array) => Promise<boolean>) | null,
  fetch: (whole: Wanted) => Promise<Download>,
): Promise<Download> {
  const failure = differs(`${listed ?? 'unknown'} bytes listed, ${stored} stored`);
  if (isListed === null || stored > MOST_DOUBTED_BYTES) throw failure;
  const whole = await fetch({ start: 0, end: null, limit: MOST_DOUBTED_BYTES, size: null });
  if (whole.isOverlong || !(await isListed(whole.bytes))) throw failure;
  return whole;
}

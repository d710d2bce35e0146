import type { ArtifactsConfig } from '../../../../config/artifacts.js';
import { Failure } from '../../../../contract/failure.js';

const MOST_PARTS = 10_000;
/** What the storage's own blocks are multiples of; the SDK rounds up to it. */
const BLOCK_BYTES = 4096;
const TIB = 1024 ** 4;
/** No storage takes larger objects (protocol section 7.3). */
const MOST_BYTES = 5 * TIB;

/**
 * The size of the parts that a file is sent in, in bytes; null: it is sent whole. Throws EFBIG above what storages take.
 */
export function partBytesOf(
  size: number,
  { multipartBytes, partBytes }: Pick<ArtifactsConfig, 'multipartBytes' | 'partBytes'>,
): number | null {
  if (size > MOST_BYTES) throw new Failure('EFBIG', 'The storage takes files of at most 5 TiB.');
  if (size < multipartBytes || size === 0) return null;
  if (Math.ceil(size / partBytes) <= MOST_PARTS) return partBytes;
  return Math.ceil(Math.ceil(size / MOST_PARTS) / BLOCK_BYTES) * BLOCK_BYTES;
}

export interface Part {
  /** From 1 up. */
  readonly number: number;
  /** Bytes before it. */
  readonly start: number;
  /** Bytes. */
  readonly size: number;
}

/** The parts of a file, in order. */
export function partsOf(size: number, partBytes: number): readonly Part[] {
  return Array.from({ length: Math.ceil(size / partBytes) }, (_, index) => {
    const start = index * partBytes;
    return { number: index + 1, start, size: Math.min(partBytes, size - start) };
  });
}

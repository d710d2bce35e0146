import type { Entry } from '../../../contract/entry.js';
import type { Core } from '../../core.js';
import type { Operation } from '../../operation/operation.js';
import { PIECES_PER_BLOCK, pageKey, pieceKey } from './pages.js';
import { isNext, type Sequence } from './windows.js';

/** What one read at random asks for at most; more is read by blocks. */
const MOST_AT_ONCE = 4;
/** A block of which so many pieces were read is read as a whole. */
const MOST_OF_BLOCK = 4;

/** The pieces that a read at random takes: from the first one on, behind the last. */
export interface Pieces {
  readonly first: number;
  readonly end: number;
}

/** Copies into `target` what a piece of the file has from a position on; 0: it isn't here. */
export function copyPiece(
  { pages }: Core,
  op: Operation,
  entry: Entry,
  position: number,
  target: Uint8Array,
): number {
  const index = Math.floor(position / pages.pieceBytes);
  const key = pieceKey(entry, index);
  const piece = pages.get(key) ?? op.pages.get(key);
  if (!piece) return 0;
  const from = position - index * pages.pieceBytes;
  const bytes = piece.subarray(from, from + target.byteLength);
  target.set(bytes);
  return bytes.byteLength;
}

/**
 * What is asked for of a large file by who reads it at random; null: by blocks. That is who goes on where the last read
 * ended, begins at the beginning, wants much, or what others have asked for, or comes back to the same place.
 */
export function piecesFor(
  { pages, loads }: Core,
  sequence: Sequence,
  entry: Entry,
  position: number,
  length: number,
): Pieces | null {
  const { blockBytes, pieceBytes } = pages;
  const block = Math.floor(position / blockBytes);
  if (position === 0 || position === sequence.at || isNext(sequence, block)) return null;
  if (loads.running(`pages:${pageKey(entry, block)}`)) return null;
  const first = Math.floor(position / pieceBytes);
  // Where what comes before is here, somebody reads on, of several who take turns at one open file.
  const isBehind =
    pages.has(pieceKey(entry, first - 1)) ||
    pages.has(pageKey(entry, Math.floor((position - 1) / blockBytes)));
  if (position === first * pieceBytes && isBehind) return null;
  const end = Math.min(
    Math.ceil((position + length) / pieceBytes),
    Math.ceil((entry.size ?? 0) / pieceBytes),
  );
  if (end - first > MOST_AT_ONCE) return null;
  const start = Math.floor((block * blockBytes) / pieceBytes);
  let here = 0;
  for (let piece = start; piece < start + PIECES_PER_BLOCK; piece++)
    if (pages.has(pieceKey(entry, piece))) here++;
  return here < MOST_OF_BLOCK ? { first, end } : null;
}

import { promisify } from 'node:util';
import { disk } from '../../platform/disk.js';
import { WireFailure } from '../wire-failure.js';
import type { Body } from './transport.js';

const { read } = disk;

const readAt = promisify(read);

/**
 * Reads `[start, end)` of an open file, piece by piece, and nothing before the first piece is asked for: there is no
 * stream whose error could come before anybody listens. Ends early where the file does; whoever needs all of it counts.
 */
export async function* filePieces(
  fd: number,
  { start, end, pieceBytes }: { readonly start: number; readonly end: number; readonly pieceBytes: number },
): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; ) {
    const piece = new Uint8Array(new ArrayBuffer(Math.min(pieceBytes, end - at)));
    const { bytesRead } = await readAt(fd, piece, 0, piece.byteLength, at);
    if (bytesRead === 0) return;
    yield piece.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** Progress is told by pieces, so that a slow line shows some before it is taken for dead: 2 KB/s within 30 s. */
export const PIECE_BYTES = 64 * 1024;
/** Files are read by larger ones. */
const READ_BYTES = 512 * 1024;

/** All of what was promised: a body that is shorter than its length would leave the server waiting for the rest. */
export async function* wholeFile({
  fd,
  start = 0,
  size,
}: Extract<Body, { kind: 'file' }>): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const piece of filePieces(fd, { start, end: start + size, pieceBytes: READ_BYTES })) {
    seen += piece.byteLength;
    yield* pieces(piece);
  }
  if (seen < size)
    throw new WireFailure('EIO', 'The content to upload is gone or has changed.', null, 'final');
}

export function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

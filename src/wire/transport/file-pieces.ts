import { read } from 'node:fs';
import { promisify } from 'node:util';

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

import type { FileHandle } from 'node:fs/promises';
import { createHasher, type DigestAlgorithm } from '../content-digest.js';

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

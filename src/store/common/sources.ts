import type { OpenSource, Source } from '../../contract/uploads.js';
import { filePieces } from '../../wire/transport/file-pieces.js';

const PIECE_BYTES = 1024 * 1024;

/** Bytes of the content, whether it is here or still to be opened. */
export const sizeOf = (source: Source): number =>
  source.kind === 'bytes' ? source.bytes.byteLength : source.size;

/** Opens content for as long as `use` takes. */
export async function reading<T>(source: Source, use: (content: OpenSource) => Promise<T>): Promise<T> {
  if (source.kind !== 'held') return use(source);
  const { content, close } = await source.open();
  try {
    return await use(content);
  } finally {
    close();
  }
}

/** All of the content, piece by piece. */
export async function* piecesOf(source: OpenSource): AsyncGenerator<Uint8Array> {
  if (source.kind === 'file') {
    yield* filePieces(source.fd, { start: 0, end: source.size, pieceBytes: PIECE_BYTES });
    return;
  }
  const { bytes } = source;
  for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

import { createCipheriv, createHash } from 'node:crypto';

const BLOCK = 16;
const PIECE = 2 ** 20;

/** A content that is told by its size and a seed, `{ bytes, seed }`: no two of different seeds are alike. */
export const isGenerated = (content) =>
  typeof content === 'object' && content !== null && !ArrayBuffer.isView(content) && 'bytes' in content;

/** The cipher's stream from this block on: nothing compresses it, and any part can be made without what is before it. */
function streamOf({ seed = 0 }, block = 0) {
  const counter = Buffer.alloc(BLOCK);
  counter.writeBigUInt64BE(BigInt(block), BLOCK - 8);
  return createCipheriv('aes-256-ctr', createHash('sha256').update(`${seed}`).digest(), counter);
}

/** The bytes of such a content. */
export const generated = (content) => streamOf(content).update(Buffer.alloc(content.bytes));

/** Some of its bytes, from `start` on. */
export function generatedPart(content, start, length) {
  const skipped = start % BLOCK;
  return streamOf(content, Math.floor(start / BLOCK))
    .update(Buffer.alloc(skipped + length))
    .subarray(skipped);
}

/** The MD5 of its bytes, of which never more than a piece is in memory. */
export function generatedMd5(content) {
  const stream = streamOf(content);
  const hash = createHash('md5');
  for (let rest = content.bytes; rest > 0; rest -= PIECE)
    hash.update(stream.update(Buffer.alloc(Math.min(rest, PIECE))));
  return hash.digest('hex');
}

/** Files `<directory>/<prefix>0000` and on, all of the same size: `{ name: { bytes, seed } }`. */
export function manyFiles(count, bytes, { directory = '', prefix = 'f', suffix = '' } = {}) {
  const digits = String(count - 1).length;
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      `${directory}${directory && '/'}${prefix}${String(at).padStart(digits, '0')}${suffix}`,
      { bytes, seed: at },
    ]),
  );
}

import { createCipheriv, createHash } from 'node:crypto';

/** A content that is told by its size and a seed, `{ bytes, seed }`: no two of different seeds are alike. */
export const isGenerated = (content) =>
  typeof content === 'object' && content !== null && !ArrayBuffer.isView(content) && 'bytes' in content;

/** The bytes of such a content: a stream of keys, which nothing compresses. */
export function generated({ bytes, seed = 0 }) {
  const key = createHash('sha256').update(`${seed}`).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
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

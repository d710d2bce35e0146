import type { OpenSource, Source } from '../../contract/uploads.js';

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

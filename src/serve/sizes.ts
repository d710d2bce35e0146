import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { ServedFs } from './serve-fs.js';

/** W&B lists some files without their size, which looks like none; the first read of one tells it. */
export async function sizedHandle(handle: FileHandle): Promise<Stats> {
  const stats = await handle.stat();
  if (stats.size > 0) return stats;
  await handle.read(Buffer.alloc(1), 0, 1, 0);
  return handle.stat();
}

/** As `stat`, with the size that reading the file would find. */
export async function sizedStats(fs: ServedFs, path: string): Promise<Stats> {
  const stats = await fs.promises.stat(path);
  if (stats.size > 0 || !stats.isFile()) return stats;
  const handle = await fs.promises.open(path).catch((error: NodeJS.ErrnoException) => {
    // What may not be read is listed all the same; who asks for it is told why.
    if (error.code === 'EACCES' || error.code === 'EPERM') return null;
    throw error;
  });
  if (!handle) return stats;
  try {
    return await sizedHandle(handle);
  } finally {
    await handle.close();
  }
}

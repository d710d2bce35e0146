import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import type { Store } from '../../contract/store.js';
import type { OpenSource } from '../../contract/uploads.js';
import { disk } from '../../platform/disk.js';

const { mkdtempSync, rmSync } = disk;
const { open } = disk.promises;

/** Content that was fetched to be uploaded again, until `dispose`. */
export interface Download {
  readonly source: OpenSource;
  readonly dispose: () => Promise<void>;
}

/** Larger content is fetched to the disk, window by window. */
const WINDOW = 4 * 1024 * 1024;

/** Fetches one version of a file whole; ESTALE or EBADMSG if the server has another one by now. */
export async function download(store: Store, entry: Entry, signal: AbortSignal): Promise<Download> {
  const first = await store.read(
    entry,
    { start: 0, end: Math.min(entry.size ?? WINDOW, WINDOW) },
    { etag: null, signal },
  );
  const { etag, size } = first;
  if (first.bytes.byteLength === size) {
    return { source: { kind: 'bytes', bytes: first.bytes }, dispose: async () => {} };
  }
  const handle = await openNameless();
  try {
    const hash = createHash('md5');
    for (let { bytes } = first, start = 0; ; ) {
      hash.update(bytes);
      await handle.writeFile(bytes);
      start += bytes.byteLength;
      if (start >= size) break;
      ({ bytes } = await store.read(entry, { start, end: Math.min(size, start + WINDOW) }, { etag, signal }));
      if (bytes.byteLength === 0) throw new Failure('EBADMSG', 'The content ended before its size.');
    }
    if (entry.md5 !== null && hash.digest('base64') !== entry.md5) {
      throw new Failure('EBADMSG', 'The bytes differ from what the server lists.');
    }
    return { source: { kind: 'file', fd: handle.fd, size }, dispose: () => handle.close() };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

/** A file without a name: however this ends, nothing of it stays on the disk. */
async function openNameless(): Promise<FileHandle> {
  const directory = mkdtempSync(join(tmpdir(), 'wandb-fs-rename-'));
  try {
    return await open(join(directory, 'content'), 'wx+', 0o600);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

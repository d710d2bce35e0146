import { createHash, type Hash, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../../contract/failure.js';
import { disk } from '../../../platform/disk.js';

/** Above it content isn't kept in memory. */
const MOST_IN_MEMORY = 1024 * 1024;

type Handle = Awaited<ReturnType<typeof disk.promises.open>>;

/** Content that was made here, whole. */
export interface Kept {
  /** Bytes. */
  readonly size: number;
  /** Names the bytes. */
  readonly etag: string;
  /** Of what lies behind the end there is nothing. */
  read(start: number, end: number): Promise<Uint8Array>;
  /** Waits for reads that have begun. */
  close(): Promise<void>;
}

/**
 * Takes content as it comes: what is small into memory, else into a file of the temporary directory that has no name, so that
 * none is left however the process ends.
 */
export async function keep(pieces: AsyncIterable<string>): Promise<Kept> {
  const hash = createHash('md5');
  const inMemory: Buffer[] = [];
  let size = 0;
  let file: Handle | null = null;
  try {
    for await (const piece of pieces) {
      const bytes = Buffer.from(piece);
      hash.update(bytes);
      size += bytes.byteLength;
      if (file === null) inMemory.push(bytes);
      if (file === null && size > MOST_IN_MEMORY) {
        file = await onDisk(openNameless);
        for (const each of inMemory.splice(0)) await append(file, each);
      } else if (file !== null) await append(file, bytes);
    }
  } catch (error) {
    await file?.close();
    throw error;
  }
  return file === null ? ofMemory(Buffer.concat(inMemory), hash) : ofFile(file, size, hash);
}

const etagOf = (hash: Hash): string => `"${hash.digest('hex')}"`;

const ofMemory = (bytes: Buffer, hash: Hash): Kept => ({
  size: bytes.byteLength,
  etag: etagOf(hash),
  // A copy: it is handed over to another thread.
  read: async (start, end) => Uint8Array.from(bytes.subarray(start, end)),
  close: async () => {},
});

const ofFile = (file: Handle, size: number, hash: Hash): Kept => ({
  size,
  etag: etagOf(hash),
  read: (start, end) => onDisk(() => readFrom(file, start, Math.min(end, size))),
  close: () => file.close(),
});

async function openNameless(): Promise<Handle> {
  const path = join(tmpdir(), `wandb-fs-view-${randomUUID()}`);
  const file = await disk.promises.open(path, 'wx+', 0o600);
  try {
    await disk.promises.unlink(path);
  } catch (error) {
    await file.close();
    throw error;
  }
  return file;
}

const append = (file: Handle, bytes: Buffer): Promise<void> => onDisk(() => file.appendFile(bytes));

async function readFrom(file: Handle, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, end - start));
  for (let done = 0; done < bytes.byteLength; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.byteLength - done, start + done);
    if (bytesRead === 0) throw new Error('the file ends before its end');
    done += bytesRead;
  }
  return bytes;
}

async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Failure(
      'EIO',
      `The temporary directory ${tmpdir()} can't be used for the history of a run: set TMPDIR to one that can.`,
      error instanceof Error ? error.message : String(error),
    );
  }
}

import type { FileHandle } from 'node:fs/promises';
import type { AnyFs } from '../filesystems.js';
import type { Session } from '../session.js';
import type { Span } from '../values.js';

const BLOCK = 64 << 10;
const NEWLINE = 10;

/** Prints bytes of a file as they come, no faster than they are taken. */
export async function copyOut({ out, signal }: Session, fs: AnyFs, path: string, span: Span): Promise<void> {
  const { start, end } = span;
  if (end !== null && end < start) return assertReadable(fs, path);
  const stream = fs.createReadStream(path, end === null ? { start, signal } : { start, end, signal });
  for await (const chunk of stream) await out.write(chunk);
}

/** Node has no stream of no bytes. A directory at W&B has none by its size, and fails as one of this machine. */
async function assertReadable(fs: AnyFs, path: string): Promise<void> {
  const handle = await fs.promises.open(path);
  try {
    if ((await handle.stat()).isDirectory()) await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** The last bytes of a file, as they are now. */
export async function endOf(fs: AnyFs, path: string, count: number): Promise<Span> {
  const { size } = await fs.promises.stat(path);
  return { start: Math.max(0, size - count), end: size - 1 };
}

/** From one line of a file on, counted from 1, to where it ends now. */
export async function fromLine(fs: AnyFs, path: string, number: number): Promise<Span> {
  const handle = await fs.promises.open(path);
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(BLOCK);
    let left = number - 1;
    for (let start = 0; left > 0 && start < size; start += BLOCK) {
      const { bytesRead } = await handle.read(buffer, 0, BLOCK, start);
      for (let at = 0; at < bytesRead; at++) {
        if (buffer[at] === NEWLINE && --left === 0) return { start: start + at + 1, end: size - 1 };
      }
    }
    return { start: left > 0 ? size : 0, end: size - 1 };
  } finally {
    await handle.close();
  }
}

/** Prints the first lines of a file; no more of it is read than they need. */
export async function copyLines(
  { out, signal }: Session,
  fs: AnyFs,
  path: string,
  lines: number,
): Promise<void> {
  if (lines === 0) return;
  let left = lines;
  const stream = fs.createReadStream(path, { highWaterMark: BLOCK, signal });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let at = 0;
    while (left > 0 && at < chunk.length) {
      const newline = chunk.indexOf(NEWLINE, at);
      at = newline === -1 ? chunk.length : newline + 1;
      if (newline !== -1) left--;
    }
    await out.write(chunk.subarray(0, at));
    if (left === 0) break;
  }
}

/** Where the last lines of a file begin, looked for from its end, and where it ends. */
export async function lastLines(fs: AnyFs, path: string, lines: number): Promise<Span> {
  const handle = await fs.promises.open(path);
  try {
    const { size } = await handle.stat();
    return { start: lines === 0 ? size : await startOfLines(handle, size, lines), end: size - 1 };
  } finally {
    await handle.close();
  }
}

async function startOfLines(handle: FileHandle, size: number, lines: number): Promise<number> {
  const buffer = Buffer.alloc(BLOCK);
  let left = lines;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - BLOCK);
    const { bytesRead } = await handle.read(buffer, 0, end - start, start);
    // A newline at the very end ends the last line, and begins none.
    for (let at = Math.min(bytesRead, size - 1 - start) - 1; at >= 0; at--) {
      if (buffer[at] === NEWLINE && --left === 0) return start + at + 1;
    }
    end = start;
  }
  return 0;
}

import { join } from 'node:path';
import { disk } from '../../../platform/disk.js';
import { wallClock } from '../../../platform/time.js';
import { errnoOf } from '../../../wire/errors.js';

const { readdir, rm, stat } = disk.promises;

/** A temporary file that nobody wrote to for so long was left behind. In milliseconds. */
const ABANDONED_MS = 24 * 60 * 60_000;

interface Kept {
  readonly file: string;
  readonly size: number;
  /** When it was used last, in milliseconds since the epoch. */
  readonly usedAt: number;
}

/** Keeps a cache directory of our own below its limit: what was used least recently goes first. */
export class Eviction {
  /** Bytes, as last counted, and what was added since; null: not counted yet. Others may add here, too. */
  private total: number | null = null;
  private tail: Promise<void> = Promise.resolve();

  constructor(
    private readonly directory: string,
    private readonly limit: number,
  ) {}

  /** A file came into the directory. */
  added(file: string): Promise<void> {
    const turn = this.tail.then(async () => {
      const stats = await unlessGone(stat(file));
      if (this.total !== null) this.total += stats?.size ?? 0;
      if (this.total === null || this.total > this.limit) await this.sweep();
    });
    this.tail = turn.catch(() => undefined);
    return turn;
  }

  private async sweep(): Promise<void> {
    const { bytes } = await evict(this.directory, this.limit);
    this.total = bytes;
  }
}

/** What a cache directory holds. */
export interface CacheUsage {
  readonly files: number;
  readonly bytes: number;
}

export async function usageOf(directory: string): Promise<CacheUsage> {
  const kept = await filesBelow(join(directory, 'obj'));
  return { files: kept.length, bytes: kept.reduce((sum, { size }) => sum + size, 0) };
}

/** Brings a cache directory below a limit in bytes, and removes what was left behind there; returns what it holds then. */
export async function evict(directory: string, limit: number): Promise<CacheUsage> {
  await removeAbandoned(directory);
  const kept = await filesBelow(join(directory, 'obj'));
  let [files, bytes] = [kept.length, kept.reduce((sum, { size }) => sum + size, 0)];
  for (const { file, size } of kept.sort((a, b) => a.usedAt - b.usedAt)) {
    if (bytes <= limit) break;
    await rm(file, { force: true });
    bytes -= size;
    files--;
  }
  return { files, bytes };
}

async function removeAbandoned(directory: string): Promise<void> {
  for (const { file, usedAt } of await filesBelow(join(directory, 'tmp'))) {
    if (wallClock() - usedAt > ABANDONED_MS) await rm(file, { force: true });
  }
}

async function filesBelow(directory: string): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const entry of (await unlessGone(readdir(directory, { withFileTypes: true }))) ?? []) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) kept.push(...(await filesBelow(path)));
    const stats = entry.isFile() ? await unlessGone(stat(path)) : null;
    if (stats) kept.push({ file: path, size: stats.size, usedAt: Math.max(stats.atimeMs, stats.mtimeMs) });
  }
  return kept;
}

/** Null where others removed it meanwhile. */
async function unlessGone<T>(looking: Promise<T>): Promise<T | null> {
  try {
    return await looking;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

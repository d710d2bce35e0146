import type { FileHandle } from 'node:fs/promises';
import { disk } from '../../../platform/disk.js';
import { errnoOf } from '../../../wire/errors.js';
import { type ContentName, hashFile, versionOf } from '../content.js';

const { rm } = disk.promises;

interface Temporary {
  readonly file: string;
  readonly handle: FileHandle;
}

/** Each holds an open file, and as much of the disk as was read. */
const MOST_ASSEMBLIES = 8;

/** Large content comes in ranges: they are put together in sparse files, which are published when whole and right. */
export class Assemblies {
  /** Least recently added to first. */
  private readonly open = new Map<string, Assembly>();

  constructor(
    private readonly files: {
      readonly create: () => Promise<Temporary>;
      readonly publish: (file: string, name: ContentName) => Promise<void>;
    },
  ) {}

  async add(name: ContentName, size: number, start: number, bytes: Uint8Array): Promise<void> {
    const key = versionOf(name);
    const assembly = this.open.get(key) ?? new Assembly(size, this.files.create());
    this.open.delete(key);
    this.open.set(key, assembly);
    const [oldest] = this.open;
    if (oldest && this.open.size > MOST_ASSEMBLIES) {
      this.open.delete(oldest[0]);
      await oldest[1].abandon();
    }
    try {
      const isWhole = await assembly.write(start, bytes);
      if (!isWhole || this.open.get(key) !== assembly) return;
      this.open.delete(key);
      await assembly.finish(name, this.files.publish);
    } catch (error) {
      if (this.open.get(key) === assembly) this.open.delete(key);
      await assembly.abandon();
      throw error;
    }
  }

  async close(): Promise<void> {
    const all = [...this.open.values()];
    this.open.clear();
    await Promise.all(all.map((assembly) => assembly.abandon()));
  }
}

type Part = readonly [start: number, end: number];

class Assembly {
  /** What came, in order, without overlaps or neighbours that touch. */
  private parts: readonly Part[] = [];
  /** Changes of the file happen one after another. */
  private tail: Promise<unknown> = Promise.resolve();
  private isOver = false;

  constructor(
    private readonly size: number,
    private readonly temporary: Promise<Temporary>,
  ) {
    // Told to whoever writes, and to nobody else.
    this.temporary.catch(() => undefined);
  }

  /** Resolves with: is it whole now? */
  write(start: number, bytes: Uint8Array): Promise<boolean> {
    return this.next(async () => {
      const end = start + bytes.byteLength;
      const isNew = !this.parts.some(([from, to]) => from <= start && end <= to);
      if (!this.isOver && isNew) {
        const { handle } = await this.temporary;
        for (let at = 0; at < bytes.byteLength; ) {
          at += (await handle.write(bytes, at, bytes.byteLength - at, start + at)).bytesWritten;
        }
        this.parts = merge(this.parts, [start, end]);
      }
      const [first] = this.parts;
      return !this.isOver && this.parts.length === 1 && first?.[0] === 0 && first[1] === this.size;
    });
  }

  finish(name: ContentName, publish: (file: string, name: ContentName) => Promise<void>): Promise<void> {
    return this.next(async () => {
      const { file, handle } = await this.temporary;
      const isRight = (await hashFile(handle, name.algorithm)) === name.digest;
      await this.end(isRight ? () => publish(file, name) : null);
    });
  }

  /** Gives up, and removes what there is. */
  abandon(): Promise<void> {
    return this.next(() => this.end(null));
  }

  private async end(before: (() => Promise<void>) | null): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    const temporary = await this.temporary.catch(() => null);
    if (!temporary) return;
    await temporary.handle.close();
    try {
      await before?.();
    } finally {
      await removeLeft(temporary.file);
    }
  }

  private next<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.tail.then(change);
    this.tail = changed.catch(() => undefined);
    return changed;
  }
}

/** What can't be removed lies there until it is cleaned up: that is no failure of who reads. */
async function removeLeft(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
  } catch (error) {
    if (errnoOf(error) === null) throw error;
  }
}

function merge(parts: readonly Part[], added: Part): readonly Part[] {
  const merged: Part[] = [];
  for (const part of [...parts, added].sort(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last && part[0] <= last[1]) merged[merged.length - 1] = [last[0], Math.max(last[1], part[1])];
    else merged.push(part);
  }
  return merged;
}

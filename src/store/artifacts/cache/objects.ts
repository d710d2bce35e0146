import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { disk } from '../../../platform/disk.js';
import { RealDate, wallClock } from '../../../platform/time.js';
import { errnoOf } from '../../../wire/errors.js';
import type { Span } from '../../common/content.js';
import { type ContentName, hashFile, hexOf, readSpan, versionOf } from '../content.js';
import { Assemblies } from './assemblies.js';
import { Eviction } from './eviction.js';

const { mkdir, open, rename, rm } = disk.promises;

interface Options {
  /** `<cache dir>/artifacts`, as the SDK lays it out. */
  readonly directory: string;
  /** Bound in bytes of a directory of our own; null: shared with the SDK, nothing is evicted. */
  readonly limit: number | null;
  /** Hears, once, why nothing is added any more. */
  readonly onFull: (reason: string) => void;
}

/** Of what was hashed in this process; a file that was replaced since is hashed anew. */
const MOST_VERDICTS = 100_000;

/** What a directory can fail with that won't pass while this process lives. */
const LASTING = new Set([
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EACCES',
  'EPERM',
  'EEXIST',
  'ENOTDIR',
  'ENAMETOOLONG',
]);

/**
 * The content-addressed cache of the official SDK: `obj/{md5|xxh128}/<hh>/<rest of the hex digest>` beside `tmp/`.
 *
 * Others write and remove files here at any time. So nothing is believed that this process didn't hash itself, a file
 * that vanishes is a miss, and what is added appears whole, by a rename. Only verified content is added. A directory
 * that can't be written costs nothing but the hits.
 */
export class ContentCache {
  /** Adding was given up for this process. */
  private isFull = false;
  // A size of 1 each: `max` would set aside memory for all entries at once.
  private readonly verdicts = new LRUCache<string, { readonly identity: string; readonly isGood: boolean }>({
    maxSize: MOST_VERDICTS,
    sizeCalculation: () => 1,
  });
  private readonly judging = new Map<string, Promise<boolean>>();
  private readonly assemblies: Assemblies;
  private readonly eviction: Eviction | null;

  constructor(private readonly options: Options) {
    const { directory, limit } = options;
    this.assemblies = new Assemblies({
      create: () => this.createTemporary(),
      publish: (file, name) => this.put(file, name),
    });
    this.eviction = limit === null ? null : new Eviction(directory, limit);
  }

  /** A range of content of `size` bytes, or null: it isn't here. What lies behind the end is left out. */
  async read(name: ContentName, size: number, span: Span): Promise<Uint8Array | null> {
    const file = this.fileOf(name);
    try {
      const handle = await open(file, 'r');
      try {
        if (!(await this.isGood(handle, name, size))) return null;
        const bytes = await readSpan(handle, span.start, Math.min(span.end, size));
        if (bytes && this.eviction) await this.touch(handle, name);
        return bytes;
      } finally {
        await handle.close();
      }
    } catch (error) {
      // Not there, gone again, or not ours to read: all the same to who asks.
      if (errnoOf(error) === null) throw error;
      return null;
    }
  }

  /** Adds whole content that was verified. */
  async add(name: ContentName, bytes: Uint8Array): Promise<void> {
    if (!this.takes(bytes.byteLength)) return;
    await this.unlessFull(async () => {
      const { file, handle } = await this.createTemporary();
      try {
        await handle.writeFile(bytes);
        await handle.close();
        await this.put(file, name);
      } catch (error) {
        await handle.close();
        await rm(file, { force: true });
        throw error;
      }
    });
  }

  /** Adds a range; once all of the content came, and is what it should be, the content is added. */
  async addRange(name: ContentName, size: number, start: number, bytes: Uint8Array): Promise<void> {
    if (!this.takes(size)) return;
    await this.unlessFull(() => this.assemblies.add(name, size, start, bytes));
  }

  /** Removes what is half assembled; nothing is added any more. */
  close(): Promise<void> {
    this.isFull = true;
    return this.assemblies.close();
  }

  private takes(size: number): boolean {
    const { limit } = this.options;
    return !this.isFull && (limit === null || size <= limit);
  }

  private fileOf({ algorithm, digest }: ContentName): string {
    const hex = hexOf(digest);
    return join(this.options.directory, 'obj', algorithm, hex.slice(0, 2), hex.slice(2));
  }

  private async isGood(handle: FileHandle, name: ContentName, size: number): Promise<boolean> {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size !== size) return false;
    const key = versionOf(name);
    const identity = identityOf(stats);
    const verdict = this.verdicts.get(key);
    if (verdict?.identity === identity) return verdict.isGood;
    const judgement = `${key} ${identity}`;
    let judging = this.judging.get(judgement);
    if (!judging) {
      judging = hashFile(handle, name.algorithm)
        .then((digest) => {
          const isGood = digest === name.digest;
          this.verdicts.set(key, { identity, isGood });
          return isGood;
        })
        .finally(() => this.judging.delete(judgement));
      this.judging.set(judgement, judging);
    }
    return judging;
  }

  /** File systems seldom note when a file was read; eviction needs to know. */
  private async touch(handle: FileHandle, name: ContentName): Promise<void> {
    try {
      const { mtime } = await handle.stat();
      await handle.utimes(new RealDate(wallClock()), mtime);
      // Times are set in coarser steps than files have them.
      this.verdicts.set(versionOf(name), { identity: identityOf(await handle.stat()), isGood: true });
    } catch (error) {
      // Another user's file; its content is no worse for that.
      if (errnoOf(error) === null) throw error;
    }
  }

  private async createTemporary(): Promise<{ readonly file: string; readonly handle: FileHandle }> {
    const file = join(this.options.directory, 'tmp', `wandb-fs-${randomBytes(12).toString('hex')}`);
    await mkdir(dirname(file), { recursive: true });
    // The umask makes of it what the SDK's `chmod` does.
    return { file, handle: await open(file, 'wx+', 0o666) };
  }

  private async put(temporary: string, name: ContentName): Promise<void> {
    const file = this.fileOf(name);
    await mkdir(dirname(file), { recursive: true });
    await rename(temporary, file);
    await this.eviction?.added(file);
  }

  private async unlessFull(change: () => Promise<void>): Promise<void> {
    try {
      await change();
    } catch (error) {
      const reason = errnoOf(error);
      // Others clean up here: what vanishes under our hands isn't an error, it just isn't added.
      if (reason === null) throw error;
      if (!LASTING.has(reason) || this.isFull) return;
      this.isFull = true;
      await this.assemblies.close();
      this.options.onFull(reason);
    }
  }
}

/** Whoever changes a file, or puts another one in its place, changes this. */
const identityOf = ({ ino, mtimeMs, size }: Stats): string => `${ino} ${mtimeMs} ${size}`;

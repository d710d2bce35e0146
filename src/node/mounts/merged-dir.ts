import type { Dirent } from 'node:fs';
import { answer } from '../face.js';
import { directoryClosed } from '../refusals.js';
import { asyncDispose, dispose } from '../symbols.js';
import { asFunction } from '../validate.js';

/** A directory that several filesystems have a part in, with the shape of Node's `fs.Dir`: it was listed when opened. */
export class MergedDir {
  readonly path: string;
  readonly #entries: Iterator<Dirent>;
  #isClosed = false;

  constructor(path: string, entries: readonly Dirent[]) {
    this.path = path;
    this.#entries = entries.values();
  }

  read(): Promise<Dirent | null>;
  read(callback: (error: NodeJS.ErrnoException | null, dirent: Dirent | null) => void): void;
  read(callback?: unknown): Promise<Dirent | null> | undefined {
    const done = callback === undefined ? null : asFunction(callback, 'callback');
    const result = Promise.resolve(this.readSync());
    if (done === null) return result;
    answer(result, done);
    return undefined;
  }

  readSync(): Dirent | null {
    if (this.#isClosed) throw directoryClosed();
    const { done, value } = this.#entries.next();
    return done ? null : value;
  }

  close(): Promise<void>;
  close(callback: (error?: NodeJS.ErrnoException | null) => void): void;
  close(callback?: unknown): Promise<void> | undefined {
    const done = callback === undefined ? null : asFunction(callback, 'callback');
    const result = this.#isClosed ? Promise.reject(directoryClosed()) : Promise.resolve();
    this.#isClosed = true;
    if (done === null) return result;
    answer(result, done);
    return undefined;
  }

  closeSync(): void {
    if (this.#isClosed) throw directoryClosed();
    this.#isClosed = true;
  }

  async *entries(): AsyncGenerator<Dirent, void> {
    try {
      for (let dirent = await this.read(); dirent !== null; dirent = await this.read()) yield dirent;
    } finally {
      await this.close();
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<Dirent, void> {
    return this.entries();
  }

  async [asyncDispose](): Promise<void> {
    if (!this.#isClosed) await this.close();
  }

  [dispose](): void {
    if (!this.#isClosed) this.closeSync();
  }
}

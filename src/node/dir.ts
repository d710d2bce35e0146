import type { Dirent } from 'node:fs';
import type { DirectoryEntry } from '../kernel/syscalls.js';
import { entriesOf, joined, realOf } from './composites/directories.js';
import { direntOf } from './dirents.js';
import { type Composite, driveSync } from './driver.js';
import { answer } from './face.js';
import { asPath } from './paths.js';
import { directoryBusy, directoryClosed } from './refusals.js';
import { asyncDispose, dispose } from './symbols.js';
import type { Tree } from './tree.js';
import { asFunction, asOptions, asUint32, type CallOptions } from './validate.js';

interface Level {
  readonly path: string;
  /** Without aliases: all levels are of one version. */
  readonly real: string;
  readonly entries: Iterator<DirectoryEntry>;
}

/** An open directory, with the shape of Node's `fs.Dir`. It shows the directory as it was when it was opened. */
export class Dir {
  readonly path: string;
  readonly #tree: Tree;
  readonly #options: CallOptions;
  readonly #levels: Level[];
  #isClosed = false;
  /** The reads on their way; they come one after the other. */
  #pending = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    tree: Tree,
    path: string,
    real: string,
    entries: readonly DirectoryEntry[],
    options: CallOptions,
  ) {
    asUint32(options.bufferSize ?? 32, 'options.bufferSize', true);
    this.#tree = tree;
    this.path = path;
    this.#options = options;
    this.#levels = [{ path, real, entries: entries.values() }];
  }

  read(): Promise<Dirent | null>;
  read(callback: (error: NodeJS.ErrnoException | null, dirent: Dirent | null) => void): void;
  read(callback?: unknown): Promise<Dirent | null> | undefined {
    if (this.#isClosed) throw directoryClosed();
    const done = callback === undefined ? null : asFunction(callback, 'callback');
    const result = this.#queue(() => this.#tree.calls.drive(this.#next()));
    if (done === null) return result;
    answer(result, done);
    return undefined;
  }

  readSync(): Dirent | null {
    this.#checkIdle();
    return driveSync(this.#next());
  }

  close(): Promise<void>;
  close(callback: (error?: NodeJS.ErrnoException | null) => void): void;
  close(callback?: unknown): Promise<void> | undefined {
    const done = callback === undefined ? null : asFunction(callback, 'callback');
    const result = this.#isClosed ? Promise.reject(directoryClosed()) : this.#queue(async () => this.#end());
    if (done === null) return result;
    answer(result, done);
    return undefined;
  }

  closeSync(): void {
    this.#checkIdle();
    this.#end();
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

  *#next(): Composite<Dirent | null> {
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
      const { done, value: entry } = level.entries.next();
      if (done) {
        this.#levels.pop();
        continue;
      }
      if (this.#options.recursive && entry.kind === 'directory') {
        const path = joined(level.path, entry.name);
        const real = joined(level.real, entry.name);
        const entries = yield* entriesOf(this.#tree, real, 'opendir', path);
        this.#levels.push({ path, real, entries: entries.values() });
      }
      return direntOf(entry, level.path, this.#options.encoding);
    }
    return null;
  }

  #queue<T>(action: () => Promise<T>): Promise<T> {
    this.#pending += 1;
    const result = this.#last.then(action).finally(() => {
      this.#pending -= 1;
    });
    // The next in the queue starts whatever becomes of this one; its caller hears of it.
    this.#last = result.catch(() => undefined);
    return result;
  }

  #checkIdle(): void {
    if (this.#isClosed) throw directoryClosed();
    if (this.#pending > 0) throw directoryBusy();
  }

  #end(): void {
    this.#isClosed = true;
    this.#levels.length = 0;
  }
}

export function* opendir(tree: Tree, path: unknown, options?: unknown): Composite<Dir> {
  const given = asPath(path);
  const settings = asOptions(options);
  const real = settings.recursive ? yield* realOf(tree, given, 'opendir') : given;
  const entries = yield* entriesOf(tree, real, 'opendir', given);
  return new Dir(tree, given, real, entries, settings);
}

import type { Dirent } from 'node:fs';
import { directoryBusy, directoryClosed, missingArgument } from '../arguments/refusals.js';
import { asFunction } from '../arguments/validate.js';
import { answer } from '../faces/face.js';
import { asyncDispose, dispose, nodeMajor } from '../faces/node-version.js';

/** What an open directory shows, one after the other; null at its end. */
export interface DirentSource {
  readonly next: () => Promise<Dirent | null>;
  readonly nextSync: () => Dirent | null;
}

/** An open directory, with the shape of Node's `fs.Dir`. */
export class Dir {
  readonly path: string;
  /** Null once it is closed. */
  #source: DirentSource | null;
  /** The reads on their way; they come one after the other. */
  #pending = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string, source: DirentSource) {
    // Who makes one as if it were Node's.
    if (source === undefined) throw missingArgument('handle');
    this.path = path;
    this.#source = source;
  }

  read(): Promise<Dirent | null>;
  read(callback: (error: NodeJS.ErrnoException | null, dirent: Dirent | null) => void): void;
  read(...args: unknown[]): Promise<Dirent | null> | undefined {
    // From 22 on Node looks whether it is closed behind the promise.
    if (args.length === 0 && nodeMajor >= 22) return this.#read();
    const source = this.#openSource();
    return inStyle(args[0], () => this.#queue(source.next));
  }

  readSync(): Dirent | null {
    return this.#idleSource().nextSync();
  }

  close(): Promise<void>;
  close(callback: (error?: NodeJS.ErrnoException | null) => void): void;
  close(callback?: unknown): Promise<void> | undefined {
    return inStyle(callback, async () => {
      this.#openSource();
      await this.#queue(async () => {
        this.#source = null;
      });
    });
  }

  closeSync(): void {
    this.#idleSource();
    this.#source = null;
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
    if (this.#source !== null) await this.close();
  }

  [dispose](): void {
    if (this.#source !== null) this.closeSync();
  }

  async #read(): Promise<Dirent | null> {
    return this.#queue(this.#openSource().next);
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

  #openSource(): DirentSource {
    if (this.#source === null) throw directoryClosed();
    return this.#source;
  }

  #idleSource(): DirentSource {
    const source = this.#openSource();
    if (this.#pending > 0) throw directoryBusy();
    return source;
  }
}

/** By a promise, or to a callback where there is one. */
function inStyle<T>(callback: unknown, ask: () => Promise<T>): Promise<T> | undefined {
  if (callback === undefined) return ask();
  const done = asFunction(callback, 'callback');
  answer(ask(), done);
  return undefined;
}

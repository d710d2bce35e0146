import type { AnyKind } from '../../results/dirents.js';
import { Room } from './room.js';

/** What stands in a directory, as far as looking ahead asks. */
export interface AheadEntry {
  readonly name: string;
  readonly kind: AnyKind;
}

/** Asks for what will be needed, without waiting. What fails is met by who needs it. */
export interface Ahead {
  /** Of content that is here, or on its way, and that nobody has come to. */
  readonly mostBytes: number;
  /**
   * @param onListed gets what is in the directory, at once where that is here; null where it can't be listed
   * @returns false for one that need not be asked for: `onListed` isn't called
   */
  list(path: string, onListed: (entries: readonly AheadEntry[] | null) => void): boolean;
  /**
   * Looks whether something is there; returns false where that need not be asked.
   *
   * @param isListed it is listed next, if it is a directory. @default false
   */
  look(path: string, isListed?: boolean): boolean;
  /**
   * Fetches a file's content, or its beginning where it is large; returns the bytes for which there must be room: all that
   * will have come by when the next file is come to.
   */
  fetch(path: string): number;
  /** Nothing of what was asked for is needed any more. */
  end(): void;
}

export interface AheadOptions {
  /** The content of files is wanted, not their names alone. */
  readonly isFetching: boolean;
  /** The walk may not want what it comes to: it gets little, and more as it wants it. */
  readonly isSelective: boolean;
  readonly joined: (path: string, name: string) => string;
}

/** Directories that are listed, or will be, and that the walk hasn't come to; one request may list several. */
const MOST_DIRECTORIES = 200;
/** Files likewise: one request tells where several are. */
const MOST_FILES = 512;
/** Of their bytes, when more are asked for. */
const REST = 0.5;

/** A directory on the way, or one that lies ahead. */
class Frame {
  entries: readonly AheadEntry[] | null = null;
  /** Where the walk is in it. */
  at = 0;
  /** Up to where what is in it was asked for. */
  next = 0;
  /** What was asked for, by its place: bytes of files, and directories. */
  readonly files = new Map<number, number>();
  readonly directories = new Map<number, Frame>();

  constructor(readonly path: string) {}
}

/**
 * Looks ahead of a walk through directories, depth first, in its order: those that lie ahead are listed, and of files the
 * content is fetched, as far as there is room. The walk itself is what it would be without.
 */
export class Lookahead {
  readonly #way: Frame[] = [];
  readonly #files: Room;
  readonly #directories: Room;
  #bytes = 0;
  /** What there was no room for. */
  #lacking: 'files' | 'directories' | null = null;
  #isEnded = false;

  constructor(
    private readonly ahead: Ahead,
    private readonly options: AheadOptions,
  ) {
    this.#files = new Room(MOST_FILES, options.isSelective);
    this.#directories = new Room(MOST_DIRECTORIES, options.isSelective);
  }

  /** The walk goes into a directory, the entry that it is at: it has read what is in it, or the first page of that. */
  enter(path: string, entries: readonly AheadEntry[]): void {
    const above = this.#way.at(-1);
    const known = above?.directories.get(above.at);
    this.#way.push(known ?? new Frame(path));
    if (above) this.#release(above, above.at);
    if (known?.entries?.length !== entries.length || this.options.isSelective) this.page(entries);
    else this.#fillUp();
  }

  /** The walk has read what comes next in the directory that it is in. */
  page(entries: readonly AheadEntry[]): void {
    const frame = this.#way.at(-1);
    if (!frame) return;
    this.#releaseAll(frame);
    Object.assign(frame, { entries, at: 0, next: 0 });
    this.#fillAlone(frame);
  }

  /** The walk comes to an entry of the directory that it is in. */
  at(index: number): void {
    const frame = this.#way.at(-1);
    if (!frame) return;
    for (let passed = frame.at; passed < index; passed++) this.#release(frame, passed);
    frame.at = index;
    frame.next = Math.max(frame.next, index);
    // Who reads a file has come to it; a directory is looked for when it is entered.
    if (frame.files.has(index)) this.#release(frame, index);
    this.#fillUp();
  }

  /** Did the walk want the entry that it is at? */
  wanted(isWanted: boolean): void {
    const frame = this.#way.at(-1);
    const room = frame?.entries?.[frame.at]?.kind === 'directory' ? this.#directories : this.#files;
    if (isWanted) room.want();
    else room.skip();
  }

  /** The walk leaves the directory. */
  leave(): void {
    const frame = this.#way.pop();
    if (frame) this.#releaseAll(frame);
  }

  end(): void {
    this.#isEnded = true;
    this.ahead.end();
  }

  #fillUp(): void {
    if (this.#lacking === null) return;
    const room = this.#lacking === 'files' ? this.#files : this.#directories;
    if (!room.isLow || this.#bytes > this.ahead.mostBytes * REST) return;
    room.grow();
    this.#fill();
  }

  #fill(): void {
    this.#lacking = null;
    if (this.#isEnded) return;
    for (let depth = this.#way.length - 1; depth >= 0 && this.#lacking === null; depth--) {
      this.#fillFrom(this.#way[depth] as Frame);
    }
  }

  /** Asks for what is new, as far as there is room: that for others is left until it is enough for several of them. */
  #fillAlone(frame: Frame): void {
    const lacking = this.#lacking;
    this.#lacking = null;
    if (!this.#isEnded) this.#fillFrom(frame);
    this.#lacking ??= lacking;
  }

  #fillFrom(frame: Frame): void {
    for (const below of frame.directories.values()) {
      this.#fillBelow(below);
      if (this.#lacking !== null) return;
    }
    const entries = frame.entries ?? [];
    for (; frame.next < entries.length; frame.next++) {
      const { name, kind } = entries[frame.next] as AheadEntry;
      if (kind === 'directory') {
        if (this.#directories.isFull) this.#lacking = 'directories';
        else this.#list(frame, this.options.joined(frame.path, name));
      } else if (kind === 'file' && this.options.isFetching) {
        if (this.#files.isFull || this.#bytes >= this.ahead.mostBytes) this.#lacking = 'files';
        else this.#fetch(frame, this.options.joined(frame.path, name));
      }
      if (this.#lacking !== null) return;
    }
  }

  /** Where the walk may not want a directory, what is in it is of no interest before it is there. */
  #fillBelow(below: Frame): void {
    if (below.entries !== null && !this.options.isSelective) this.#fillFrom(below);
  }

  #list(frame: Frame, path: string): void {
    const below = new Frame(path);
    const index = frame.next;
    let isHere = true;
    const isAsked = this.ahead.list(path, (entries) => {
      // The walk may have come to it meanwhile, and read it itself.
      if (below.entries !== null) return;
      below.entries = entries ?? [];
      if (isHere) return;
      if (!this.options.isSelective) this.#fillAlone(below);
    });
    isHere = false;
    if (!isAsked) return;
    frame.directories.set(index, below);
    this.#directories.take();
    this.#fillBelow(below);
    // It was asked for itself, though there is no room for all that is in it.
    if (this.#lacking !== null) frame.next++;
  }

  #fetch(frame: Frame, path: string): void {
    const bytes = this.ahead.fetch(path);
    frame.files.set(frame.next, bytes);
    this.#files.take();
    this.#bytes += bytes;
  }

  #release(frame: Frame, index: number): void {
    const bytes = frame.files.get(index);
    if (bytes !== undefined) {
      frame.files.delete(index);
      this.#files.release();
      this.#bytes -= bytes;
    }
    const below = frame.directories.get(index);
    if (!below) return;
    frame.directories.delete(index);
    this.#directories.release();
    if (!this.#way.includes(below)) this.#releaseAll(below);
  }

  #releaseAll(frame: Frame): void {
    for (const index of [...frame.files.keys(), ...frame.directories.keys()]) this.#release(frame, index);
  }
}

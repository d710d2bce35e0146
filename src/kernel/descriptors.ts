import { constants } from 'node:fs';
import { Failure } from '../contract/failure.js';
import type { TreePath } from '../contract/tree-path.js';
import type { WholeRead } from './content/reading/whole-read.js';
import type { Inode } from './namespace/inode.js';
import { Fault, type Operation } from './operation/operation.js';

/** An open file description: what `open` returned a number for. */
export class OpenFile {
  position = 0;
  /** Who reads at the position now: others that want to read there come after it. */
  reader: Operation | null = null;
  /** Bytes of this version were returned: from here on the file must not turn into another one. */
  hasRead = false;
  /** Sequential reading: where the next read is expected, and how many blocks the next miss loads. */
  readonly readAhead = { next: 0, blocks: 1 };
  /** Of who reads all of it in order; null once it has ended, or of another version. */
  whole: WholeRead | null = null;

  constructor(
    public inode: Inode,
    /** Where it was opened. */
    readonly path: TreePath,
    readonly flags: number,
  ) {}

  /** Reads at the position take turns. */
  takeTurn(op: Operation): void {
    const { reader } = this;
    if (reader && reader !== op && !reader.isEnded && reader.load && !reader.load.isSettled) {
      const { load } = reader;
      throw new Fault('turn', () => load, true);
    }
    this.reader = op;
  }

  get canRead(): boolean {
    return (this.flags & ACCESS_MODE) !== constants.O_WRONLY;
  }

  get canWrite(): boolean {
    return (this.flags & ACCESS_MODE) !== constants.O_RDONLY;
  }

  get isAppending(): boolean {
    return (this.flags & constants.O_APPEND) !== 0;
  }
}

export const ACCESS_MODE = constants.O_WRONLY | constants.O_RDWR;

/**
 * Numbers that neither the OS (small) nor memfs (from 2^31 - 1 down) nor node:vfs (from 0x40000000 up) gives out, from
 * one counter for all copies of this package in the process: a union tries every layer's `read(fd)`.
 */
const FIRST_FD = 0x60000000;
const COUNTER = Symbol.for('wandb-fs.nextFd');
const shared: { [COUNTER]?: number } = globalThis as { [COUNTER]?: number };

export class Descriptors {
  private readonly files = new Map<number, OpenFile>();

  add(file: OpenFile): number {
    const fd = shared[COUNTER] ?? FIRST_FD;
    shared[COUNTER] = fd + 1;
    this.files.set(fd, file);
    return fd;
  }

  /** Throws EBADF for a number that isn't open here. */
  get(fd: number): OpenFile {
    const file = this.files.get(fd);
    if (!file) throw new Failure('EBADF');
    return file;
  }

  remove(fd: number): OpenFile {
    const file = this.get(fd);
    this.files.delete(fd);
    return file;
  }

  all(): readonly number[] {
    return [...this.files.keys()];
  }
}

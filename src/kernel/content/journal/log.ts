import { dirname } from 'node:path';
import { disk } from '../../../platform/disk.js';
import { syncDirectory, writeAll } from './disk.js';
import { Holdings } from './holdings.js';
import { linesOf, NEWLINE } from './records.js';

/** The log of one session, as its only writer has it: lines are appended, and now and then all of them written anew. */
export class Log {
  private fd: number | null = null;
  /** A line that failed may have left a piece behind, which the next one must not continue. */
  private isTailTorn = false;
  bytes = 0;

  /** @param isSynced what returns outlives a power loss */
  constructor(
    private readonly file: string,
    private readonly isSynced: boolean,
  ) {}

  /** A line is on the disk when this returns, and isn't there when it throws. */
  append(line: Buffer): void {
    const fd = this.open();
    const { size, nlink } = disk.fstatSync(fd);
    // Lines behind a name that somebody has removed would be acknowledged, and never read.
    if (nlink === 0) throw removedError(this.file);
    try {
      writeAll(fd, this.isTailTorn ? Buffer.concat([NEWLINE, line]) : line);
      if (this.isSynced) disk.fdatasyncSync(fd);
    } catch (error) {
      this.takeBack(fd, size);
      throw error;
    }
    this.isTailTorn = false;
    this.bytes = size + line.byteLength;
  }

  /** Puts these lines in the place of all, at once: a reader finds either log whole. */
  rewrite(lines: Iterable<Buffer>): void {
    const fresh = `${this.file}.new`;
    try {
      const all = Buffer.concat([...lines]);
      this.write(fresh, all);
      // Windows renames over no file that is open.
      this.close();
      disk.renameSync(fresh, this.file);
      this.bytes = all.byteLength;
      this.isTailTorn = false;
    } catch (error) {
      disk.rmSync(fresh, { force: true });
      throw error;
    }
    if (this.isSynced) syncDirectory(dirname(this.file));
  }

  /** Makes the file if there is none. */
  open(): number {
    this.fd ??= disk.openSync(this.file, 'a', 0o600);
    return this.fd;
  }

  close(): void {
    const { fd } = this;
    this.fd = null;
    if (fd !== null) disk.closeSync(fd);
  }

  private takeBack(fd: number, size: number): void {
    this.isTailTorn = true;
    try {
      disk.ftruncateSync(fd, size);
      this.isTailTorn = false;
    } catch (error) {
      // What failed first is what the caller hears; the piece stays, and the next line begins behind a newline.
      if (!(error as NodeJS.ErrnoException).code) throw error;
    }
  }

  private write(file: string, bytes: Buffer): void {
    const fd = disk.openSync(file, 'w', 0o600);
    try {
      writeAll(fd, bytes);
      if (this.isSynced) disk.fsyncSync(fd);
    } finally {
      disk.closeSync(fd);
    }
  }
}

const removedError = (file: string): Error =>
  Object.assign(new Error(`ENOENT: the log was removed, write '${file}'`), {
    code: 'ENOENT',
    syscall: 'write',
  });

/** What the log of a dead session comes to, and how many of its lines can't be believed. */
export function readLog(log: Buffer): { readonly holdings: Holdings; readonly torn: number } {
  const holdings = new Holdings();
  let torn = 0;
  for (const { change, bytes } of linesOf(log)) {
    if (change === null) torn++;
    else holdings.apply(change, bytes);
  }
  return { holdings, torn };
}

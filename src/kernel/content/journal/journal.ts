import { join } from 'node:path';
import { Failure } from '../../../contract/failure.js';
import { isBelow, type TreePath } from '../../../contract/tree-path.js';
import { disk } from '../../../platform/disk.js';
import { wallClock } from '../../../platform/time.js';
import type { JournalReport } from '../../writeback/recovery.js';
import { atDisk, namesIn, syncDirectory } from './disk.js';
import { Holdings } from './holdings.js';
import { Log } from './log.js';
import { type Change, type JournalRecord, lineOf } from './records.js';
import { type TakenOver, takeOver } from './recovery.js';
import { adoptedOf, blobsOf, homeOf, logOf, makeSession, type Session } from './sessions.js';

export interface JournalOptions {
  /** Shared by all processes and instances that are given it. */
  readonly dir: string;
  /** Whose changes these are (server and tree): what another identity left is never looked at. */
  readonly identity: string;
  /** What was acknowledged outlives a power loss, not just a kill. */
  readonly fsync: boolean;
  /** Milliseconds since the epoch. @default the machine's */
  readonly now?: (() => number) | undefined;
}

/** Below this many bytes a log is never written anew. */
const COMPACTED_ABOVE = 1024 * 1024;

/**
 * What is acknowledged and not durable, kept where a kill can't reach it. A call has happened when it returns, and hasn't
 * when it throws (a Failure that names the directory and the fix). Content is the caller's to write, into files that
 * `newBlob` names: first the content, then its record, and only then may a blob go that no record names any more.
 * A blob may grow behind the recorded size; below it, it stays as it is while a record names it.
 */
export class Journal {
  private readonly holdings = new Holdings();
  private readonly log: Log;
  private readonly home: string;
  private serial = 0;
  private isBlobNamed = true;
  private compactedAbove = COMPACTED_ABOVE;
  private isClosed = false;

  private constructor(
    private readonly options: JournalOptions,
    private readonly session: Session,
  ) {
    this.home = homeOf(options.dir, options.identity);
    this.log = new Log(logOf(session.directory), options.fsync);
  }

  /** Makes a session of its own, which no other instance ever writes to. */
  static open(options: JournalOptions): Journal {
    return atDisk(options.dir, () => {
      const { dir, identity, fsync } = options;
      const journal = new Journal(options, makeSession(homeOf(dir, identity), identity, fsync));
      try {
        journal.log.open();
        if (fsync) syncDirectory(journal.session.directory);
      } catch (error) {
        disk.closeSync(journal.session.owner);
        throw error;
      }
      return journal;
    });
  }

  /** This session's directory. */
  get directory(): string {
    return this.session.directory;
  }

  get blobsDirectory(): string {
    return blobsOf(this.session.directory);
  }

  /** The name of a new blob, for its record, and where to write it (mode 0600). Makes no file. */
  newBlob(): { readonly name: string; readonly path: string } {
    const name = `${this.session.nonce}-${(++this.serial).toString(36)}`;
    this.isBlobNamed = false;
    return { name, path: this.blobPath(name) };
  }

  blobPath(name: string): string {
    return join(this.blobsDirectory, name);
  }

  /** Before its record, where power loss counts: the content and its name. Else nothing. */
  syncBlob(fd: number): void {
    if (!this.options.fsync) return;
    this.atDisk(() => {
      disk.fsyncSync(fd);
      if (!this.isBlobNamed) syncDirectory(this.blobsDirectory);
      this.isBlobNamed = true;
    });
  }

  put(path: TreePath, record: JournalRecord): void {
    this.write({ op: 'put', path, record, at: (this.options.now ?? wallClock)() });
  }

  /** With everything below it. */
  remove(path: TreePath): void {
    if (this.holdings.holds(path)) this.write({ op: 'remove', path });
  }

  /** With everything below it, in place of what `to` and everything below it holds. */
  rename(from: TreePath, to: TreePath): void {
    if (from === to) return;
    // Nothing may be written down that nobody could read back.
    if (isBelow(to, from)) throw new Failure('EINVAL');
    if (this.holdings.holds(from)) this.write({ op: 'rename', from, to });
    else this.remove(to);
  }

  get(path: TreePath): JournalRecord | null {
    return this.holdings.get(path)?.record ?? null;
  }

  entries(): JournalReport<TreePath>['entries'] {
    return Array.from(this.holdings.entries(), ([path, { record }]) => ({
      path,
      kind: record.kind,
      size: record.kind === 'content' ? record.size : 0,
    }));
  }

  /**
   * Makes what dead owners of this identity left this journal's own: it is recorded here, as if it had been `put`, until
   * it is removed. To be called before the first change, which would be taken for later than all of it; calling again
   * brings what others left since.
   */
  takeOver(): TakenOver {
    const { home, session, log, holdings } = this;
    return this.atDisk(() => takeOver({ home, session, log, holdings, isSynced: this.options.fsync }));
  }

  /** Gives the session up: what it holds is there for the next start (or for `takeOver` of another instance). */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    atDisk(this.options.dir, () => {
      this.log.close();
      disk.closeSync(this.session.owner);
      // What was acquired and couldn't be read is here too.
      const isEmpty = this.holdings.count === 0 && namesIn(adoptedOf(this.directory)).length === 0;
      if (isEmpty) disk.rmSync(this.directory, { recursive: true, force: true });
    });
  }

  private write(change: Change): void {
    const line = lineOf(change);
    this.atDisk(() => this.log.append(line));
    this.holdings.apply(change, line.byteLength);
    if (this.log.bytes > this.compactedAbove && this.log.bytes > 4 * this.holdings.bytes) this.compact();
  }

  private compact(): void {
    try {
      this.log.rewrite(this.holdings.lines());
      this.compactedAbove = COMPACTED_ABOVE;
    } catch (error) {
      // A short log is an economy, and the long one says the same: what the disk refuses now is tried when it is twice
      // as long, and told by the next change that can't be written.
      if (!(error as NodeJS.ErrnoException).code) throw error;
      this.compactedAbove = 2 * this.log.bytes;
    }
  }

  private atDisk<T>(work: () => T): T {
    if (this.isClosed) throw new Failure('EBADF', `The journal in '${this.options.dir}' is closed.`);
    return atDisk(this.options.dir, work);
  }
}

export const openJournal = (options: JournalOptions): Journal => Journal.open(options);

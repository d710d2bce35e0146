import { type ErrnoCode, Failure } from '../../../contract/failure.js';
import { disk } from '../../../platform/disk.js';

/** Runs what touches the journal's disk; what the system refuses becomes a Failure that names the directory. */
export function atDisk<T>(directory: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    // Errors that aren't the system's are ours, and stay as they are. No `instanceof`: in the sandbox of a test runner
    // the system's errors are made by another realm's `Error`.
    if (typeof error !== 'object' || error === null || !('syscall' in error) || !('code' in error))
      throw error;
    const { message } = error as NodeJS.ErrnoException;
    const [code, fix] = FIXES[String(error.code)] ?? ['EIO', 'look at the disk it is on'];
    throw new Failure(code, `The journal in '${directory}' can't be used: ${fix}.`, message);
  }
}

const ELSEWHERE = 'or set `journal` to another directory';

const FIXES: Readonly<Record<string, readonly [code: ErrnoCode, fix: string]>> = {
  ENOSPC: ['ENOSPC', `its disk is full; make room, ${ELSEWHERE}`],
  EDQUOT: ['ENOSPC', `your quota is used up; make room, ${ELSEWHERE}`],
  EACCES: ['EACCES', `give this user the right to read and write it, ${ELSEWHERE}`],
  EPERM: ['EPERM', `give this user the right to read and write it, ${ELSEWHERE}`],
  EROFS: ['EROFS', 'its disk is read-only; set `journal` to a directory that can be written'],
  EMFILE: ['EMFILE', 'this process has too many files open; raise its limit (`ulimit -n`)'],
  ENFILE: ['EMFILE', 'the system has too many files open; raise its limit'],
  ENOTDIR: ['ENOTDIR', 'its path leads through a file; set `journal` to the path of a directory'],
  EEXIST: ['ENOTDIR', 'a file stands where a directory should; set `journal` to the path of a directory'],
  ENOENT: [
    'EIO',
    'somebody has removed it while it was in use; what was in it is gone, so start the process anew',
  ],
  ENAMETOOLONG: ['ENAMETOOLONG', 'its path is too long; set `journal` to a shorter one'],
};

/** Makes the names in a directory outlive a power loss. Windows has no such call, and needs none. */
export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const fd = disk.openSync(directory, 'r');
  try {
    disk.fsyncSync(fd);
  } finally {
    disk.closeSync(fd);
  }
}

/** A write may take less than it was given, where the disk is nearly full. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.byteLength; ) done += disk.writeSync(fd, bytes, done);
}

/** What `work` returns; `otherwise` where there is no such file (any more). */
export function unlessGone<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  }
}

/** The names in a directory; none where there is no such directory. */
export const namesIn = (directory: string): string[] => unlessGone(() => disk.readdirSync(directory), []);

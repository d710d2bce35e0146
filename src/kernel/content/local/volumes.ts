import { type IProcess, Volume as MemoryVolume } from 'memfs';
import { type ErrnoCode, Failure } from '../../../contract/failure.js';
import { disk } from '../../../platform/disk.js';

/** The calls that memfs and `node:fs` share, as far as local content needs them. */
export interface Volume {
  openSync(path: string, flags: string): number;
  closeSync(fd: number): void;
  readSync(fd: number, buffer: Uint8Array, offset: number, length: number, position: number): number;
  writeSync(fd: number, buffer: Uint8Array, offset: number, length: number, position: number): number;
  ftruncateSync(fd: number, length: number): void;
  unlinkSync(path: string): void;
}

/**
 * Whose its files are is no matter: of the process's own memfs would ask the system for its user at each step of each path,
 * and keep out who has taken another one since.
 */
const NOBODYS: IProcess = { cwd: () => '/', platform: 'linux', env: {}, emitWarning: process.emitWarning };

/** Small content; its public API only, and no real names. The build has memfs loaded here, not before. */
export const memoryVolume = (): Volume => MemoryVolume.fromNestedJSON({}, '/', { process: NOBODYS });

/** Files of the real disk; `guard` runs each call, and makes a Failure without a path of ours of what it refuses. */
export const diskVolume = (guard: <T>(call: () => T) => T): Volume => ({
  openSync: (path, flags) => guard(() => disk.openSync(path, flags, 0o600)),
  closeSync: (fd) => guard(() => disk.closeSync(fd)),
  readSync: (fd, buffer, offset, length, position) =>
    guard(() => disk.readSync(fd, buffer, offset, length, position)),
  writeSync: (fd, buffer, offset, length, position) =>
    guard(() => disk.writeSync(fd, buffer, offset, length, position)),
  ftruncateSync: (fd, length) => guard(() => disk.ftruncateSync(fd, length)),
  unlinkSync: (path) => guard(() => disk.unlinkSync(path)),
});

/** What the disk can refuse that a caller can do something about; all else is EIO. */
const TOLD: Readonly<Record<string, readonly [ErrnoCode, string]>> = {
  ENOSPC: ['ENOSPC', 'The disk of the temporary directory, where large content waits, is full.'],
  EDQUOT: ['ENOSPC', 'The quota of the temporary directory, where large content waits, is used up.'],
  EMFILE: ['EMFILE', 'The process has too many open files to keep large content in the temporary directory.'],
  ENFILE: ['EMFILE', 'The system has too many open files to keep large content in the temporary directory.'],
  EFBIG: ['EFBIG', 'The disk of the temporary directory takes no file that large.'],
  EACCES: ['EACCES', "The temporary directory can't be written to, so large content has no place to wait."],
  EROFS: ['EACCES', "The temporary directory can't be written to, so large content has no place to wait."],
};

/** Runs a call of `node:fs` in the temporary directory; its error becomes a Failure, which the face gives the caller's path. */
export function onDisk<T>(call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    const { code = '', message } = thrown as NodeJS.ErrnoException;
    const [errno, detail] = TOLD[code] ?? [
      'EIO',
      'The copy of the content in the temporary directory is gone or can not be used.',
    ];
    // The message ends with the path of a private file.
    throw new Failure(errno, detail, code === '' ? message : message.split(',')[0]);
  }
}

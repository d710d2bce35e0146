import { join } from 'node:path';
import { disk } from '../../../platform/disk.js';
import { isRunning, ownIdentity, parseIdentity, standingOf, textOf } from './process-identity.js';

/** What `mkdtemp` adds its characters to, so that the directory's name tells whose it is: `<prefix><process>-`. */
export const ownedPrefix = (prefix: string): string => `${prefix}${textOf(ownIdentity())}-`;

export interface Sweep {
  /** Most directories that are removed. @default 64 */
  readonly limit?: number;
  /** Most names that are looked at. @default 10000 */
  readonly looks?: number;
}

/**
 * Removes private directories below `parent` whose processes are dead: those that `ownedPrefix(prefix)` has named, and
 * those of 0.1.0, `<prefix><pid>-XXXXXX`. Only this user's. Bounded, for it runs at a first change; the next process goes on.
 *
 * @returns how many were removed
 */
export function sweepDeadDirectories(parent: string, prefix: string, options: Sweep = {}): number {
  const { limit = 64, looks = 10_000 } = options;
  let removed = 0;
  const directory = unlessRefused(() => disk.opendirSync(parent, { bufferSize: 256 }));
  if (!directory) return 0;
  try {
    for (let look = 0; look < looks && removed < limit; look++) {
      const entry = unlessRefused(() => directory.readSync());
      if (entry === null) break;
      if (!entry.name.startsWith(prefix)) continue;
      if (!unlessRefused(() => isDeadName(entry.name.slice(prefix.length)))) continue;
      if (removeOwn(join(parent, entry.name))) removed++;
    }
  } finally {
    directory.closeSync();
  }
  return removed;
}

function isDeadName(name: string): boolean {
  const owner = parseIdentity(name.slice(0, Math.max(0, name.lastIndexOf('-'))));
  if (owner) return standingOf(owner) === 'dead';
  const pid = /^([1-9]\d*)-[A-Za-z0-9]{6}$/.exec(name)?.[1];
  return pid !== undefined && !isRunning(Number(pid), null);
}

function removeOwn(path: string): boolean {
  return (
    unlessRefused(() => {
      // A link of that name could lead anywhere, and others may write into a shared directory.
      const stat = disk.lstatSync(path);
      if (!stat.isDirectory() || (process.getuid && stat.uid !== process.getuid())) return false;
      disk.rmSync(path, { recursive: true, force: true });
      return true;
    }) ?? false
  );
}

/**
 * Two processes may sweep at once, and what the system or Node's permissions keep from us stays, or all of it where no
 * file can be opened: nobody waits for a sweep, what is written needs none, and the next start tries again.
 */
function unlessRefused<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall !== undefined || code === 'ERR_ACCESS_DENIED') return null;
    throw error;
  }
}

import { createHash, randomBytes } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { basename, join } from 'node:path';
import { disk } from '../../../platform/disk.js';
import { ownIdentity, parseIdentity, standingOf, textOf } from '../spool/process-identity.js';
import { namesIn, syncDirectory, unlessGone, writeAll } from './disk.js';

/**
 * What one instance writes down, as a directory of its own:
 *
 *     <home>/<process>-<nonce>/   the name tells the owner (`process-identity.ts`)
 *       owner                     held open while the session has an owner
 *       log
 *       blobs/                    content, a file each; their names are given once in all sessions
 *       adopted/<session>/        sessions of dead owners that this one has acquired
 *
 * Owned is what a live process holds open: the descriptor of `owner` goes with the instance, with the thread (a worker
 * closes its descriptors when it ends or is terminated) and with the process. The file tells its number, so that others
 * can ask the system; there is no beat to miss, and nothing to clean up.
 */
export interface Session {
  readonly name: string;
  readonly directory: string;
  readonly nonce: string;
  /** The descriptor that owns it. */
  readonly owner: number;
}

export const logOf = (directory: string): string => join(directory, 'log');
export const blobsOf = (directory: string): string => join(directory, 'blobs');
export const adoptedOf = (directory: string): string => join(directory, 'adopted');
const ownerOf = (directory: string): string => join(directory, 'owner');

/** Where the sessions of one identity are. The number is the format's: another one isn't looked into. */
export const homeOf = (journal: string, identity: string): string =>
  join(journal, `1-${createHash('sha256').update(identity).digest('hex').slice(0, 24)}`);

export function makeSession(home: string, identity: string, isSynced: boolean): Session {
  disk.mkdirSync(home, { recursive: true, mode: 0o700 });
  const nonce = randomBytes(6).toString('hex');
  const name = `${textOf(ownIdentity())}-${nonce}`;
  const directory = join(home, name);
  disk.mkdirSync(directory, { mode: 0o700 });
  disk.mkdirSync(blobsOf(directory), { mode: 0o700 });
  const owner = disk.openSync(ownerOf(directory), 'wx', 0o600);
  try {
    writeAll(owner, Buffer.from(`${JSON.stringify({ descriptor: owner, identity })}\n`));
    if (isSynced) {
      disk.fsyncSync(owner);
      for (const made of [directory, home, join(home, '..')]) syncDirectory(made);
    }
  } catch (error) {
    disk.closeSync(owner);
    throw error;
  }
  return { name, directory, nonce, owner };
}

/** Sessions of one identity that nobody owns. Those of machines that can't be asked stay: most have live owners. */
export function deadSessions(home: string, own: Session): string[] {
  const { uid } = disk.statSync(own.directory);
  return namesIn(home).filter((name) => {
    const owner = parseIdentity(name.slice(0, Math.max(0, name.lastIndexOf('-'))));
    // In a directory that others can write to, anybody could put down what would be uploaded in this user's name.
    if (!owner || name === own.name || uidOf(join(home, name)) !== uid) return false;
    const standing = standingOf(owner);
    return standing === 'dead' || (standing === 'alive' && isReleased(join(home, name), owner.pid));
  });
}

/** null for what is no directory, or none any more. */
function uidOf(path: string): number | null {
  const stat = disk.lstatSync(path, { throwIfNoEntry: false });
  return stat?.isDirectory() ? stat.uid : null;
}

/**
 * Has a process that lives let go of a session? What can't be known counts as owned: on Linux any process of this user
 * can be asked, elsewhere this one only, so that sessions of a live one wait until it ends.
 */
function isReleased(directory: string, pid: number): boolean {
  const descriptor = descriptorOf(directory);
  if (descriptor === null) return false;
  // Where it is gone its owner removes it.
  return unlessGone(() => {
    const file = disk.statSync(ownerOf(directory), { bigint: true });
    const held = statOfDescriptor(pid, descriptor);
    return held !== 'unknown' && (held === null || held.ino !== file.ino || held.dev !== file.dev);
  }, false);
}

/** null while the session is being made, or removed. */
function descriptorOf(directory: string): number | null {
  const text = unlessGone(() => disk.readFileSync(ownerOf(directory), 'utf8'), '');
  const found = /^\{"descriptor":(\d+),.*\}\n$/s.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

function statOfDescriptor(pid: number, descriptor: number): BigIntStats | null | 'unknown' {
  if (pid !== process.pid && process.platform !== 'linux') return 'unknown';
  try {
    return pid === process.pid
      ? disk.fstatSync(descriptor, { bigint: true })
      : disk.statSync(`/proc/${pid}/fd/${descriptor}`, { bigint: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EBADF' || code === 'ENOENT') return null;
    if (code === 'EACCES' || code === 'EPERM' || code === 'ERR_ACCESS_DENIED') return 'unknown';
    throw error;
  }
}

/** Takes a session for `own`. Of all who try exactly one succeeds; if it dies, the next owner of `own` has both. */
export function acquire(directory: string, own: Session): void {
  disk.mkdirSync(adoptedOf(own.directory), { recursive: true, mode: 0o700 });
  const place = join(adoptedOf(own.directory), basename(directory));
  unlessGone(() => disk.renameSync(directory, place), undefined);
}

/** What dead owners had acquired comes beside them: the depth of directories must not grow with the deaths. */
export function liftNested(own: Session, directory = own.directory): void {
  for (const name of namesIn(adoptedOf(directory))) {
    const nested = join(adoptedOf(directory), name);
    liftNested(own, nested);
    if (directory !== own.directory) acquire(nested, own);
  }
}

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../../contract/failure.js';
import { disk } from '../../../platform/disk.js';
import type { SpoolPlace } from '../local/content-files.js';
import { diskVolume, onDisk } from '../local/volumes.js';
import { ownedPrefix, sweepDeadDirectories } from './dead-directories.js';

const PREFIX = 'wandb-fs-spool-';

/** What processes left that were killed is removed once a process. */
let isSwept = false;

/**
 * A private directory for large content that waits for its upload, made at the first need. Whoever cleans the temporary
 * directory may take it away: then the next file gets a new one.
 */
export class Spool implements SpoolPlace {
  readonly volume = diskVolume(onDisk);
  private directory: string | null = null;
  private readonly directories = new Set<string>();
  private serial = 0;

  /** Made at a mount's first change: who only ever writes small files gives back what the dead have left, too. */
  constructor() {
    if (isSwept) return;
    isSwept = true;
    sweepDeadDirectories(tmpdir(), PREFIX);
  }

  newPath(): string {
    if (this.directory === null || !isOwn(this.directory)) {
      this.directory = makeDirectory();
      this.directories.add(this.directory);
    }
    return join(this.directory, String(++this.serial));
  }

  close(): void {
    for (const directory of this.directories) disk.rmSync(directory, { recursive: true, force: true });
    this.directories.clear();
    this.directory = null;
  }
}

function makeDirectory(): string {
  try {
    return onDisk(() => disk.mkdtempSync(join(tmpdir(), ownedPrefix(PREFIX))));
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== 'EIO') throw thrown;
    const detail = `The temporary directory ${tmpdir()} can't be used for large content that waits: set TMPDIR to one that can.`;
    throw new Failure('EIO', detail, thrown.cause);
  }
}

/** A directory that was removed may have been made anew by somebody else, whose links we would follow. */
function isOwn(directory: string): boolean {
  const stats = disk.lstatSync(directory, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && (process.getuid === undefined || stats.uid === process.getuid());
}

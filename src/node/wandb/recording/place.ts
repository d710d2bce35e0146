import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { WORLD_FILE } from '../../../contract/world/format.js';
import { COMING, isWorld, prefixBeside, REPLACED, replacedWorld } from '../../../contract/world/replacing.js';
import { disk } from '../../../platform/disk.js';
import { failure, hasCode, retold } from '../../arguments/errors.js';

const { lstat, mkdir, mkdtemp, readdir, realpath, rename, rm, rmdir, stat } = disk.promises;

/**
 * Where a world is to appear. What stands there is looked at before anything is asked for, and again when it is to go:
 * only the world that was there at first is ever replaced, and only if that was asked for.
 */
export class Place {
  /** What tells that world from any other; null where there was none. */
  private world: string | null = null;

  private constructor(
    /** Absolute, as the caller calls it. */
    readonly directory: string,
    /** Without links: one that leads to the place stays. */
    private readonly real: string,
    private readonly isReplaced: boolean,
  ) {}

  /** Rejects with what is in the way. */
  static async at(directory: string, isReplaced: boolean): Promise<Place> {
    return telling(directory, async () => {
      const place = new Place(directory, await realOf(directory), isReplaced);
      await place.assertAlone();
      await putBack(place.real);
      place.world = await place.standing();
      return place;
    });
  }

  /**
   * Nobody sees half of it: it is written beside its place, and takes it at the end.
   *
   * @param write writes it into a directory
   */
  async fill(write: (directory: string) => Promise<void>): Promise<void> {
    const parent = dirname(this.real);
    const top = await telling(this.directory, () => mkdir(parent, { recursive: true }));
    try {
      await this.fillBeside(await telling(this.directory, () => mkdtemp(prefixBeside(this.real))), write);
    } catch (error) {
      if (top !== undefined) await removeEmpty(parent, top);
      throw error;
    }
  }

  private async fillBeside(beside: string, write: (directory: string) => Promise<void>): Promise<void> {
    const coming = join(beside, COMING);
    try {
      await mkdir(coming);
      await write(coming);
      await telling(this.directory, () => this.takeBy(coming, join(beside, REPLACED)));
    } catch (error) {
      throw isBelow(error, beside) ? toldOf(this.directory, error) : error;
    } finally {
      await removeBeside(beside);
    }
  }

  private async takeBy(coming: string, replaced: string): Promise<void> {
    const now = await this.standing();
    if (now !== this.world) throw this.changed();
    if (now === null) return this.settle(coming);
    await rename(this.real, replaced);
    let isAway = true;
    try {
      // Another recording may have been faster, between the look and the rename.
      if ((await identityOf(replaced).catch(unless('ENOENT'))) !== now) throw this.changed();
      await this.settle(coming);
      isAway = false;
    } finally {
      if (isAway) await this.returnTo(replaced);
    }
    await rm(replaced, { recursive: true });
  }

  /** Takes the place, in which there is nothing. */
  private async settle(coming: string): Promise<void> {
    try {
      // Where there is an empty directory, not every system renames onto it.
      await rmdir(this.real).catch(unless('ENOENT'));
      await rename(coming, this.real);
    } catch (error) {
      if ((await this.standing()) !== null) throw this.changed();
      throw error;
    }
  }

  private async returnTo(replaced: string): Promise<void> {
    try {
      await rename(replaced, this.real);
    } catch (error) {
      // Another recording has put it back.
      if (hasCode(error, 'ENOENT')) return;
      throw this.refusal(
        'EEXIST',
        `Something else took its place; the world that stood there is in ${replaced} now.`,
      );
    }
  }

  /** What tells the world in the place from any other; null where nothing is there, or an empty directory. */
  private async standing(): Promise<string | null> {
    const names = await readdir(this.real).catch(unless('ENOENT'));
    if (!names || names.length === 0) return null;
    if (!names.includes(WORLD_FILE))
      throw this.refusal(
        'ENOTEMPTY',
        'It holds something else than a recorded world: give another directory.',
      );
    if (!this.isReplaced)
      throw this.refusal('EEXIST', 'A world was recorded there: `replace: true` replaces it as a whole.');
    return identityOf(this.real);
  }

  /** A world takes all that is in it for its own; and who is in a directory would be in one that is gone. */
  private async assertAlone(): Promise<void> {
    for (let above = this.real; above !== dirname(above); ) {
      above = dirname(above);
      if (await isWorld(above))
        throw this.refusal(
          'EINVAL',
          `It is within a recorded world, ${above}: give a directory beside that.`,
        );
    }
    const way = relative(this.real, process.cwd());
    if (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
      throw this.refusal(
        'EBUSY',
        'This process works in it, and a world takes its place as a whole: work elsewhere.',
      );
  }

  private changed(): Error {
    return this.refusal(
      'EEXIST',
      'Somebody else recorded there meanwhile; that stays, and this is given up.',
    );
  }

  private refusal(code: 'EBUSY' | 'EEXIST' | 'EINVAL' | 'ENOTEMPTY', detail: string): Error {
    return failure(code, { syscall: 'record', path: this.directory }, detail);
  }
}

/** Where a path leads, which may lack its last names. */
async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || path === dirname(path)) throw error;
    if (await lstat(path).catch(unless('ENOENT'))) {
      throw failure('ENOENT', { syscall: 'record', path }, 'It is a symbolic link that leads to nothing.');
    }
    return join(await realOf(dirname(path)), basename(path));
  }
}

/** A recording that was killed just when it replaced the world left none here. */
async function putBack(real: string): Promise<void> {
  if (await lstat(real).catch(unless('ENOENT'))) return;
  const replaced = await replacedWorld(real);
  if (replaced === null) return;
  await rename(replaced, real);
  await removeBeside(dirname(replaced));
}

/** A world that was to be replaced and has no place now stays. */
async function removeBeside(beside: string): Promise<void> {
  await rm(join(beside, COMING), { recursive: true, force: true });
  await rmdir(beside).catch(unless('ENOTEMPTY', 'EEXIST', 'ENOENT'));
}

/** What was made on the way to a place where nothing appeared. */
async function removeEmpty(directory: string, top: string): Promise<void> {
  for (let at = directory; at.startsWith(top); at = dirname(at)) {
    const isGone = await rmdir(at).then(() => true, unless('ENOTEMPTY', 'EEXIST', 'ENOENT'));
    if (!isGone) return;
  }
}

/** A file of its own in each, whatever numbers the disk uses again. */
async function identityOf(directory: string): Promise<string> {
  const { dev, ino, ctimeNs } = await stat(join(directory, WORLD_FILE), { bigint: true });
  return `${dev}:${ino}:${ctimeNs}`;
}

const unless =
  (...codes: readonly string[]) =>
  (error: unknown): undefined => {
    if (!hasCode(error, ...codes)) throw error;
  };

/** What the disk refuses, as told of the directory that the caller knows. */
async function telling<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toldOf(directory, error);
  }
}

function toldOf(directory: string, error: unknown): unknown {
  const call = { syscall: 'record', path: directory };
  const isTold = hasCode(error) && 'syscall' in error && error.syscall === call.syscall;
  if (isTold) return error;
  if (!hasCode(error, 'ENOTDIR')) return retold(error, call);
  return failure('ENOTDIR', call, 'A file is in its place, or on the way there: give another directory.');
}

/** Node tells no path where an open file is refused, as on a full disk. */
const isBelow = (error: unknown, directory: string): boolean =>
  hasCode(error) && (!('path' in error) || String(error.path).startsWith(directory));

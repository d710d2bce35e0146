import type { Inode } from './inode.js';

/** Numbers below are counted, numbers from here up are hashed: the one is never the other. */
const FIRST_HASHED = 2 ** 36;
/** Numbers that are remembered singly before the dead among them are looked for. */
const SWEEP_FROM = 4096;
const RETIRED_BITS = 2 ** 20;

/**
 * Inode numbers: the first value is hashed from the path, so that two processes mostly agree; it then belongs to the
 * inode (follows a rename) and is never given twice. Given when first asked for: a walk that never stats costs none.
 *
 * What is remembered for that is bounded by what is alive: numbers of the dead are only marks in a bitmap, from which a
 * number can't be told from others with the same low bits. A path whose mark is set gets a counted number: the more
 * files have gone, the less two processes agree, but no number comes back. An upload, or a watcher, may still speak of
 * the old file by it.
 */
export class InodeNumbers {
  private given = new Set<number>();
  private retired: Uint8Array | null = null;
  private counted = 0;
  private sweepAt: number;

  /** @param living all inodes that are in the tree or open */
  constructor(
    private readonly living: () => Iterable<Inode>,
    private readonly sweepFrom = SWEEP_FROM,
  ) {
    this.sweepAt = sweepFrom;
  }

  of(inode: Inode): number {
    if (inode.ino === 0) {
      const hashed = hash(inode.path);
      inode.ino = this.isTaken(hashed) ? ++this.counted : hashed;
      if (inode.ino === hashed) this.given.add(hashed);
      if (this.given.size >= this.sweepAt) this.sweep();
    }
    return inode.ino;
  }

  /**
   * Forgets the number of an inode that is forgotten itself, but not gone: what is seen at its path again gets the same.
   * Returns false where it wouldn't: it was renamed, or is not the first one of its path.
   */
  giveBack(inode: Inode): boolean {
    if (inode.ino === 0) return true;
    if (inode.ino !== hash(inode.path) || this.isRetired(inode.ino)) return false;
    this.given.delete(inode.ino);
    return true;
  }

  /** Numbers that are remembered singly. */
  get remembered(): number {
    return this.given.size;
  }

  private isTaken(hashed: number): boolean {
    return this.given.has(hashed) || this.isRetired(hashed);
  }

  private isRetired(hashed: number): boolean {
    const { byte, bit } = markOf(hashed);
    return this.retired !== null && ((this.retired[byte] ?? 0) & bit) !== 0;
  }

  private sweep(): void {
    const alive = new Set<number>();
    for (const { ino } of this.living()) if (this.given.has(ino)) alive.add(ino);
    this.retired ??= new Uint8Array(RETIRED_BITS / 8);
    for (const number of this.given) {
      if (alive.has(number)) continue;
      const { byte, bit } = markOf(number);
      this.retired[byte] = (this.retired[byte] ?? 0) | bit;
    }
    this.given = alive;
    this.sweepAt = Math.max(this.sweepFrom, 2 * alive.size);
  }
}

function markOf(number: number): { readonly byte: number; readonly bit: number } {
  const mark = number % RETIRED_BITS;
  return { byte: mark >>> 3, bit: 1 << (mark & 7) };
}

/** 53 bits out of two FNV-1a runs; never one of the counted. */
function hash(text: string): number {
  let low = 0x811c9dc5;
  let high = 0xcbf29ce4;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x5bd1e995);
  }
  const number = ((high >>> 0) & 0x1fffff) * 0x100000000 + (low >>> 0);
  return number < FIRST_HASHED ? number + FIRST_HASHED : number;
}

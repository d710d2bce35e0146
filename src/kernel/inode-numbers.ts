import type { Inode } from './inode.js';

/**
 * Inode numbers: the first value is hashed from the path, so that two processes mostly agree; it then belongs to the
 * inode (follows a rename) and is never given twice. Given when first asked for: a walk that never stats costs none.
 */
export class InodeNumbers {
  private readonly used = new Set<number>();

  of(inode: Inode): number {
    if (inode.ino === 0) {
      let ino = hash(inode.path);
      while (this.used.has(ino)) ino = ino === Number.MAX_SAFE_INTEGER ? 2 : ino + 1;
      this.used.add(ino);
      inode.ino = ino;
    }
    return inode.ino;
  }
}

/** 53 bits out of two FNV-1a runs; never 0. */
function hash(text: string): number {
  let low = 0x811c9dc5;
  let high = 0xcbf29ce4;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x5bd1e995);
  }
  return ((high >>> 0) & 0x1fffff) * 0x100000000 + (low >>> 0) || 1;
}

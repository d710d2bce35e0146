import type { Dirent } from 'node:fs';
import type { AnyKind } from '../../results/dirents.js';
import type { Composite } from '../driver.js';
import type { Ahead } from './lookahead.js';

/** What stands at a path, as far as copies ask. */
export interface Seen {
  readonly kind: AnyKind;
  readonly dev: number;
  readonly ino: number;
  readonly mode: number;
  readonly nlink: number;
  readonly size: number;
  readonly atimeMs: number;
  readonly mtimeMs: number;
}

/** `stat` follows links. */
export type Look = 'lstat' | 'stat';

/**
 * How composites that are of several calls look at what is there: a tree answers by its primitives, `mountAll` by calls
 * of the filesystems that the paths lead to.
 */
export interface Looks {
  /** @param isProbe nothing is expected there: where to find out why takes more than the look, an ENOENT needn't tell it */
  look(name: Look, path: string, isProbe?: boolean): Composite<Seen>;
  readdir(path: string): Composite<readonly Dirent[]>;
  realpath(path: string): Composite<string>;
}

/** What `cp` does, by the names of `node:fs`. */
export type Doing = 'copyFile' | 'mkdir' | 'readlink' | 'symlink' | 'unlink' | 'utimes';

export interface CpSteps extends Looks {
  /** Calls take time though what is copied is here, as those of a disk do: small files are copied several at once. */
  readonly takesTime: boolean;
  run<T>(name: Doing, ...args: readonly unknown[]): Composite<T>;
  /**
   * Fills a directory with copies of what is in another one.
   *
   * @param mode of the directory, which is made; null for one that is there
   */
  intoDirectory(from: string, to: string, mode: number | null, fill: Composite<void>): Composite<void>;
  /** Absolute and normalised: equal for equal places. */
  placeOf(path: string): string;
  /**
   * Where to walk through a directory from, so that all of it is of one version; the path itself where that makes no
   * difference. An alias on the way may move meanwhile.
   */
  startAt(path: string): Composite<string>;
  /**
   * What a link that stands there is to who copies it: an alias, which stands for its version, and is set by nobody who
   * copies what is around it; a file of its version, where it leads to a URI; what it leads to, in another filesystem; or a
   * link.
   */
  linkAt(path: string): 'alias' | 'file' | 'target' | 'link';
  /** What is asked of the source before it is copied into the target; null: that takes no time. */
  ahead?(from: string, to: string): Composite<Ahead | null>;
  /** Why a name can't be written beside those before; null: it can. */
  refusalsIn?(from: string, to: string): ((name: string) => string | null) | null;
}

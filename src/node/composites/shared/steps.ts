import type { Dirent } from 'node:fs';
import { hasCode } from '../../arguments/errors.js';
import type { AnyKind } from '../../results/dirents.js';
import type { Composite } from '../driver.js';

/** What stands at a path, as far as copies ask. */
export interface Seen {
  readonly kind: AnyKind;
  readonly dev: number;
  readonly ino: number;
  readonly mode: number;
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
  /** @param isProbe nothing is expected there: an ENOENT needn't tell why */
  look(name: Look, path: string, isProbe?: boolean): Composite<Seen>;
  /** @param syscall what errors name, where the filesystem doesn't */
  readdir(path: string, syscall: 'scandir' | 'opendir'): Composite<readonly Dirent[]>;
  realpath(path: string): Composite<string>;
}

/** Null where nothing is. */
export function* lookIfThere(looks: Looks, name: Look, path: string): Composite<Seen | null> {
  try {
    return yield* looks.look(name, path, true);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** What `cp` does. */
export interface CpSteps extends Looks {
  readlink(path: string): Composite<string>;
  unlink(path: string): Composite<void>;
  symlink(target: string, path: string): Composite<void>;
  copyFile(from: string, to: string, mode: number): Composite<void>;
  utimes(path: string, atime: number, mtime: number): Composite<void>;
  /** With those above it. */
  mkdirAll(path: string): Composite<unknown>;
  /**
   * Fills a directory with copies of what is in another one.
   *
   * @param mode of the directory, which is made; null for one that is there
   */
  intoDirectory(from: string, to: string, mode: number | null, fill: Composite<void>): Composite<void>;
  /** Absolute and normalised: equal for equal places. */
  placeOf(path: string): string;
  /** Where to walk through a directory from: an alias that moves meanwhile would lead into another version. */
  walkFrom(path: string): Composite<string>;
  /** Who copies a link that stands there means what it leads to. */
  isLinkFollowed(path: string): boolean;
  /** A link that stands there is set on the server, where it mustn't be set by a copy. */
  isAliasPlace(path: string): boolean;
  /** Why a name can't be written beside those before; null: it can. */
  refusalsIn?(from: string, to: string): ((name: string) => string | null) | null;
}

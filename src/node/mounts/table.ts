import { posix } from 'node:path';
import { hasCode } from '../arguments/errors.js';
import { asLocalPath } from '../arguments/paths.js';
import type { Filesystem } from './filesystem.js';

export interface MountedTree {
  /** Absolute and normalised. */
  readonly prefix: string;
  readonly filesystem: Filesystem;
}

/** A path argument, and whose it is. */
export interface Located {
  readonly owner: Filesystem;
  /** Absolute and normalised. */
  readonly path: string;
  /** As the caller wrote it, as text. */
  readonly given: string;
  /** What its owner is called with. */
  readonly argument: unknown;
  readonly isMountPoint: boolean;
  /** Something is mounted further down. */
  readonly isAbove: boolean;
}

/** Whose a path is, told from its text alone: nobody is asked. */
export class MountTable {
  readonly #trees: readonly MountedTree[];
  /** The directories above mount points, and the names in them that lead to those. */
  readonly #above = new Map<string, Set<string>>();

  constructor(
    trees: readonly MountedTree[],
    readonly base: Filesystem,
  ) {
    this.#trees = [...trees].sort((a, b) => b.prefix.length - a.prefix.length);
    for (const { prefix } of trees) {
      for (let path = prefix; path !== '/'; path = posix.dirname(path)) {
        const names = this.#above.get(posix.dirname(path)) ?? new Set();
        this.#above.set(posix.dirname(path), names.add(posix.basename(path)));
      }
    }
  }

  isAbove(path: string): boolean {
    return this.#above.has(path);
  }

  /** The names in a directory that lead to mount points, sorted. */
  mountsIn(path: string): readonly string[] {
    return [...(this.#above.get(path) ?? [])].sort();
  }

  /** Null for what is no path; `suffix` is what a call adds to it. */
  locate(value: unknown, suffix = ''): Located | null {
    const given = textOf(value);
    if (given === null || given + suffix === '') return null;
    const path = posix.resolve(given + suffix);
    const tree = this.#treeAt(path);
    const owner = tree?.filesystem ?? this.base;
    return {
      owner,
      path,
      given,
      argument: this.#climbsFromElsewhere(given, owner) ? withSlashOf(given, posix.resolve(given)) : value,
      isMountPoint: tree?.prefix === path,
      isAbove: this.#above.has(path),
    };
  }

  #treeAt(path: string): MountedTree | undefined {
    return this.#trees.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));
  }

  /**
   * A `..` in a directory that its owner may not have would lead him nowhere. All others he takes himself: behind a
   * symbolic link they lead elsewhere than they read.
   */
  #climbsFromElsewhere(given: string, owner: Filesystem): boolean {
    if (!given.includes('..')) return false;
    const segments = posix.isAbsolute(given) ? [] : process.cwd().split('/').filter(Boolean);
    for (const segment of given.split('/')) {
      if (segment === '' || segment === '.') continue;
      if (segment !== '..') {
        segments.push(segment);
        continue;
      }
      const at = `/${segments.join('/')}`;
      if (this.#above.has(at) || (this.#treeAt(at)?.filesystem ?? this.base) !== owner) return true;
      segments.pop();
    }
    return false;
  }
}

const withSlashOf = (given: string, path: string): string =>
  given.endsWith('/') && path !== '/' ? `${path}/` : path;

/** What is refused here is refused by the base again, in its own words. */
function textOf(value: unknown): string | null {
  if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) return null;
  try {
    return asLocalPath(value, 'path');
  } catch (error) {
    if (hasCode(error)) return null;
    throw error;
  }
}

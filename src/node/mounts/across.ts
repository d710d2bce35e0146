import type { Dirent } from 'node:fs';
import { posix } from 'node:path';
import type { Composite } from '../composites/driver.js';
import { cpOver } from '../composites/shared/cp.js';
import { asCpSettings } from '../composites/shared/cp-settings.js';
import type { CpSteps, Look, Seen } from '../composites/shared/steps.js';
import { Lookups } from '../globbing/lookups.js';
import { absoluteOnDisk, asSearch, type Search } from '../globbing/options.js';
import { type Found, GlobWalk } from '../globbing/search.js';
import { DiskNames } from './disk-names.js';
import { call, type Filesystem, seenOf } from './filesystem.js';
import type { Located, MountTable } from './table.js';

/** `cp` between filesystems, or of directories that something is mounted in. */
export function cpAcross(
  steps: WholeSteps,
  [from, to]: readonly [Located, Located],
  options: unknown,
): Composite<void> {
  return cpOver(steps, from.given, to.given, asCpSettings(options));
}

/** Null where what is looked for is the base's alone, which has a `glob` of its own. */
export function globAcross(
  steps: WholeSteps,
  [pattern, options]: readonly unknown[],
): Composite<Found[]> | null {
  const { table } = steps;
  const search = asSearch(pattern, options, absoluteOnDisk);
  if (table.base.has('glob') && isOfBase(table, search)) return null;
  return new GlobWalk(search, new Lookups(steps)).all();
}

/** Nothing is mounted at or below the directories in which the patterns' first expressions are tried. */
function isOfBase(table: MountTable, { patterns, root }: Search): boolean {
  return patterns.every((pattern) => {
    const start = pattern.isAbsolute ? '/' : root;
    const at = table.locate(posix.resolve(start, pattern.start));
    return at === null || (at.owner === table.base && !at.isAbove);
  });
}

/** All filesystems as one: each step is a call that goes where its paths lead. */
export class WholeSteps implements CpSteps {
  constructor(
    readonly table: MountTable,
    /** The fs object over all of them. */
    private readonly whole: Filesystem,
  ) {}

  *look(name: Look, path: string): Composite<Seen> {
    return seenOf(yield* this.#call(name, path));
  }

  readdir(path: string): Composite<readonly Dirent[]> {
    return this.#call('readdir', path, { withFileTypes: true });
  }

  realpath(path: string): Composite<string> {
    return this.#call('realpath', path);
  }

  readlink(path: string): Composite<string> {
    return this.#call('readlink', path);
  }

  unlink(path: string): Composite<void> {
    return this.#call('unlink', path);
  }

  symlink(target: string, path: string): Composite<void> {
    return this.#call('symlink', target, path);
  }

  copyFile(from: string, to: string, mode: number): Composite<void> {
    return this.#call('copyFile', from, to, mode);
  }

  utimes(path: string, atime: number, mtime: number): Composite<void> {
    return this.#call('utimes', path, atime, mtime);
  }

  mkdirAll(path: string): Composite<unknown> {
    return this.#call('mkdir', path, { recursive: true });
  }

  /** What is copied into it needs write permission: the directory's own bits come last. */
  *intoDirectory(_from: string, to: string, mode: number | null, fill: Composite<void>): Composite<void> {
    if (mode !== null) yield* this.#call('mkdir', to);
    yield* fill;
    if (mode !== null) yield* this.#call('chmod', to, mode);
  }

  placeOf(path: string): string {
    return this.table.locate(path)?.path ?? path;
  }

  // biome-ignore lint/correctness/useYield: where a disk's links lead doesn't change by itself.
  *walkFrom(path: string): Composite<string> {
    return path;
  }

  /** As within a tree: who copies an alias means its version. */
  isLinkFollowed(path: string): boolean {
    return this.#isOfTree(path) === true;
  }

  /** No alias leads to another filesystem. */
  isAliasPlace(): boolean {
    return false;
  }

  /** Names of trees may be anybody's; those of the disk are its own already. */
  refusalsIn(from: string, to: string): ((name: string) => string | null) | null {
    if (this.#isOfTree(from) !== true || this.#isOfTree(to) !== false) return null;
    const names = new DiskNames(process.platform);
    return (name) => names.refusalOf(name);
  }

  #isOfTree(path: string): boolean | undefined {
    return this.table.locate(path)?.owner.isTree;
  }

  #call<T>(name: string, ...args: readonly unknown[]): Composite<T> {
    return call(this.whole, name, ...args);
  }
}

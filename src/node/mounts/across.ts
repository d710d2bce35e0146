import type { Dirent } from 'node:fs';
import { posix } from 'node:path';
import type { AheadOf } from '../composites/ahead.js';
import type { Composite } from '../composites/driver.js';
import type { Ahead } from '../composites/shared/lookahead.js';
import type { CpSteps, Look, Seen } from '../composites/shared/steps.js';
import { Lookups } from '../globbing/lookups.js';
import { asSearch, type Search } from '../globbing/options.js';
import { type Found, GlobWalk } from '../globbing/search.js';
import { AheadOfSearch } from '../globbing/upcoming.js';
import { DiskNames } from './disk-names.js';
import { call, type Filesystem, seenOf } from './filesystem.js';
import type { MountTable } from './table.js';

/** Null where what is looked for is the base's alone, which has a `glob` of its own. */
export function globAcross(
  steps: WholeSteps,
  [pattern, options]: readonly unknown[],
): Composite<Found[]> | null {
  const { table } = steps;
  const search = asSearch(pattern, options, (cwd) => posix.resolve(cwd));
  if (table.base.has('glob') && isOfBase(table, search)) return null;
  const ahead = new AheadOfSearch(new WholeAhead(table, 'down to units'), false);
  return new GlobWalk(search, new Lookups(steps), ahead).all();
}

/** Nothing is mounted at or below the directories in which the patterns' first expressions are tried. */
function isOfBase(table: MountTable, { patterns, root }: Search): boolean {
  return patterns.every((pattern) => {
    const start = pattern.isAbsolute ? '/' : root;
    const at = table.locate(posix.resolve(start, pattern.start));
    return at === null || (at.owner === table.base && !at.isAbove);
  });
}

/** Asks each filesystem for what lies ahead in it. */
class WholeAhead implements Ahead {
  readonly #asked = new Map<Filesystem, Ahead | null>();

  constructor(
    private readonly table: MountTable,
    private readonly of: AheadOf,
  ) {}

  /** The least of those that were asked. */
  get mostBytes(): number {
    return Math.min(
      ...[...this.#asked.values()].map((ahead) => ahead?.mostBytes ?? Number.POSITIVE_INFINITY),
    );
  }

  list(path: string, onListed: Parameters<Ahead['list']>[1]): boolean {
    return this.#at(path)?.list(path, onListed) ?? false;
  }

  look(path: string, isListed?: boolean): boolean {
    return this.#at(path)?.look(path, isListed) ?? false;
  }

  fetch(path: string): number {
    return this.#at(path)?.fetch(path) ?? 0;
  }

  end(): void {
    for (const ahead of this.#asked.values()) ahead?.end();
  }

  #at(path: string): Ahead | null {
    const at = this.table.locate(path);
    return at && this.#of(at.owner);
  }

  #of(owner: Filesystem): Ahead | null {
    const known = this.#asked.get(owner);
    if (known !== undefined) return known;
    const ahead = owner.ahead(this.of);
    this.#asked.set(owner, ahead);
    return ahead;
  }
}

/** All filesystems as one: each step is a call that goes where its paths lead. */
export class WholeSteps implements CpSteps {
  readonly takesTime = true;

  constructor(
    readonly table: MountTable,
    /** The fs object over all of them. */
    private readonly whole: Filesystem,
  ) {}

  *look(name: Look, path: string): Composite<Seen> {
    return seenOf(yield* this.run(name, path));
  }

  readdir(path: string): Composite<readonly Dirent[]> {
    return this.run('readdir', path, { withFileTypes: true });
  }

  realpath(path: string): Composite<string> {
    return this.run('realpath', path);
  }

  run<T>(name: string, ...args: readonly unknown[]): Composite<T> {
    return call(this.whole, name, ...args);
  }

  /** What is copied into it needs write permission: the directory's own bits come last. */
  *intoDirectory(_from: string, to: string, mode: number | null, fill: Composite<void>): Composite<void> {
    if (mode !== null) yield* this.run('mkdir', to);
    yield* fill;
    if (mode !== null) yield* this.run('chmod', to, mode);
  }

  placeOf(path: string): string {
    return this.table.locate(path)?.path ?? path;
  }

  *startAt(path: string): Composite<string> {
    return this.#isOfTree(path) === true ? yield* this.realpath(path) : path;
  }

  /** As within a tree: who copies an alias means its version. No alias is set by what comes from elsewhere. */
  linkAt(path: string): 'target' | 'link' {
    return this.#isOfTree(path) === true ? 'target' : 'link';
  }

  /** What is taken from a tree, and what is mounted below it; the disk's own is at hand. */
  // biome-ignore lint/correctness/useYield: what is mounted where is known.
  *ahead(from: string): Composite<Ahead | null> {
    const at = this.table.locate(from);
    return at && (at.owner.isTree || at.isAbove) ? new WholeAhead(this.table, 'all') : null;
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
}

import type { Dirent } from 'node:fs';
import { posix } from 'node:path';
import type { Composite } from '../composites/driver.js';
import { type Lookups, under } from './lookups.js';
import type { Search } from './options.js';
import type { Pattern } from './pattern.js';
import { tryName } from './trial.js';
import type { AheadOfSearch, Upcoming } from './upcoming.js';

export type Found = string | Dirent;

/** A directory in which the names that a pattern may match are tried. */
interface Here {
  readonly path: string;
  readonly pattern: Pattern;
  /** The pattern has matched the directory itself: what matches in it was found by its own name. */
  readonly isLast: boolean;
}

/**
 * Finds what Node's `glob` finds, in Node's order: a port of its walk (lib/internal/fs/glob.js), which tries all
 * segments that may match in a directory at once and never lists one twice. Driven step by step, so that one who needs
 * few results asks for few directories.
 */
export class GlobWalk {
  readonly #search: Search;
  readonly #lookups: Lookups;
  readonly #queue: Upcoming[];
  readonly #ahead: AheadOfSearch | null;
  readonly #tried = new Map<string, Set<string>>();
  readonly #results = new Set<string>();
  readonly #found: Found[] = [];
  #next = new Map<string, readonly Pattern[]>();
  /** In these the look at the directory is left out: what is looked for in it tells whether it is there. */
  readonly #presumed = new WeakSet<Pattern>();

  /** @param ahead null: nothing takes long enough to be asked for before it is needed */
  constructor(search: Search, lookups: Lookups, ahead: AheadOfSearch | null = null) {
    this.#search = search;
    this.#lookups = lookups;
    this.#ahead = ahead;
    this.#queue = [{ path: '.', patterns: search.patterns }];
  }

  /** Null when there is no more. */
  *next(): Composite<Found | null> {
    while (this.#found.length === 0) {
      this.#ahead?.fill(this.#queue, (item) => this.#entered(item));
      const item = this.#queue.pop();
      if (item === undefined) {
        this.#ahead?.end();
        return null;
      }
      this.#ahead?.take(item);
      for (const pattern of item.patterns) yield* this.#visit(item.path, pattern);
      for (const [path, patterns] of this.#next) this.#queue.push({ path, patterns });
      this.#next = new Map();
      // Taken from the end: each `shift` of a long array moves all that is behind.
      this.#found.reverse();
    }
    return this.#found.pop() ?? null;
  }

  *all(): Composite<Found[]> {
    const all: Found[] = [];
    for (let found = yield* this.next(); found !== null; found = yield* this.next()) all.push(found);
    return all;
  }

  /** Where a directory is that will be gone into, as far as is known; else null. */
  #entered({ path, patterns }: Upcoming): string | null {
    const full = this.#full(path);
    const isDirectory =
      this.#lookups.known(full)?.isDirectory() || patterns.some((each) => this.#presumed.has(each));
    const isEntered = patterns.some((pattern) => !pattern.isFirst && this.#mayEnter(path, pattern));
    return isDirectory && isEntered && !this.#search.isExcluded(full) ? full : null;
  }

  *#visit(path: string, pattern: Pattern): Composite<void> {
    if (this.#markTried(path, pattern)) return;
    const full = this.#full(path);
    const isPresumed = this.#presumed.has(pattern);
    const entry = isPresumed ? null : yield* this.#lookups.lstat(full);
    const isDirectory = isPresumed || (yield* this.#isDirectory(full, entry, pattern));
    if (this.#search.isExcluded(full)) return;
    const start = pattern.isFirst ? STARTS.get(pattern.at(0)) : undefined;
    if (start !== undefined) return yield* this.#queueUp(start, pattern.child(new Set([1])));

    const isLast = pattern.isLast(isDirectory);
    const ending = pattern.at(-1);
    if (isLast && typeof ending === 'string') {
      const last = yield* this.#lookups.lstat(posix.join(full, ending));
      if (last && (ending !== '' || isDirectory)) yield* this.#add(posix.join(path, ending));
      if (pattern.indexes.size === 1 && pattern.indexes.has(pattern.last)) return;
    } else if (isLast && pattern.isGlobstar(-1) && isFoundItself(path, pattern, entry)) {
      yield* this.#add(path);
    }
    if (!isDirectory || !this.#mayEnter(path, pattern)) return;
    yield* this.#enter({ path, pattern, isLast }, full);
  }

  *#enter(here: Here, full: string): Composite<void> {
    let { realpaths } = here.pattern;
    if (this.#search.followSymlinks) {
      const real = yield* this.#lookups.realpath(full);
      if (real !== null && realpaths.has(real)) return;
      if (real !== null) realpaths = new Set([...realpaths, real]);
    }
    const { only } = here.pattern;
    if (typeof only === 'string') return yield* this.#enterNamed(here, only, full, realpaths);
    for (const entry of yield* this.#lookups.readdir(full)) {
      const at = under(full, entry.name);
      this.#lookups.learn(at, entry);
      const isDirectory = entry.isDirectory() || (yield* this.#leadsOn(at, entry));
      yield* this.#try(here, entry, isDirectory, realpaths);
    }
  }

  /** One name is looked for: no listing is needed, and no look either where the next step tells as much. */
  *#enterNamed(here: Here, name: string, full: string, realpaths: ReadonlySet<string>): Composite<void> {
    const { pattern, path } = here;
    const [index = 0] = pattern.indexes;
    if (this.#isToldByNext(pattern, index, name)) {
      const rest = pattern.child(new Set([index + 1]));
      this.#presumed.add(rest);
      return yield* this.#queueUp(posix.join(path, name), rest);
    }
    const at = posix.join(full, name);
    if (typeof (pattern.at(index + 1) ?? '') !== 'string') this.#ahead?.enter(at);
    const entry = yield* this.#lookups.lstat(at);
    if (entry) yield* this.#try(here, entry, yield* this.#leadsOn(at, entry), realpaths, name);
  }

  #isToldByNext(pattern: Pattern, index: number, name: string): boolean {
    const { hasExclusions, followSymlinks } = this.#search;
    if (hasExclusions || followSymlinks || name === '.' || name === '..' || name === '') return false;
    const next = pattern.at(index + 1);
    if (next === undefined || pattern.isGlobstar(index + 1)) return false;
    return typeof next !== 'string' || (next !== '' && next !== '.' && next !== '..');
  }

  *#leadsOn(full: string, entry: Dirent): Composite<boolean> {
    if (entry.isDirectory()) return true;
    if (!this.#search.followSymlinks || !entry.isSymbolicLink()) return false;
    return yield* this.#lookups.isDirectory(full);
  }

  *#isDirectory(full: string, entry: Dirent | null, pattern: Pattern): Composite<boolean> {
    if (entry === null || !entry.isSymbolicLink()) return entry?.isDirectory() ?? false;
    return this.#search.followSymlinks ? yield* this.#lookups.isDirectory(full) : pattern.followsNextSymlink;
  }

  *#try(
    { path: directory, pattern, isLast }: Here,
    entry: Dirent,
    isDirectory: boolean,
    realpaths: ReadonlySet<string>,
    name: string = entry.name,
  ): Composite<void> {
    const { excludes, followSymlinks, withFileTypes } = this.#search;
    const path = under(directory, name);
    const { isFound, indexes, symlinks, turns } = tryName(pattern, {
      name,
      isDirectory,
      isSymlink: entry.isSymbolicLink(),
      isLast,
      followSymlinks,
      isExcluded: () => excludes?.(withFileTypes ? entry : name) ?? false,
    });
    if (isFound) yield* this.#add(path);
    for (const index of turns) yield* this.#turnBack(directory, pattern, index);
    if (indexes.size > 0) yield* this.#queueUp(path, pattern.child(indexes, symlinks, realpaths));
  }

  /** `**` and `..`: the directory and the one above it are where the rest of the pattern starts. */
  *#turnBack(path: string, pattern: Pattern, index: number): Composite<void> {
    const rest = pattern.child(new Set([index === pattern.last ? index : index + 1]));
    for (const place of [path, posix.join(path, '..')]) {
      if (this.#isTried(place, rest)) continue;
      if (index === pattern.last) {
        this.#markTried(place, rest);
        yield* this.#add(place);
      } else if (!this.#next.has(place)) this.#next.set(place, [rest]);
    }
  }

  *#queueUp(path: string, pattern: Pattern): Composite<void> {
    const { hasExclusions, isExcluded, excludes, withFileTypes } = this.#search;
    if (hasExclusions) {
      const full = this.#full(path);
      if (isExcluded(`${full}/`) && (yield* this.#lookups.lstat(full))?.isDirectory()) return;
      const entry = excludes && withFileTypes ? yield* this.#lookups.lstat(full) : path;
      if (entry !== null && excludes?.(entry)) return;
    }
    this.#next.set(path, [...(this.#next.get(path) ?? []), pattern]);
  }

  *#add(path: string): Composite<void> {
    const { root, maxDepth, isExcluded, withFileTypes } = this.#search;
    const full = this.#full(path);
    if (this.#results.has(path) || isExcluded(full)) return;
    if (maxDepth < Number.POSITIVE_INFINITY && depthOf(posix.relative(root, full)) > maxDepth) return;
    if (!this.#lookups.isShown(full)) return;
    const found = withFileTypes ? yield* this.#lookups.lstat(full) : path;
    if (found === null) return;
    this.#results.add(path);
    this.#found.push(found);
  }

  #mayEnter(path: string, { isAbsolute }: Pattern): boolean {
    const { root, maxDepth } = this.#search;
    if (maxDepth === Number.POSITIVE_INFINITY) return true;
    const full = this.#full(path);
    if (depthOf(posix.relative(root, full)) < maxDepth) return true;
    const below = posix.relative(full, root);
    return isAbsolute && below !== '' && depthOf(below) < Number.POSITIVE_INFINITY && !below.startsWith('..');
  }

  #full(path: string): string {
    const { root } = this.#search;
    return /^[./]|^$|\/$/.test(path) ? posix.resolve(root, path) : under(root, path);
  }

  /** True where one of the pattern's rests was tried there before. */
  #markTried(path: string, pattern: Pattern): boolean {
    const tried = this.#tried.get(path) ?? new Set();
    this.#tried.set(path, tried);
    const rests = [...pattern.indexes].map((index) => pattern.rest(index));
    const isTried = rests.some((rest) => tried.has(rest));
    for (const rest of rests) tried.add(rest);
    return isTried;
  }

  #isTried(path: string, pattern: Pattern): boolean {
    return [...pattern.indexes].some((index) => this.#tried.get(path)?.has(pattern.rest(index)));
  }
}

/** Where patterns lead before a name is tried, unless they start with one. */
const STARTS: ReadonlyMap<unknown, string> = new Map([
  ['', '/'],
  ['..', '../'],
  ['.', '.'],
]);

/** A `**` at the end stands for the directory too; for that of the search only where nothing else is in the pattern. */
const isFoundItself = (path: string, pattern: Pattern, entry: Dirent | null): boolean =>
  path !== '.' || pattern.at(0) === '.' || (pattern.last === 0 && entry !== null);

const depthOf = (relative: string): number => (relative === '' ? 0 : relative.split('/').length);

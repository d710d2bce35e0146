import type { Dirent } from 'node:fs';
import type { Paging } from '../../kernel/namespace/listing/open-directory.js';
import type { DirectoryEntry, DirectoryPages } from '../../kernel/syscalls.js';
import { hasCode } from '../arguments/errors.js';
import { asMode } from '../arguments/flags.js';
import { joined } from '../arguments/layout.js';
import { asPath, type Place } from '../arguments/paths.js';
import { asBoolean, asOptions, asRecursive, type Bag } from '../arguments/validate.js';
import { direntOf, encodedName } from '../results/dirents.js';
import { explaining, invokeAt, placeOf, type Tree } from '../tree.js';
import { type Composite, invoke, type Step } from './driver.js';
import { type Level, Walk } from './shared/walk.js';

const DEFAULT_MODE = 0o777;

/** Returns the first directory made, with `recursive`; undefined if there was none to make. */
export function* mkdir(tree: Tree, path: unknown, options?: unknown): Composite<string | undefined> {
  const isMode = typeof options === 'number' || typeof options === 'string';
  const bag: Bag = isMode ? { mode: options } : ((options ?? {}) as Bag);
  const place = placeOf(tree, path);
  const { recursive = false, mode = DEFAULT_MODE } = bag;
  const isRecursive = asBoolean(recursive, 'options.recursive');
  const permissions = asMode(mode);
  if (isRecursive) return yield* mkdirAll(tree, place, permissions);
  yield* mkdirAt(tree, place, () => withoutSlash(place.tree), permissions, explaining(place, true));
  return undefined;
}

function* mkdirAt(
  tree: Tree,
  place: Place,
  path: () => string,
  mode: number,
  explain?: Step['explain'],
): Composite<void> {
  const run: Step<void>['run'] = (op) => {
    const at = path();
    tree.kernel.mkdir(op, at, mode);
  };
  yield* invoke({ syscall: 'mkdir', path: place.given, run, explain });
}

/** Climbs until a directory can be made or is there, then makes the others on the way down. */
function* mkdirAll(tree: Tree, place: Place, mode: number): Composite<string | undefined> {
  let first: string | undefined;
  const missing = [() => withoutSlash(place.tree)];
  for (let make = missing.at(-1); make !== undefined; make = missing.at(-1)) {
    try {
      yield* mkdirAt(tree, place, make, mode);
      // As Node does: with the slash that was given.
      const slash = missing.length === 1 && place.tree.endsWith('/') ? '/' : '';
      first ??= `${tree.mount.show(make())}${slash}`;
    } catch (error) {
      const path = make;
      if (hasCode(error, 'ENOENT') && canClimb(tree, place, path)) {
        missing.push(() => parentOf(path()));
        continue;
      }
      if (!hasCode(error, 'EEXIST')) throw error;
      const isGiven = missing.length === 1;
      const { kind } = yield* invoke({
        syscall: 'mkdir',
        path: place.given,
        // As it was given: a slash behind a file's name makes it ENOTDIR.
        run: (op) => tree.kernel.stat(op, isGiven ? place.tree : path()),
      });
      if (kind !== 'directory') throw error;
    }
    missing.pop();
  }
  return first;
}

/** What is made is a directory: nothing need be demanded. */
const withoutSlash = (path: string): string => path.replace(/\/$/, '');

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** A path outside the mount has no parent to make, and the root needs none. */
function canClimb(tree: Tree, place: Place, path: () => string): boolean {
  return place.isInside && path() !== tree.mount.top;
}

type Name = string | Buffer;

export function* readdir(tree: Tree, path: unknown, options?: unknown): Composite<Name[] | Dirent[]> {
  const { encoding, withFileTypes, recursive } = asOptions(options);
  const given = asPath(path);
  if (asRecursive(recursive)) {
    const walk = yield* walkBelow({ tree, syscall: 'scandir', paging: 'never', isRecursive: true }, given);
    const found = yield* walk.all();
    if (withFileTypes) return found.map(({ entry, level }) => direntOf(entry, level.given, encoding));
    return found.map(({ entry, level }) => encodedName(`${level.prefix}${entry.name}`, encoding));
  }
  const entries = yield* entriesOf(tree, given, 'scandir');
  if (withFileTypes) return entries.map((entry) => direntOf(entry, given, encoding));
  return entries.map(({ name }) => encodedName(name, encoding));
}

interface Walking {
  readonly tree: Tree;
  readonly syscall: string;
  readonly paging: Paging;
  readonly isRecursive: boolean;
}

/** Goes through a directory, and those below it with `isRecursive`. Fails where it can't be listed. */
export function* walkBelow(walking: Walking, given: string): Composite<Walk<DirectoryEntry, TreeLevel>> {
  const real = walking.isRecursive ? yield* realOf(walking.tree, given, walking.syscall) : given;
  return yield* Walk.through(new TreeLevel(walking, given, real, ''));
}

class TreeLevel implements Level<DirectoryEntry> {
  #open: DirectoryPages | null = null;

  /**
   * @param given how the caller calls it
   * @param real without aliases: all levels are of one version
   * @param prefix of the names in it, as seen from the top
   */
  constructor(
    private readonly walk: Walking,
    readonly given: string,
    private readonly real: string,
    readonly prefix: string,
  ) {}

  *page(): Composite<readonly DirectoryEntry[] | null> {
    const { tree, syscall, paging } = this.walk;
    const place = placeOf(tree, this.real);
    const call = { syscall, path: this.given, explain: explaining(place) };
    this.#open ??= yield* invoke({ ...call, run: (op) => tree.kernel.opendir(op, place.tree, paging) });
    const open = this.#open;
    return yield* invoke({ ...call, run: (op) => open.next(op) });
  }

  below({ name, kind }: DirectoryEntry): TreeLevel | null {
    if (!this.walk.isRecursive || kind !== 'directory') return null;
    const { given, real, prefix } = this;
    return new TreeLevel(this.walk, joined(given, name), joined(real, name), `${prefix}${name}/`);
  }
}

/** As the promise face wants it: for `recursive` anything that is true will do. */
export function* readdirAt(tree: Tree, path: unknown, options?: unknown): Composite<Name[] | Dirent[]> {
  const given = asOptions(options);
  return yield* readdir(tree, path, { ...given, recursive: Boolean(given.recursive) });
}

/** @param given how the caller called it, for errors */
export function* entriesOf(
  tree: Tree,
  path: string,
  syscall: string,
  given: string = path,
): Composite<readonly DirectoryEntry[]> {
  const place = placeOf(tree, path);
  const run: Step<readonly DirectoryEntry[]>['run'] = (op) => {
    const at = place.tree;
    return tree.kernel.readdir(op, at);
  };
  return yield* invoke({ syscall, path: given, run, explain: explaining(place) });
}

/**
 * The path without aliases in it. Who walks through a directory walks from there: an alias that moves meanwhile would
 * lead him into another version.
 */
function* realOf(tree: Tree, path: string, syscall: string): Composite<string> {
  const place = placeOf(tree, path);
  return tree.mount.show(yield* invokeAt(syscall, place, (op, at) => tree.kernel.realpath(op, at)));
}

import type { Dirent } from 'node:fs';
import type { DirectoryEntry } from '../../kernel/syscalls.js';
import { hasCode } from '../arguments/errors.js';
import { asMode } from '../arguments/flags.js';
import { joined } from '../arguments/layout.js';
import { asPath, type Place } from '../arguments/paths.js';
import { asBoolean, asOptions, type Bag } from '../arguments/validate.js';
import { direntOf, encodedName } from '../results/dirents.js';
import { explaining, invokeAt, placeOf, type Tree } from '../tree.js';
import { type Composite, invoke, type Step } from './driver.js';

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
  const top = asPath(path);
  const isRecursive =
    recursive !== null && recursive !== undefined && asBoolean(recursive, 'options.recursive');
  const real = isRecursive ? yield* realOf(tree, top, 'scandir') : top;
  const found = yield* foundBelow(tree, { parent: top, real, prefix: '', depth: 0 }, isRecursive);
  if (withFileTypes) return found.map(({ entry, parent }) => direntOf(entry, parent, encoding));
  return found.map(({ name }) => encodedName(name, encoding));
}

interface Level {
  readonly parent: string;
  /** Without aliases. */
  readonly real: string;
  readonly prefix: string;
  readonly depth: number;
}

interface FoundName {
  readonly entry: DirectoryEntry;
  readonly parent: string;
  readonly name: string;
}

/**
 * Level by level, as Node tells it, but asked for depth first: who is done with a run doesn't come back to it, so none
 * has to be remembered while the others are listed. The order within a level is the same either way.
 */
function* foundBelow(tree: Tree, top: Level, isRecursive: boolean): Composite<readonly FoundName[]> {
  const byDepth: FoundName[][] = [];
  const waiting = [top];
  for (let level = waiting.pop(); level !== undefined; level = waiting.pop()) {
    const { parent, real, prefix, depth } = level;
    const entries = yield* entriesOf(tree, real, 'scandir', parent);
    byDepth[depth] ??= [];
    for (const entry of entries) byDepth[depth].push({ entry, parent, name: `${prefix}${entry.name}` });
    if (!isRecursive) break;
    for (const { name, kind } of [...entries].reverse()) {
      if (kind !== 'directory') continue;
      const below = { parent: joined(parent, name), real: joined(real, name) };
      waiting.push({ ...below, prefix: `${prefix}${name}/`, depth: depth + 1 });
    }
  }
  return byDepth.flat();
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
export function* realOf(tree: Tree, path: string, syscall: string): Composite<string> {
  const place = placeOf(tree, path);
  return tree.mount.show(yield* invokeAt(syscall, place, (op, at) => tree.kernel.realpath(op, at)));
}

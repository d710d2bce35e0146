import type { Dirent } from 'node:fs';
import { posix } from 'node:path';
import { MISSING } from '../arguments/errors.js';
import { type Composite, orNothing } from '../composites/driver.js';
import type { Looks, Seen } from '../composites/shared/steps.js';
import { type AnyKind, direntOf } from '../results/dirents.js';

/**
 * What a search asks of a filesystem, each question once, and what a listing told is taken for what a look would have
 * told. All paths are absolute.
 */
export class Lookups {
  readonly #entries = new Map<string, Dirent | null>();
  readonly #targets = new Map<string, Seen | null>();
  readonly #realpaths = new Map<string, string | null>();
  readonly #listings = new Map<string, readonly Dirent[]>();

  /**
   * @param nameTowards the next name on the way from a directory above a mount point down to it; null elsewhere. These
   *   directories are passed through, so that absolute patterns lead into a tree.
   */
  constructor(
    private readonly looks: Looks,
    private readonly nameTowards: (path: string) => string | null = () => null,
  ) {}

  /** Whether a path may be found: directories above a mount point are only passed through. */
  isShown(path: string): boolean {
    return this.nameTowards(path) === null;
  }

  /** Null where there is nothing to see. */
  *lstat(path: string): Composite<Dirent | null> {
    const known = this.#entries.get(path);
    if (known !== undefined) return known;
    if (!this.isShown(path)) return this.learn(path, entryAt(path, 'directory'));
    const found = yield* seen(this.looks.look('lstat', path, true), null);
    return this.learn(path, found && entryAt(path, found.kind));
  }

  /** What was seen at a path, if anybody has looked. */
  known(path: string): Dirent | null | undefined {
    return this.#entries.get(path);
  }

  learn(path: string, entry: Dirent | null): Dirent | null {
    this.#entries.set(path, entry);
    return entry;
  }

  /** Follows links. */
  *isDirectory(path: string): Composite<boolean> {
    if (!this.isShown(path)) return true;
    const target = yield* once(this.#targets, path, seen(this.looks.look('stat', path, true), null));
    return target?.kind === 'directory';
  }

  /** Null where a link leads nowhere. */
  *realpath(path: string): Composite<string | null> {
    if (!this.isShown(path)) return path;
    return yield* once(this.#realpaths, path, seen(this.looks.realpath(path), null));
  }

  /** Sorted by name; empty where there is nothing to list. */
  *readdir(path: string): Composite<readonly Dirent[]> {
    const towards = this.nameTowards(path);
    if (towards !== null) return [direntOf({ name: towards, kind: 'directory' }, path, null)];
    return yield* once(this.#listings, path, seen(this.looks.readdir(path), []));
  }
}

function* once<T>(known: Map<string, T>, path: string, ask: Composite<T>): Composite<T> {
  if (!known.has(path)) known.set(path, yield* ask);
  return known.get(path) as T;
}

/** As `posix.join`, which takes longer than all else of a step, where there is nothing to normalise. */
export function under(directory: string, name: string): string {
  if (name === '' || name.startsWith('.') || directory.endsWith('/')) return posix.join(directory, name);
  return directory === '.' ? name : `${directory}/${name}`;
}

const entryAt = (path: string, kind: AnyKind): Dirent =>
  direntOf({ name: posix.basename(path), kind }, posix.dirname(path), null);

/**
 * What can't be seen isn't found. A server that doesn't answer is another matter: a search that told nothing of it would
 * take a failure for an empty directory.
 */
const UNSEEN = [...MISSING, 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG'];

const seen = <T, N>(look: Composite<T>, nothing: N): Composite<T | N> => orNothing(look, nothing, UNSEEN);

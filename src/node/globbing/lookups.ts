import type { Dirent } from 'node:fs';
import { hasCode } from '../arguments/errors.js';

/** What a search asks of a filesystem; all paths are absolute. `S` is a step of whoever drives it. */
export interface Lookups<S> {
  /** Null where there is nothing to see. */
  lstat(path: string): Generator<S, Dirent | null, unknown>;
  /** Follows links. */
  isDirectory(path: string): Generator<S, boolean, unknown>;
  /** Null where a link leads nowhere. */
  realpath(path: string): Generator<S, string | null, unknown>;
  /** Sorted by name; empty where there is nothing to list. */
  readdir(path: string): Generator<S, readonly Dirent[], unknown>;
  /** Whether a path may be found: directories above a mount point are passed through. */
  isShown(path: string): boolean;
}

const NOTHING_THERE = ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG'];

/**
 * What can't be seen isn't found. A server that doesn't answer is another matter: a search that told nothing of it would
 * take a failure for an empty directory.
 */
export function* seen<S, T>(look: Generator<S, T, unknown>, nothing: T): Generator<S, T, unknown> {
  try {
    return yield* look;
  } catch (error) {
    if (hasCode(error, ...NOTHING_THERE)) return nothing;
    throw error;
  }
}

/** Asks for everything once in a search, and takes what a listing told for what a look would have told. */
export class Remembered<S> implements Lookups<S> {
  readonly #entries = new Map<string, Dirent | null>();
  readonly #directories = new Map<string, boolean>();
  readonly #realpaths = new Map<string, string | null>();
  readonly #listings = new Map<string, readonly Dirent[]>();

  constructor(private readonly of: Lookups<S>) {}

  isShown(path: string): boolean {
    return this.of.isShown(path);
  }

  *lstat(path: string): Generator<S, Dirent | null, unknown> {
    return yield* remember(this.#entries, path, () => this.of.lstat(path));
  }

  *isDirectory(path: string): Generator<S, boolean, unknown> {
    return yield* remember(this.#directories, path, () => this.of.isDirectory(path));
  }

  *realpath(path: string): Generator<S, string | null, unknown> {
    return yield* remember(this.#realpaths, path, () => this.of.realpath(path));
  }

  *readdir(path: string): Generator<S, readonly Dirent[], unknown> {
    return yield* remember(this.#listings, path, () => this.of.readdir(path));
  }

  learn(path: string, entry: Dirent): void {
    this.#entries.set(path, entry);
  }
}

function* remember<S, T>(
  known: Map<string, T>,
  path: string,
  ask: () => Generator<S, T, unknown>,
): Generator<S, T, unknown> {
  if (!known.has(path)) known.set(path, yield* ask());
  return known.get(path) as T;
}

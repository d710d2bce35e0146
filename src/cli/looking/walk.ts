import type { Dirent } from 'node:fs';
import type { AnyFs } from '../filesystems.js';

export type Kind = 'file' | 'directory' | 'link';

/** A name in a directory. */
export interface Found {
  readonly name: string;
  /** In its filesystem. */
  readonly path: string;
  readonly kind: Kind;
  /** Names below where the walk began. */
  readonly depth: number;
  /** Of its directory. */
  readonly isLast: boolean;
}

export interface WalkOptions {
  /** How deep directories are listed; 1 is the first alone. @default all */
  readonly depth?: number;
  /** Hears of a directory that can't be listed; the walk goes on. */
  onError(error: unknown): Promise<void>;
}

/** Directories that are listed before they are come to: each may cost a request. */
const AHEAD = 8;

/** What is in a directory, by name. Links are told, not followed. */
export async function list(fs: AnyFs, path: string, depth = 1): Promise<readonly Found[]> {
  const entries = await fs.promises.readdir(path, { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry, at) => ({
      ...{ name: entry.name, path: below(path, entry.name), kind: kindOf(entry) },
      ...{ depth, isLast: at === entries.length - 1 },
    }));
}

/**
 * Everything below a directory, each directory before what is in it. Rejects where the first can't be listed; `list` of it
 * is the same walk of depth 1.
 */
export async function* walk(
  fs: AnyFs,
  path: string,
  options: WalkOptions,
): AsyncGenerator<Found, void, undefined> {
  yield* descend(fs, await list(fs, path), options, 1);
}

async function* descend(
  fs: AnyFs,
  entries: readonly Found[],
  options: WalkOptions,
  depth: number,
): AsyncGenerator<Found, void, undefined> {
  const isDeepest = depth >= (options.depth ?? Number.POSITIVE_INFINITY);
  const directories = isDeepest ? [] : entries.filter(({ kind }) => kind === 'directory');
  const listed = new Map<string, Promise<Listed>>();
  let next = 0;
  for (const entry of entries) {
    yield entry;
    if (isDeepest || entry.kind !== 'directory') continue;
    for (; next < directories.length && listed.size < AHEAD; next++) {
      const { path = '' } = directories[next] ?? {};
      listed.set(path, settled(list(fs, path, depth + 1)));
    }
    const { entries: found, error } = (await listed.get(entry.path)) ?? {};
    listed.delete(entry.path);
    if (found) yield* descend(fs, found, options, depth + 1);
    else await options.onError(error);
  }
}

interface Listed {
  readonly entries?: readonly Found[];
  readonly error?: unknown;
}

/** One that fails before it is come to is told when it is. */
const settled = (listing: Promise<readonly Found[]>): Promise<Listed> =>
  listing.then(
    (entries) => ({ entries }),
    (error: unknown) => ({ error }),
  );

export const below = (path: string, name: string): string => `${path.replace(/\/+$/, '')}/${name}`;

export const kindOf = (entry: Pick<Dirent, 'isDirectory' | 'isSymbolicLink'>): Kind =>
  entry.isDirectory() ? 'directory' : entry.isSymbolicLink() ? 'link' : 'file';

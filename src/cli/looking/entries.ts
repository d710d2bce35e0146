import type { Dirent } from 'node:fs';
import type { AnyFs } from '../filesystems.js';

export type Kind = 'file' | 'directory' | 'link';

/** A name in a directory. */
export interface Entry {
  readonly name: string;
  /** In its filesystem. */
  readonly path: string;
  readonly kind: Kind;
}

/** What is in a directory, by name. Links are told, not followed. */
export async function list(fs: AnyFs, path: string): Promise<readonly Entry[]> {
  const entries = await fs.promises.readdir(path, { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => ({ name: entry.name, path: below(path, entry.name), kind: kindOf(entry) }));
}

export const below = (path: string, name: string): string => `${path.replace(/\/+$/, '')}/${name}`;

export const kindOf = (entry: Pick<Dirent, 'isDirectory' | 'isSymbolicLink'>): Kind =>
  entry.isDirectory() ? 'directory' : entry.isSymbolicLink() ? 'link' : 'file';

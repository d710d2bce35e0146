import nodeFs, { type Dirent, type Stats } from 'node:fs';
import type { DirectoryEntry } from '../../kernel/syscalls.js';

/** The public `Dirent` class takes these arguments in every version; @types/node doesn't declare its constructor's. */
const NodeDirent = nodeFs.Dirent as unknown as new (
  name: string | Buffer,
  type: number,
  parentPath: string,
) => Dirent;

/** libuv's UV_DIRENT_FILE, UV_DIRENT_DIR and UV_DIRENT_LINK. */
const TYPES: Readonly<Record<DirectoryEntry['kind'], number>> = {
  file: 1,
  directory: 2,
  symlink: 3,
};

export const direntOf = (
  entry: DirectoryEntry,
  parentPath: string,
  encoding: BufferEncoding | 'buffer' | null,
): Dirent => new NodeDirent(encodedName(entry.name, encoding), TYPES[entry.kind], parentPath);

/** libuv's types in the order of their numbers, by the methods that tell them. */
const TOLD_BY = [
  'isFile',
  'isDirectory',
  'isSymbolicLink',
  'isFIFO',
  'isSocket',
  'isCharacterDevice',
  'isBlockDevice',
] as const satisfies readonly (keyof Stats)[];

export const direntOfStats = (name: string, stats: Stats, parentPath: string): Dirent =>
  new NodeDirent(name, TOLD_BY.findIndex((isOfType) => stats[isOfType]()) + 1, parentPath);

/** A name in the encoding that the caller asked for. */
export function encodedName(name: string, encoding: BufferEncoding | 'buffer' | null): string | Buffer {
  if (encoding === null || encoding === 'utf8' || encoding === 'utf-8') return name;
  const bytes = Buffer.from(name);
  return encoding === 'buffer' ? bytes : bytes.toString(encoding);
}

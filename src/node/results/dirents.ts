import type { Dirent, Stats } from 'node:fs';
import { nodeFs } from '../../platform/disk.js';

/** The public `Dirent` class takes these arguments in every version; @types/node doesn't declare its constructor's. */
const NodeDirent = nodeFs.Dirent as unknown as new (
  name: string | Buffer,
  type: number,
  parentPath: string,
) => Dirent;

/** In the order of libuv's numbers for them. What stands on a disk may be of more kinds than what stands in a tree. */
const KINDS = ['unknown', 'file', 'directory', 'symlink', 'fifo', 'socket', 'character', 'block'] as const;

export type AnyKind = (typeof KINDS)[number];

const TYPES = Object.fromEntries(KINDS.map((kind, type) => [kind, type])) as Record<AnyKind, number>;

/** In the same order, from 'file' on. */
const TOLD_BY = [
  'isFile',
  'isDirectory',
  'isSymbolicLink',
  'isFIFO',
  'isSocket',
  'isCharacterDevice',
  'isBlockDevice',
] as const satisfies readonly (keyof Stats)[];

export const kindOf = (stats: Pick<Stats, (typeof TOLD_BY)[number]>): AnyKind =>
  KINDS[TOLD_BY.findIndex((isOfKind) => stats[isOfKind]()) + 1] ?? 'unknown';

export const direntOf = (
  entry: { readonly name: string; readonly kind: AnyKind },
  parentPath: string,
  encoding: BufferEncoding | 'buffer' | null,
): Dirent => new NodeDirent(encodedName(entry.name, encoding), TYPES[entry.kind], parentPath);

/** A name in the encoding that the caller asked for. */
export function encodedName(name: string, encoding: BufferEncoding | 'buffer' | null): string | Buffer {
  if (encoding === null || encoding === 'utf8' || encoding === 'utf-8') return name;
  const bytes = Buffer.from(name);
  return encoding === 'buffer' ? bytes : bytes.toString(encoding);
}

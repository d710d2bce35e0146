import type { TreePath } from '../contract.js';
import { decodeFileName, decodeName, encodeFileName, encodeName } from '../names.js';

/** A collection by its server names. */
export interface CollectionName {
  readonly entity: string;
  readonly project: string;
  readonly type: string;
  readonly collection: string;
}

/** What a tree path names on the server: the names above versions, and below one a file. */
export interface Place {
  /** Entity, project, type, collection, version or alias; fewer above, none at the root. Decoded. */
  readonly names: readonly string[];
  /** Null above collections. */
  readonly collection: CollectionName | null;
  /** The path of the version, or of an alias; null above those. */
  readonly unit: TreePath | null;
  /** `vN` or an alias; null above those. */
  readonly alias: string | null;
  /** The server's name of the file; null at and above versions. */
  readonly file: string | null;
}

export const UNIT_DEPTH = 5;

export function placeOf(path: TreePath): Place {
  const segments = path === '' ? [] : path.split('/');
  const upper = segments.slice(0, UNIT_DEPTH);
  const names = upper.map(decodeName);
  const [entity, project, type, name, alias = null] = names;
  const isInCollection =
    entity !== undefined && project !== undefined && type !== undefined && name !== undefined;
  const collection = isInCollection ? { entity, project, type, collection: name } : null;
  const below = segments.slice(UNIT_DEPTH).join('/');
  return {
    names,
    collection,
    unit: alias === null ? null : upper.join('/'),
    alias,
    file: below === '' ? null : decodeFileName(below),
  };
}

export const filePath = (unit: TreePath, name: string): TreePath => `${unit}/${encodeFileName(name)}`;

export const childPath = (path: TreePath, name: string): TreePath => `${path}/${encodeName(name)}`;

/** The directory that a path is in; '' above the first. */
export const parentOf = (path: TreePath): TreePath => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** The first `depth` segments of a path. */
export const upperPath = (path: TreePath, depth: number): TreePath =>
  path.split('/').slice(0, depth).join('/');

/** Aliases that look like this stand for the version of that number. */
export const isVersionName = (name: string): boolean => /^v\d+$/.test(name);

import { Failure } from '../../contract/failure.js';
import { decodeFileName, decodeName, parentOf, segmentsOf, type TreePath } from '../../contract/tree-path.js';
import { ARTIFACTS_SHAPE } from './shape.js';

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

export const UNIT_DEPTH = ARTIFACTS_SHAPE.levels.length;

export function placeOf(path: TreePath): Place {
  const segments = segmentsOf(path);
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

/** The collection at the path; throws EINVAL where none can be. */
export function collectionAt(path: TreePath): CollectionName {
  const { collection, unit } = placeOf(path);
  if (collection && unit === null) return collection;
  throw new Failure('EINVAL', 'A collection lies at <entity>/<project>/<type>/<collection>.');
}

/** A name beside versions, and the collection that it is in. */
interface MemberPlace {
  readonly collection: CollectionName;
  readonly directory: TreePath;
  /** `vN` or an alias. */
  readonly name: string;
}

/** The version or alias at the path; throws EINVAL where none can be. */
export function memberAt(path: TreePath): MemberPlace {
  const { collection, alias, file } = placeOf(path);
  if (collection && alias !== null && file === null) {
    return { collection, directory: parentOf(path), name: alias };
  }
  throw new Failure('EINVAL', 'Versions and aliases lie at <entity>/<project>/<type>/<collection>/<name>.');
}

/** Names the collection in messages. */
export const nameOf = ({ entity, project, collection }: CollectionName): string =>
  `${entity}/${project}/${collection}`;

import { Failure } from '../../contract/failure.js';
import { parentOf, type TreePath } from '../../contract/tree-path.js';
import { type Place, placeAt } from '../common/rows.js';
import { ARTIFACTS_SHAPE } from './shape.js';

/** A collection by its server names. */
export interface CollectionName {
  readonly entity: string;
  readonly project: string;
  readonly type: string;
  readonly collection: string;
}

interface ArtifactPlace extends Place {
  /** Null above collections. */
  readonly collection: CollectionName | null;
  /** `vN` or an alias, decoded; null above those. */
  readonly alias: string | null;
}

export const UNIT_DEPTH = ARTIFACTS_SHAPE.levels.length;

/** What a tree path names on the server; units are versions and their aliases. */
export function placeOf(path: TreePath): ArtifactPlace {
  const place = placeAt(path, UNIT_DEPTH);
  const [entity, project, type, collection, alias = null] = place.names;
  const isInCollection =
    entity !== undefined && project !== undefined && type !== undefined && collection !== undefined;
  return { ...place, collection: isInCollection ? { entity, project, type, collection } : null, alias };
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

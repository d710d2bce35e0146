import type { TreePath } from '../../contract.js';
import { Failure } from '../../failure.js';
import { decodeName } from '../../names.js';
import { type CollectionName, UNIT_DEPTH } from '../places.js';

/** The server names that a path is made of, from the entity to the version or alias. */
export function namesOf(path: TreePath): readonly string[] {
  return path === '' ? [] : path.split('/').map(decodeName);
}

/** The collection at the path. */
export function collectionAt(path: TreePath): CollectionName {
  const [entity, project, type, collection, ...below] = namesOf(path);
  if (
    entity === undefined ||
    project === undefined ||
    type === undefined ||
    collection === undefined ||
    below.length > 0
  ) {
    throw new Failure('EINVAL', 'A collection lies at <entity>/<project>/<type>/<collection>.');
  }
  return { entity, project, type, collection };
}

/** The version or alias at the path, and its collection. */
export function memberAt(path: TreePath): {
  readonly collection: CollectionName;
  readonly directory: TreePath;
  readonly name: string;
} {
  const slash = path.lastIndexOf('/');
  const directory = path.slice(0, Math.max(0, slash));
  if (path.split('/').length !== UNIT_DEPTH) {
    throw new Failure('EINVAL', 'Versions and aliases lie at <entity>/<project>/<type>/<collection>/<name>.');
  }
  return { collection: collectionAt(directory), directory, name: decodeName(path.slice(slash + 1)) };
}

/** Names the collection in messages. */
export const nameOf = ({ entity, project, collection }: CollectionName): string =>
  `${entity}/${project}/${collection}`;

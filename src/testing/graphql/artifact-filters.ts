import { GraphQLError } from 'graphql';
import type { Collection, Membership } from '../artifacts/records.js';
import { dig } from './filters.js';

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Values of a version in its collection, by the names that filters and orders use. */
export function versionValues(
  { artifact, versionIndex, aliases }: Membership,
  key: string,
): readonly unknown[] {
  switch (key) {
    case 'state':
      return [artifact.state];
    case 'versionIndex':
    case 'version_index':
      return [versionIndex];
    case 'alias':
    case 'aliases':
      return [...aliases.keys()];
    case 'tag':
    case 'tags':
      return [...artifact.tags.keys()];
    case 'createdAt':
    case 'created_at':
      return [iso(artifact.createdAt)];
    case 'updatedAt':
    case 'updated_at':
      return [iso(artifact.updatedAt)];
    case 'description':
      return [artifact.description];
    case 'digest':
      return [artifact.digest];
    case 'size':
      return [artifact.contents?.size ?? 0];
    case 'fileCount':
      return [artifact.contents?.entries.length ?? 0];
  }
  const [root, ...path] = key.split('.');
  if (root === 'metadata') return [dig(JSON.parse(artifact.metadata ?? '{}'), path)];
  throw new GraphQLError(`Artifacts have no '${key}' to filter or order by.`);
}

/** Values of a collection, by the names that filters and orders use. */
export function collectionValues(collection: Collection, key: string): readonly unknown[] {
  switch (key) {
    case 'name':
      return [collection.name];
    case 'type':
      return [collection.type.name];
    case 'description':
      return [collection.description];
    case 'state':
      return [collection.state];
    case 'tag':
    case 'tags':
      return [...collection.tags.keys()];
    case 'alias':
    case 'aliases':
      return [...collection.aliases.keys()];
    case 'createdAt':
    case 'created_at':
      return [iso(collection.createdAt)];
    case 'updatedAt':
    case 'updated_at':
      return [iso(collection.updatedAt)];
  }
  throw new GraphQLError(`Artifact collections have no '${key}' to filter or order by.`);
}

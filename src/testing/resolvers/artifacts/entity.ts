import type { Collection } from '../../artifacts/records.js';
import { COLLECTIONS, PROJECTS, VERSIONS } from '../../graphql/tables.js';
import type { ListArguments } from '../../server/connections.js';
import type { Instance } from '../../world/instance.js';
import type { Entity } from '../../world/records.js';
import type { NodeFields } from '../node.js';
import { type CollectionListArguments, collectionConnection } from './collection.js';

interface InProjects {
  readonly projectFilters?: string | null;
}

interface MembershipListArguments extends ListArguments, InProjects {
  readonly collectionFilters?: string | null;
}

/** What the projects of an entity have of artifacts. The registries of an organisation are searched so. */
export function entityArtifacts(instance: Instance, entity: Entity): NodeFields {
  const collectionsIn = (projectFilters: string | null | undefined): Collection[] =>
    [...entity.projects.values()]
      .filter(PROJECTS.filter(projectFilters))
      .flatMap((project) => [...project.collections.values()]);
  return {
    artifactCollections: ({ projectFilters, ...args }: CollectionListArguments & InProjects) =>
      collectionConnection(instance, collectionsIn(projectFilters), args),
    artifactMemberships: ({ projectFilters, collectionFilters, ...args }: MembershipListArguments) => {
      const members = collectionsIn(projectFilters)
        .filter(COLLECTIONS.filter(collectionFilters))
        .flatMap((collection) => [...collection.members.values()])
        .filter(VERSIONS.filter(args.filters));
      const sorting = VERSIONS.order(args.order || '+createdAt');
      return instance.pages.sorted(members, sorting, instance.nodes.membership, args);
    },
  };
}

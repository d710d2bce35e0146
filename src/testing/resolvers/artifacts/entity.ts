import type { Collection } from '../../artifacts/records.js';
import { collectionValues, orderBy, versionValues } from '../../graphql/artifact-filters.js';
import { mongoFilter } from '../../graphql/filters.js';
import type { Instance } from '../../world/instance.js';
import type { Entity } from '../../world/records.js';
import type { NodeFields } from '../node.js';
import { projectValues } from '../project.js';
import {
  type CollectionListArguments,
  collectionConnection,
  type SortedArguments,
  sortedPage,
} from './collection.js';

interface InProjects {
  readonly projectFilters?: string | null;
}

interface MembershipListArguments extends SortedArguments, InProjects {
  readonly collectionFilters?: string | null;
}

/** What the projects of an entity have of artifacts. The registries of an organisation are searched so. */
export function entityArtifacts(instance: Instance, entity: Entity): NodeFields {
  const { catalogue } = instance.artifacts;
  const collectionsIn = (projectFilters: string | null | undefined): Collection[] =>
    [...entity.projects.values()]
      .filter(mongoFilter(projectFilters, projectValues))
      .flatMap((project) => catalogue.collectionsOf(project));
  return {
    artifactCollections: ({ projectFilters, ...args }: CollectionListArguments & InProjects) =>
      collectionConnection(instance, collectionsIn(projectFilters), args),
    artifactMemberships: (args: MembershipListArguments) => {
      const { projectFilters, collectionFilters, filters, order, ...page } = args;
      const members = collectionsIn(projectFilters)
        .filter(mongoFilter(collectionFilters, collectionValues))
        .flatMap((collection) => [...collection.members.values()])
        .filter(mongoFilter(filters, versionValues));
      const sorting = orderBy(order, '+createdAt', versionValues, ({ number }) => number);
      return sortedPage(instance, members, sorting, (member) => instance.nodes.membership(member), page);
    },
  };
}

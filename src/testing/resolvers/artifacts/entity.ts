import type { Collection, Membership } from '../../artifacts/records.js';
import { collectionValues, versionValues } from '../../graphql/artifact-filters.js';
import { mongoFilter, orderBy } from '../../graphql/filters.js';
import { sortedPage } from '../../server/connections.js';
import type { Instance } from '../../world/instance.js';
import type { Entity } from '../../world/records.js';
import type { NodeFields } from '../node.js';
import { projectValues } from '../project.js';
import { type CollectionListArguments, collectionConnection, type SortedArguments } from './collection.js';

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
      const toNode = (member: Membership) => instance.nodes.membership(member);
      return sortedPage(members, { ...sorting, toNode, mostRows: instance.settings.limits.page }, page);
    },
  };
}

import { latestOf, memberNamed } from '../../artifacts/collections.js';
import {
  type Alias,
  aliasId,
  type Collection,
  collectionId,
  type Membership,
  membershipId,
  type Tags,
  tagId,
} from '../../artifacts/records.js';
import { collectionValues, versionValues } from '../../graphql/artifact-filters.js';
import { mongoFilter, orderBy } from '../../graphql/filters.js';
import { type PageArguments, paginate, slice, sortedPage } from '../../server/connections.js';
import type { Instance } from '../../world/instance.js';
import { dateTime, type NodeFields } from '../node.js';
import { type ArtifactFilesArguments, artifactFileConnection } from './file.js';

export interface SortedArguments extends PageArguments {
  readonly filters?: string | null;
  readonly order?: string | null;
}

export interface CollectionListArguments extends SortedArguments {
  readonly collectionTypes?: readonly Collection['kind'][] | null;
}

export function collectionConnection(
  instance: Instance,
  collections: readonly Collection[],
  args: CollectionListArguments,
) {
  const { collectionTypes: kinds, filters, order, ...page } = args;
  const isWanted = mongoFilter(filters, collectionValues);
  const sorting = orderBy(order, '+createdAt', collectionValues, ({ number }: Collection) => number);
  const rows = collections.filter((one) => (!kinds?.length || kinds.includes(one.kind)) && isWanted(one));
  const toNode = (collection: Collection) => instance.nodes.collection(collection);
  return sortedPage(rows, { ...sorting, toNode, mostRows: instance.settings.limits.page }, page);
}

function versionConnection(instance: Instance, collection: Collection, args: SortedArguments) {
  const { filters, order, ...page } = args;
  const sorting = orderBy(
    order,
    '-versionIndex',
    versionValues,
    ({ versionIndex }: Membership) => versionIndex,
  );
  const rows = [...collection.members.values()].filter(mongoFilter(filters, versionValues));
  const toNode = (member: Membership) => member;
  const options = { ...sorting, toNode, mostRows: instance.settings.limits.page };
  const { edges, ...rest } = sortedPage(rows, options, page);
  return {
    ...rest,
    edges: edges.map(({ cursor, node }) => ({
      cursor,
      version: `v${node.versionIndex}`,
      node: instance.nodes.artifact(node.artifact),
    })),
  };
}

/** A sequence or a portfolio. */
export function collectionNode(instance: Instance, collection: Collection): NodeFields {
  const { limits } = instance.settings;
  const member = (found: Membership | null) => (found ? instance.nodes.membership(found) : null);
  return {
    __typename: collection.kind === 'SEQUENCE' ? 'ArtifactSequence' : 'ArtifactPortfolio',
    id: collectionId(collection),
    name: collection.name,
    description: collection.description,
    state: collection.state,
    createdAt: dateTime(collection.createdAt),
    updatedAt: dateTime(collection.updatedAt),
    project: () => instance.nodes.project(collection.project),
    defaultArtifactType: () => instance.nodes.artifactType(collection.type),
    tags: (args: PageArguments) => tagConnection(instance, collection.tags, args),
    aliases: (args: PageArguments) =>
      sortedPage(
        [...collection.aliases.values()],
        {
          keyOf: ({ number }) => [null, number],
          toNode: (alias) => instance.nodes.alias(alias),
          mostRows: limits.page,
        },
        args,
      ),
    artifactMembership: ({ aliasName }: { aliasName: string }) => member(memberNamed(collection, aliasName)),
    artifactMemberships: (args: PageArguments) =>
      paginate(
        [...collection.members.values()].reverse(),
        {
          keyOf: ({ versionIndex }) => [null, versionIndex],
          isDescending: true,
          toNode: (one) => instance.nodes.membership(one),
          mostRows: limits.page,
        },
        args,
      ),
    artifacts: (args: SortedArguments) => versionConnection(instance, collection, args),
    latestArtifact: () => {
      const latest = latestOf(collection);
      return latest ? instance.nodes.artifact(latest) : null;
    },
    digestAlgorithm: () => latestOf(collection)?.digestAlgorithm ?? null,
  };
}

export function membershipNode(instance: Instance, member: Membership): NodeFields {
  return {
    __typename: 'ArtifactCollectionMembership',
    id: membershipId(member),
    versionIndex: member.versionIndex,
    createdAt: dateTime(member.createdAt),
    commitHash: member.artifact.commitHash,
    aliases: () => [...member.aliases.values()].map((alias) => instance.nodes.alias(alias)),
    artifact: () => instance.nodes.artifact(member.artifact),
    artifactCollection: () => instance.nodes.collection(member.collection),
    files: (args: ArtifactFilesArguments) => artifactFileConnection(instance, member.artifact, args),
  };
}

export function aliasNode(instance: Instance, alias: Alias): NodeFields {
  const { collection, artifact } = alias.membership;
  return {
    __typename: 'ArtifactAlias',
    id: aliasId(alias),
    alias: alias.name,
    artifact: () => instance.nodes.artifact(artifact),
    artifactCollection: () => instance.nodes.collection(collection),
    artifactCollectionName: collection.name,
  };
}

export const tagNodes = (tags: Tags) =>
  [...tags].map(([name, tagCategoryName]) => ({ __typename: 'Tag', id: tagId(name), name, tagCategoryName }));

function tagConnection(
  instance: Instance,
  tags: Tags,
  args: PageArguments & { readonly tagCategoryName?: string | null },
) {
  const nodes = tagNodes(tags).filter(
    (tag) => !args.tagCategoryName || tag.tagCategoryName === args.tagCategoryName,
  );
  return slice(nodes, { toNode: (tag) => tag, mostRows: instance.settings.limits.page }, args);
}

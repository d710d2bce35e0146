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
import { COLLECTIONS, VERSIONS } from '../../graphql/tables.js';
import { BY_NUMBER, type ListArguments, type PageArguments } from '../../server/connections.js';
import type { Instance } from '../../world/instance.js';
import { dateTime, type NodeFields } from '../node.js';
import { type ArtifactFilesArguments, artifactFileConnection } from './file.js';

export interface CollectionListArguments extends ListArguments {
  readonly collectionTypes?: readonly Collection['kind'][] | null;
}

export function collectionConnection(
  { pages, nodes }: Instance,
  collections: readonly Collection[],
  { collectionTypes: kinds, ...args }: CollectionListArguments,
) {
  const ofKinds = collections.filter(({ kind }) => !kinds?.length || kinds.includes(kind));
  const rows = ofKinds.filter(COLLECTIONS.filter(args.filters));
  return pages.sorted(rows, COLLECTIONS.order(args.order || '+createdAt'), nodes.collection, args);
}

function versionConnection({ pages, nodes }: Instance, collection: Collection, args: ListArguments) {
  const rows = [...collection.members.values()].filter(VERSIONS.filter(args.filters));
  const sorting = VERSIONS.order(args.order || '-versionIndex');
  const { edges, ...rest } = pages.sorted(rows, sorting, (member) => member, args);
  return {
    ...rest,
    edges: edges.map(({ cursor, node }) => ({
      cursor,
      version: `v${node.versionIndex}`,
      node: nodes.artifact(node.artifact),
    })),
  };
}

/** A sequence or a portfolio. */
export function collectionNode(instance: Instance, collection: Collection): NodeFields {
  const { pages, nodes } = instance;
  return {
    ...collection,
    __typename: collection.kind === 'SEQUENCE' ? 'ArtifactSequence' : 'ArtifactPortfolio',
    id: collectionId(collection),
    createdAt: dateTime(collection.createdAt),
    updatedAt: dateTime(collection.updatedAt),
    project: () => nodes.project(collection.project),
    defaultArtifactType: () => nodes.artifactType(collection.type),
    tags: (args: PageArguments) => tagConnection(instance, collection.tags, args),
    aliases: (args: PageArguments) =>
      pages.ordered([...collection.aliases.values()], BY_NUMBER, nodes.alias, args),
    artifactMembership: ({ aliasName }: { aliasName: string }) =>
      nodes.membership(memberNamed(collection, aliasName)),
    artifactMemberships: (args: PageArguments) =>
      pages.ordered(
        [...collection.members.values()].reverse(),
        { ...BY_NUMBER, isDescending: true },
        nodes.membership,
        args,
      ),
    artifacts: (args: ListArguments) => versionConnection(instance, collection, args),
    latestArtifact: () => nodes.artifact(latestOf(collection)),
    digestAlgorithm: () => latestOf(collection)?.digestAlgorithm ?? null,
  };
}

export function membershipNode(instance: Instance, member: Membership): NodeFields {
  return {
    id: membershipId(member),
    versionIndex: member.versionIndex,
    createdAt: dateTime(member.createdAt),
    commitHash: member.artifact.commitHash,
    aliases: () => [...member.aliases.values()].map(instance.nodes.alias),
    artifact: () => instance.nodes.artifact(member.artifact),
    artifactCollection: () => instance.nodes.collection(member.collection),
    files: (args: ArtifactFilesArguments) => artifactFileConnection(instance, member.artifact, args),
  };
}

export function aliasNode(instance: Instance, alias: Alias): NodeFields {
  const { collection, artifact } = alias.membership;
  return {
    id: aliasId(alias),
    alias: alias.name,
    artifact: () => instance.nodes.artifact(artifact),
    artifactCollection: () => instance.nodes.collection(collection),
    artifactCollectionName: collection.name,
  };
}

export const tagNodes = (tags: Iterable<readonly [string, string | null]>) =>
  [...tags].map(([name, tagCategoryName]) => ({ id: tagId(name), name, tagCategoryName }));

function tagConnection(
  instance: Instance,
  tags: Tags,
  args: PageArguments & { readonly tagCategoryName?: string | null },
) {
  const nodes = tagNodes(tags).filter(
    (tag) => !args.tagCategoryName || tag.tagCategoryName === args.tagCategoryName,
  );
  return instance.pages.slice(nodes, (tag) => tag, args);
}

import { GraphQLError } from 'graphql';
import { type ArtifactType, typeId } from '../../artifacts/records.js';
import { BY_NUMBER, type PageArguments } from '../../server/connections.js';
import type { Instance } from '../../world/instance.js';
import type { Project } from '../../world/records.js';
import { dateTime, type NodeFields } from '../node.js';
import { type CollectionListArguments, collectionConnection } from './collection.js';

interface Named {
  readonly name: string;
}

export function typeNode(instance: Instance, type: ArtifactType): NodeFields {
  const { catalogue, nodes } = instance;
  const { project } = type;
  return {
    ...type,
    id: typeId(type),
    createdAt: dateTime(type.createdAt),
    project: () => nodes.project(project),
    artifact: ({ name }: Named) => {
      const member = catalogue.membership(project, name);
      return member?.collection.type === type ? nodes.artifact(member.artifact) : null;
    },
    artifactCollection: ({ name }: Named) => {
      const collection = project.collections.get(name);
      return collection?.type === type ? nodes.collection(collection) : null;
    },
    artifactCollections: (args: CollectionListArguments) => {
      const own = [...project.collections.values()].filter((collection) => collection.type === type);
      return collectionConnection(instance, own, args);
    },
  };
}

/** Without the feature only the collections of a type are counted. */
function refuseCount(): never {
  throw new GraphQLError("the collections of a project aren't counted here");
}

/** What a project has of artifacts. */
export function projectArtifacts(instance: Instance, project: Project): NodeFields {
  const { catalogue, nodes } = instance;
  return {
    artifact: ({ name }: Named) => nodes.artifact(catalogue.membership(project, name)?.artifact),
    artifactType: ({ name }: Named) => nodes.artifactType(project.types.get(name)),
    artifactTypes: (args: PageArguments) =>
      instance.pages.sorted([...project.types.values()], BY_NUMBER, nodes.artifactType, args),
    artifactCollection: ({ name }: Named) => nodes.collection(project.collections.get(name)),
    artifactCollections: (args: CollectionListArguments) => {
      const connection = collectionConnection(instance, [...project.collections.values()], args);
      if (instance.hasFeature('ARTIFACT_COLLECTIONS_FILTERING_SORTING')) return connection;
      return { ...connection, totalCount: refuseCount };
    },
    artifactCollectionMembership: ({ name }: Named) => nodes.membership(catalogue.membership(project, name)),
  };
}

import { GraphQLError } from 'graphql';
import { type ArtifactType, typeId } from '../../artifacts/records.js';
import { type PageArguments, paginate } from '../../server/connections.js';
import type { Instance } from '../../world/instance.js';
import type { Project } from '../../world/records.js';
import { dateTime, type NodeFields } from '../node.js';
import { type CollectionListArguments, collectionConnection } from './collection.js';

interface Named {
  readonly name: string;
}

export function typeNode(instance: Instance, type: ArtifactType): NodeFields {
  const { catalogue } = instance.artifacts;
  const { project } = type;
  return {
    __typename: 'ArtifactType',
    id: typeId(type),
    name: type.name,
    description: type.description,
    createdAt: dateTime(type.createdAt),
    project: () => instance.nodes.project(project),
    artifact: ({ name }: Named) => {
      const member = catalogue.membership(project, name);
      return member?.collection.type === type ? instance.nodes.artifact(member.artifact) : null;
    },
    artifactCollection: ({ name }: Named) => {
      const collection = catalogue.collection(project, name);
      return collection?.type === type ? instance.nodes.collection(collection) : null;
    },
    artifactCollections: (args: CollectionListArguments) => {
      const own = catalogue.collectionsOf(project).filter((collection) => collection.type === type);
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
  const { catalogue } = instance.artifacts;
  return {
    artifact: ({ name }: Named) => {
      const member = catalogue.membership(project, name);
      return member ? instance.nodes.artifact(member.artifact) : null;
    },
    artifactType: ({ name }: Named) => {
      const type = catalogue.type(project, name);
      return type ? instance.nodes.artifactType(type) : null;
    },
    artifactTypes: (args: PageArguments) =>
      paginate(
        catalogue.types(project),
        {
          keyOf: ({ number }) => [null, number],
          toNode: (type) => instance.nodes.artifactType(type),
          mostRows: instance.settings.limits.page,
        },
        args,
      ),
    artifactCollection: ({ name }: Named) => {
      const collection = catalogue.collection(project, name);
      return collection ? instance.nodes.collection(collection) : null;
    },
    artifactCollections: (args: CollectionListArguments) => {
      const connection = collectionConnection(instance, catalogue.collectionsOf(project), args);
      if (instance.hasFeature('ARTIFACT_COLLECTIONS_FILTERING_SORTING')) return connection;
      return { ...connection, totalCount: refuseCount };
    },
    artifactCollectionMembership: ({ name }: Named) => {
      const member = catalogue.membership(project, name);
      return member ? instance.nodes.membership(member) : null;
    },
  };
}

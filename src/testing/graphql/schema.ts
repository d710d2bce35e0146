import {
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  type InputValueDefinitionNode,
  Kind,
  type NameNode,
  parse,
} from 'graphql';
import { disk } from '../../platform/disk.js';

const { readFileSync } = disk;

/**
 * What else the official SDK 0.30 asks for and the published schema, from which `schema.graphql` is taken, doesn't have yet;
 * what the package asks for of that is in `newer/schema.graphql`.
 */
const NEWER = `
  extend type Mutation {
    createArtifactCollectionTagAssignments(
      input: CreateArtifactCollectionTagAssignmentsInput!
    ): CreateArtifactCollectionTagAssignmentsPayload
    deleteArtifactCollectionTagAssignments(
      input: DeleteArtifactCollectionTagAssignmentsInput!
    ): DeleteTagAssignmentPayload
    updateRunState(input: UpdateRunStateInput!): UpdateRunStatePayload
  }
  extend type Entity {
    entityType: String
    artifactMemberships(
      projectFilters: JSONString
      collectionFilters: JSONString
      filters: JSONString
      after: String
      first: Int
      order: String
    ): ArtifactCollectionMembershipConnection
  }
  extend type LogLine {
    label: String
  }
  extend type Organization {
    advancedRegistryFeatures: AdvancedRegistryFeatures
  }
  extend type Project {
    allowAllArtifactTypesInRegistry: Boolean!
  }
  extend input UpsertModelInput {
    allowAllArtifactTypesInRegistry: Boolean
    artifactTypes: [ArtifactTypeInput!]
  }
  extend input UpsertSweepInput {
    templateVariableValues: JSONString
  }
  type AdvancedRegistryFeatures {
    advancedSearch: Boolean!
  }
  type UpdateRunStatePayload {
    success: Boolean!
    clientMutationId: String
  }
  input UpdateRunStateInput {
    id: ID!
    state: String!
    clientMutationId: String
  }
  input ArtifactTypeInput {
    name: String!
    description: String
  }
  input CreateArtifactCollectionTagAssignmentsInput {
    entityName: String!
    projectName: String!
    artifactCollectionName: String!
    tags: [TagInput!]!
    clientMutationID: String
  }
  input DeleteArtifactCollectionTagAssignmentsInput {
    entityName: String!
    projectName: String!
    artifactCollectionName: String!
    tags: [TagInput!]!
    clientMutationID: String
  }
  type CreateArtifactCollectionTagAssignmentsPayload {
    tags: [Tag!]!
    clientMutationID: String
  }
`;

/** Fields of types and inputs that a server without the feature doesn't know. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  ARTIFACT_DIGEST_ALGORITHM: [
    'Artifact.digestAlgorithm',
    'ArtifactSequence.digestAlgorithm',
    'CreateArtifactFileSpecInput.digest',
    'CreateArtifactFilesInput.digestAlgorithm',
  ],
  ARTIFACT_MEMBERSHIP_IN_LINK_ARTIFACT_RESPONSE: ['LinkArtifactPayload.artifactMembership'],
  TOTAL_COUNT_IN_FILE_CONNECTION: ['FileConnection.totalCount'],
  USE_ARTIFACT_WITH_ENTITY_AND_PROJECT_INFORMATION: [
    'UseArtifactInput.artifactEntityName',
    'UseArtifactInput.artifactProjectName',
  ],
};

/** Arguments that newer servers take, and the feature that brings one, where there is one. */
const ARGUMENTS: readonly (readonly [field: string, argument: string, feature: string | null])[] = [
  ['Entity.artifactCollections', 'projectFilters: JSONString', null],
  ['Entity.projects', 'filters: JSONString', null],
  ['Project.artifactCollections', 'filters: JSONString', 'ARTIFACT_COLLECTIONS_FILTERING_SORTING'],
  ['Project.artifactTypes', 'includeAll: Boolean', null],
  ['Project.sweeps', 'filters: JSONString', null],
  ['Run.logLines', 'useImprovedPagination: Boolean', null],
];

/** The schema of a server that has these features. */
export const servedSchema = (features: readonly string[]): GraphQLSchema =>
  // Checking it would take most of a server's start. A test does it, for all features and for none.
  buildASTSchema(servedDocument(features), { assumeValid: true });

/** That schema's definitions. */
export function servedDocument(features: readonly string[]): DocumentNode {
  const textOf = (file: string): string =>
    readFileSync(new URL(`../../wire/${file}`, import.meta.url), 'utf8');
  const text = textOf('schema.graphql') + textOf('newer/schema.graphql');
  const missing = new Set(
    Object.entries(FIELDS).flatMap(([feature, fields]) => (features.includes(feature) ? [] : fields)),
  );
  const added = ARGUMENTS.filter(([, , feature]) => feature === null || features.includes(feature));
  const kept = <Field extends { readonly name: NameNode }>(type: string, fields: readonly Field[] = []) =>
    fields.filter(({ name }) => !missing.has(`${type}.${name.value}`));
  const definitions = parse(text + NEWER, { noLocation: true }).definitions.map(
    (definition): DefinitionNode => {
      if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
        return { ...definition, fields: kept(definition.name.value, definition.fields) };
      if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return definition;
      const type = definition.name.value;
      const fields = kept(type, definition.fields).map((field) => {
        const own = added.filter(([of]) => of === `${type}.${field.name.value}`);
        const newer = own.map(([, argument]) => parseArgument(argument));
        return { ...field, arguments: [...(field.arguments ?? []), ...newer] };
      });
      return { ...definition, fields };
    },
  );
  return { kind: Kind.DOCUMENT, definitions };
}

function parseArgument(text: string): InputValueDefinitionNode {
  const [name = '', type = ''] = text.split(': ');
  return {
    kind: Kind.INPUT_VALUE_DEFINITION,
    name: { kind: Kind.NAME, value: name },
    type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type } },
  };
}

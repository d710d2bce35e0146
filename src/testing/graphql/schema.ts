import { readFileSync } from 'node:fs';
import {
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  type InputValueDefinitionNode,
  Kind,
  parse,
} from 'graphql';

/**
 * What the official SDK 0.30 asks for and the published schema, from which `schema.graphql` is taken, doesn't have yet.
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
  extend type Run {
    parquetHistory(liveKeys: [String!]!): ParquetHistory
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
  type ParquetHistory {
    parquetUrls: [String!]!
    liveData: [JSON!]!
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
  // Checking the rules of SDL would take most of a server's start. A test does it, for all features and for none.
  buildASTSchema(servedDocument(features), { assumeValidSDL: true });

/** That schema's definitions. */
export function servedDocument(features: readonly string[]): DocumentNode {
  const text = readFileSync(new URL('../../wire/schema.graphql', import.meta.url), 'utf8');
  const missing = new Set(
    Object.entries(FIELDS).flatMap(([feature, fields]) => (features.includes(feature) ? [] : fields)),
  );
  const added = ARGUMENTS.filter(([, , feature]) => feature === null || features.includes(feature));
  const definitions = parse(text + NEWER).definitions.map((definition) =>
    withArguments(without(definition, missing), added),
  );
  return { kind: Kind.DOCUMENT, definitions };
}

function without(definition: DefinitionNode, missing: ReadonlySet<string>): DefinitionNode {
  const isKept = (field: FieldDefinitionNode | InputValueDefinitionNode, type: string): boolean =>
    !missing.has(`${type}.${field.name.value}`);
  if (definition.kind === Kind.OBJECT_TYPE_DEFINITION) {
    const { fields, name } = definition;
    return { ...definition, fields: fields?.filter((field) => isKept(field, name.value)) ?? [] };
  }
  if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
    const { fields, name } = definition;
    return { ...definition, fields: fields?.filter((field) => isKept(field, name.value)) ?? [] };
  }
  return definition;
}

function withArguments(definition: DefinitionNode, added: typeof ARGUMENTS): DefinitionNode {
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return definition;
  const fields = definition.fields?.map((field) => {
    const name = `${definition.name.value}.${field.name.value}`;
    const own = added.filter(([of]) => of === name).map(([, argument]) => parseArgument(argument));
    return own.length === 0 ? field : { ...field, arguments: [...(field.arguments ?? []), ...own] };
  });
  return { ...definition, fields: fields ?? [] };
}

function parseArgument(text: string): InputValueDefinitionNode {
  const [name = '', type = ''] = text.split(': ');
  return {
    kind: Kind.INPUT_VALUE_DEFINITION,
    name: { kind: Kind.NAME, value: name },
    type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type } },
  };
}

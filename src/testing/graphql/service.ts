import {
  type DocumentNode,
  defaultFieldResolver,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { artifactMutations } from '../resolvers/mutations/artifact.js';
import { artifactFileMutations } from '../resolvers/mutations/artifact-file.js';
import { collectionMutations } from '../resolvers/mutations/collection.js';
import { fileMutations } from '../resolvers/mutations/file.js';
import { projectMutations } from '../resolvers/mutations/project.js';
import { runMutations } from '../resolvers/mutations/run.js';
import { sweepMutations } from '../resolvers/mutations/sweep.js';
import { userMutations } from '../resolvers/mutations/user.js';
import { versionMutations } from '../resolvers/mutations/version.js';
import { queries } from '../resolvers/queries.js';
import { HttpError } from '../server/http.js';
import type { Instance } from '../world/instance.js';
import { Documents } from './documents.js';

export interface GraphqlRequest {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  /** What the request log shows as the operation. */
  readonly label: string;
  /** The root fields, by name, not by alias. */
  readonly fields: readonly string[];
  readonly variables: Readonly<Record<string, unknown>>;
}

interface GraphqlAnswer {
  readonly status: number;
  readonly body: { readonly data?: unknown; readonly errors?: readonly unknown[] };
}

/** A GraphQL executor over an instance: requests are judged by the schema, never by their names. */
export class GraphqlService {
  private readonly documents: Documents;
  private readonly root: Readonly<Record<string, unknown>>;

  constructor(instance: Instance) {
    this.documents = Documents.of(instance.settings.features);
    this.root = {
      ...queries(instance),
      ...userMutations(instance),
      ...projectMutations(instance),
      ...runMutations(instance),
      ...sweepMutations(instance),
      ...fileMutations(instance),
      ...artifactMutations(instance),
      ...artifactFileMutations(instance),
      ...versionMutations(instance),
      ...collectionMutations(instance),
    };
  }

  /** Throws an HttpError for what is no request, a GraphQLError for what the schema doesn't know. */
  read(body: string): GraphqlRequest {
    const { query, operationName, variables } = parseBody(body);
    const document = this.documents.read(query);
    // The SDK's public API sends an empty operation name.
    const name = operationName || undefined;
    const operation = getOperationAST(document, name);
    if (!operation) throw new GraphQLError('The operation to run is not named, or not there.');
    const fields = rootFields(operation);
    return {
      document,
      operationName: name,
      label: operation.name?.value ?? fields[0] ?? '',
      fields,
      variables,
    };
  }

  async run(request: GraphqlRequest): Promise<GraphqlAnswer> {
    const result = await execute({
      schema: this.documents.schema,
      document: request.document,
      rootValue: this.root,
      fieldResolver: resolveField,
      variableValues: request.variables,
      operationName: request.operationName,
    });
    const refused = result.errors
      ?.map((error) => error.originalError)
      .find((error) => error instanceof HttpError);
    const status = refused instanceof HttpError ? refused.status : 200;
    return { status, body: { ...(result.errors && { errors: result.errors }), data: result.data } };
  }
}

/**
 * Mutations have one argument, their input. What one comes to tells which request it was, in the two spellings that the
 * schema has.
 */
const resolveField: GraphQLFieldResolver<unknown, unknown> = (source, args, context, info) => {
  if (info.parentType !== info.schema.getMutationType())
    return defaultFieldResolver(source, args, context, info);
  const value = defaultFieldResolver(source, args.input, context, info);
  if (typeof value !== 'object') return value;
  const { clientMutationId, clientMutationID } = args.input;
  return { ...value, clientMutationId, clientMutationID };
};

function parseBody(body: string): {
  query: string;
  operationName: string;
  variables: Record<string, unknown>;
} {
  let sent: unknown;
  try {
    sent = JSON.parse(body);
  } catch (cause) {
    throw Object.assign(new HttpError(400, 'The body is not JSON.'), { cause });
  }
  if (typeof sent !== 'object' || sent === null || !('query' in sent) || typeof sent.query !== 'string') {
    throw new HttpError(400, 'The body has no query.');
  }
  const operationName =
    'operationName' in sent && typeof sent.operationName === 'string' ? sent.operationName : '';
  const variables = 'variables' in sent && typeof sent.variables === 'object' ? { ...sent.variables } : {};
  return { query: sent.query, operationName, variables };
}

const rootFields = (operation: OperationDefinitionNode): string[] =>
  operation.selectionSet.selections.flatMap((node) => (node.kind === Kind.FIELD ? [node.name.value] : []));

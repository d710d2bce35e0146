import {
  type DocumentNode,
  defaultFieldResolver,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  getOperationAST,
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
import { type HttpAnswer, HttpError, json } from '../server/http.js';
import type { Instance } from '../world/instance.js';
import { Documents } from './documents.js';
import { type NamedOperation, namesOf, parseBody } from './request.js';

export interface GraphqlRequest extends NamedOperation {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
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
    const operation = getOperationAST(document, operationName);
    if (!operation) throw new GraphQLError('The operation to run is not named, or not there.');
    return { document, operationName, variables, ...namesOf(operation) };
  }

  async run(request: GraphqlRequest): Promise<HttpAnswer> {
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
    return json({ errors: result.errors, data: result.data }, refused?.status);
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

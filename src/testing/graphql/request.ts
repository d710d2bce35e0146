import { Kind, type OperationDefinitionNode } from 'graphql';
import { HttpError } from '../server/http.js';

/** What an operation is called: by its name or, without one, by its first root field. */
export interface NamedOperation {
  readonly operation: string | null;
  /** The root fields, by name, not by alias. */
  readonly fields: readonly string[];
}

export function namesOf({ name, selectionSet }: OperationDefinitionNode): NamedOperation {
  const fields = selectionSet.selections.flatMap((node) =>
    node.kind === Kind.FIELD ? [node.name.value] : [],
  );
  return { operation: name?.value ?? fields[0] ?? null, fields };
}

/** Throws an HttpError for what is no request. The SDK's public API sends an empty operation name. */
export function parseBody(body: string) {
  let sent: unknown;
  try {
    sent = JSON.parse(body);
  } catch (cause) {
    throw Object.assign(new HttpError(400, 'The body is not JSON.'), { cause });
  }
  if (typeof sent !== 'object' || sent === null || !('query' in sent) || typeof sent.query !== 'string') {
    throw new HttpError(400, 'The body has no query.');
  }
  const name = 'operationName' in sent && typeof sent.operationName === 'string' ? sent.operationName : '';
  const variables = 'variables' in sent && typeof sent.variables === 'object' ? { ...sent.variables } : {};
  return { query: sent.query, operationName: name || undefined, variables };
}

import { GraphQLError, getOperationAST, parse } from 'graphql';
import { type NamedOperation, namesOf, parseBody } from '../graphql/request.js';
import { HttpError } from '../server/http.js';

const UNKNOWN: NamedOperation = { operation: null, fields: [] };
const MOST_KNOWN = 200;
const known = new Map<string, NamedOperation>();

/** What the body of a GraphQL request asks for, by name; of anything else nothing. */
export function operationOf(body: Buffer): NamedOperation {
  try {
    const { query, operationName } = parseBody(body.toString());
    const key = `${operationName} ${query}`;
    const found = known.get(key) ?? read(query, operationName);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, found);
    return found;
  } catch (error) {
    // The proxy hands on whatever it gets: to judge it is the server's part.
    if (error instanceof HttpError || error instanceof GraphQLError) return UNKNOWN;
    throw error;
  }
}

function read(query: string, name: string | undefined): NamedOperation {
  const operation = getOperationAST(parse(query), name);
  return operation ? namesOf(operation) : UNKNOWN;
}

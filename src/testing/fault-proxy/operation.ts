import { GraphQLError, getOperationAST, Kind, parse } from 'graphql';

interface NamedOperation {
  readonly operation: string | null;
  /** The root fields, by name. */
  readonly fields: readonly string[];
}

const UNKNOWN: NamedOperation = { operation: null, fields: [] };
const MOST_KNOWN = 200;
const known = new Map<string, NamedOperation>();

/** What the body of a GraphQL request asks for, by name; of anything else nothing. */
export function operationOf(body: Buffer): NamedOperation {
  const text = body.toString();
  try {
    const sent: unknown = JSON.parse(text);
    if (typeof sent !== 'object' || sent === null || !('query' in sent) || typeof sent.query !== 'string')
      return UNKNOWN;
    const name = 'operationName' in sent && typeof sent.operationName === 'string' ? sent.operationName : '';
    const key = `${name} ${sent.query}`;
    const found = known.get(key) ?? read(sent.query, name);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, found);
    return found;
  } catch (error) {
    // The proxy hands on whatever it gets: to judge it is the server's part.
    if (error instanceof SyntaxError || error instanceof GraphQLError) return UNKNOWN;
    throw error;
  }
}

function read(query: string, name: string): NamedOperation {
  const operation = getOperationAST(parse(query), name || undefined);
  if (!operation) return UNKNOWN;
  const fields = operation.selectionSet.selections.flatMap((node) =>
    node.kind === Kind.FIELD ? [node.name.value] : [],
  );
  return { operation: operation.name?.value ?? fields[0] ?? null, fields };
}

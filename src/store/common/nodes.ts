/** W&B tells times in UTC, with 'Z' and without. */
export function timeOf(text: string): number {
  const isZoned = /(Z|[+-]\d\d:?\d\d)$/i.test(text);
  const time = Date.parse(isZoned ? text : `${text}Z`);
  return Number.isNaN(time) ? 0 : time;
}

/** Nodes of a connection, without the gaps that GraphQL allows. */
export const nodesOf = <T>(
  connection: { readonly edges: readonly { readonly node?: T | null }[] } | null | undefined,
): T[] => (connection?.edges ?? []).flatMap(({ node }) => node ?? []);

interface Connection {
  readonly edges: readonly { readonly cursor?: string; readonly node?: unknown }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null | undefined };
}

/**
 * Where the next page of a connection begins; null: this was the last.
 *
 * Runs and files go on from their last edge's cursor, all else from the page's, as the SDK does it (protocol
 * section 3.4): what goes on from edges selects their cursors.
 */
export function nextOf(connection: Connection | null | undefined): string | null {
  if (!connection?.pageInfo.hasNextPage) return null;
  return connection.edges.at(-1)?.cursor ?? connection.pageInfo.endCursor ?? null;
}

import { Failure } from '../../../contract/failure.js';

/** W&B tells times in UTC, with 'Z' and without. */
export function timeOf(text: string): number {
  const isZoned = /(Z|[+-]\d\d:?\d\d)$/i.test(text);
  const time = Date.parse(isZoned ? text : `${text}Z`);
  return Number.isNaN(time) ? 0 : time;
}

/** A time as users are told it: ISO 8601 in UTC, however the server writes it; null where it tells none. */
export const isoOf = (text: string | null | undefined): string | null =>
  typeof text === 'string' ? madeAt(text) : null;

export const madeAt = (text: string): string => new Date(timeOf(text)).toISOString();

/** Nodes of a connection; one without gaps, which the wire sees to. */
export const nodesOf = <T>(
  connection: { readonly edges: readonly { readonly node?: T | null }[] } | null | undefined,
): T[] => (connection?.edges ?? []).flatMap(({ node }) => node ?? []);

interface NamedRows<Row> {
  readonly edges: readonly { readonly node?: Row | null }[];
  readonly pageInfo: { readonly hasNextPage: boolean };
}

/**
 * Rows by their names. A server may cut a page shorter than the names that it was asked for: what isn't in it is asked
 * for again, and isn't taken to be missing.
 */
export async function rowsOfNames<
  Row extends { readonly name: string; readonly updatedAt?: string | null | undefined },
>(
  names: readonly string[],
  ask: (names: readonly string[]) => Promise<NamedRows<Row> | null | undefined>,
): Promise<ReadonlyMap<string, Row>> {
  const rows = new Map<string, Row>();
  for (let left = names; left.length > 0; left = left.filter((name) => !rows.has(name))) {
    const before = rows.size;
    const page = await ask(left);
    for (const row of nodesOf(page)) {
      const known = rows.get(row.name);
      // Of two rows of one name the later one is the file.
      if (!known || timeOf(known.updatedAt ?? '') <= timeOf(row.updatedAt ?? '')) rows.set(row.name, row);
    }
    if (!page?.pageInfo.hasNextPage) break;
    if (rows.size === before) throw new Failure('EIO', 'The server listed fewer files than it has.');
  }
  return rows;
}

export interface Connection {
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
  const next = connection.edges.at(-1)?.cursor || connection.pageInfo.endCursor;
  if (!next) throw new Failure('EPROTO', "The server doesn't say where its listing goes on.");
  return next;
}

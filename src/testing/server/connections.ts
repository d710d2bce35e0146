import { GraphQLError } from 'graphql';

export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

export interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: {
    readonly startCursor: string | null;
    readonly endCursor: string | null;
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
  };
  readonly totalCount: number;
}

/** What a list is ordered by: a value and, where values are equal, the number of making. */
export type SortKey = readonly [value: string | number | null, number: number];

export interface Sorting<Item> {
  readonly keyOf: (item: Item) => SortKey;
  readonly isDescending?: boolean;
}

/** Compares rows as they are to be ordered. */
export const inOrder =
  <Item>({ keyOf, isDescending = false }: Sorting<Item>) =>
  (a: Item, b: Item): number =>
    (isDescending ? -1 : 1) * compareKeys(keyOf(a), keyOf(b));

function compareKeys(a: SortKey, b: SortKey): number {
  return compareValues(a[0], b[0]) || a[1] - b[1];
}

/** Missing values come first, numbers before text. */
function compareValues(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : 1;
}

interface PageOptions<Item, Node> extends Sorting<Item> {
  readonly toNode: (item: Item) => Node;
  /** The most rows that a page holds. */
  readonly mostRows: number;
}

/** One page of a list that isn't ordered yet. */
export const sortedPage = <Item, Node>(
  items: readonly Item[],
  options: PageOptions<Item, Node>,
  page: PageArguments,
): Connection<Node> => paginate([...items].sort(inOrder(options)), options, page);

/**
 * One page of a list that is ordered already. Cursors hold the sort key, not a position: rows that are made or deleted
 * between two pages neither repeat nor hide others.
 */
export function paginate<Item, Node>(
  items: readonly Item[],
  options: PageOptions<Item, Node>,
  page: PageArguments,
): Connection<Node> {
  const { keyOf, toNode, mostRows, isDescending = false } = options;
  const sign = isDescending ? -1 : 1;
  const after = page.after ? decodeCursor(page.after) : null;
  const before = page.before ? decodeCursor(page.before) : null;
  const inRange = items.filter((item) => {
    const key = keyOf(item);
    return (!after || sign * compareKeys(key, after) > 0) && (!before || sign * compareKeys(key, before) < 0);
  });
  const isBackward = typeof page.last === 'number' && typeof page.first !== 'number';
  const rows = Math.min((isBackward ? page.last : page.first) ?? mostRows, mostRows);
  if (rows < 0) throw new GraphQLError('A page cannot have a negative number of rows.');
  const chosen = isBackward ? inRange.slice(Math.max(0, inRange.length - rows)) : inRange.slice(0, rows);
  const edges = chosen.map((item) => ({ cursor: encodeCursor(keyOf(item)), node: toNode(item) }));
  const isCut = chosen.length < inRange.length;
  return {
    edges,
    pageInfo: {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
      hasNextPage: isBackward ? before !== null : isCut,
      hasPreviousPage: isBackward ? isCut : after !== null,
    },
    totalCount: items.length,
  };
}

/** One page of a list that never changes: cursors are positions, so that a page costs its own rows, not the list's. */
export function slice<Item, Node>(
  items: readonly Item[],
  options: { readonly toNode: (item: Item, index: number) => Node; readonly mostRows: number },
  page: PageArguments,
): Connection<Node> {
  const start = page.after ? decodeCursor(page.after)[1] + 1 : 0;
  const end = page.before ? Math.min(decodeCursor(page.before)[1], items.length) : items.length;
  const isBackward = typeof page.last === 'number' && typeof page.first !== 'number';
  const rows = Math.min((isBackward ? page.last : page.first) ?? options.mostRows, options.mostRows);
  if (rows < 0) throw new GraphQLError('A page cannot have a negative number of rows.');
  const from = isBackward ? Math.max(start, end - rows) : start;
  const to = isBackward ? end : Math.min(end, start + rows);
  const edges = items.slice(from, to).map((item, offset) => ({
    cursor: encodeCursor([null, from + offset]),
    node: options.toNode(item, from + offset),
  }));
  return {
    edges,
    pageInfo: {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
      hasNextPage: to < items.length,
      hasPreviousPage: from > 0,
    },
    totalCount: items.length,
  };
}

const encodeCursor = (key: SortKey): string => Buffer.from(JSON.stringify(key)).toString('base64');

function decodeCursor(cursor: string): SortKey {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64').toString());
    if (Array.isArray(key) && typeof key[1] === 'number') return [key[0], key[1]];
    throw new SyntaxError('no sort key');
  } catch (cause) {
    throw new GraphQLError('The cursor is not one of this list.', {
      originalError: cause instanceof Error ? cause : null,
    });
  }
}

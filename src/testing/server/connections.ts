import { GraphQLError } from 'graphql';
import { readSent } from '../graphql/json.js';
import { globalId } from '../world/records.js';

export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/** Of a list that can be filtered and ordered. */
export interface ListArguments extends PageArguments {
  readonly filters?: string | null;
  readonly order?: string | null;
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
type SortKey = readonly [value: string | number | null, number: number];

export interface Sorting<Item> {
  readonly keyOf: (item: Item) => SortKey;
  readonly isDescending?: boolean;
}

/** In the order of making. */
export const BY_NUMBER: Sorting<{ readonly number: number }> = { keyOf: ({ number }) => [null, number] };

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

/** Cuts lists into pages of so many rows at most. */
export class Pages {
  constructor(private readonly mostRows: number) {}

  /** One page of a list that isn't ordered yet. */
  sorted<Item, Node>(
    items: readonly Item[],
    sorting: Sorting<Item>,
    toNode: (item: Item) => Node,
    page: PageArguments,
  ): Connection<Node> {
    return this.ordered([...items].sort(inOrder(sorting)), sorting, toNode, page);
  }

  /**
   * One page of a list that is ordered already. Cursors hold the sort key, not a position: rows that are made or deleted
   * between two pages neither repeat nor hide others. A page costs what it shows, and a search for where it begins.
   */
  ordered<Item, Node>(
    items: readonly Item[],
    { keyOf, isDescending = false }: Sorting<Item>,
    toNode: (item: Item) => Node,
    page: PageArguments,
  ): Connection<Node> {
    const sign = isDescending ? -1 : 1;
    const after = page.after ? decodeCursor(page.after) : null;
    const before = page.before ? decodeCursor(page.before) : null;
    const start = after ? firstWhere(items, (item) => sign * compareKeys(keyOf(item), after) > 0) : 0;
    const end = before
      ? firstWhere(items, (item) => sign * compareKeys(keyOf(item), before) >= 0)
      : items.length;
    const [from, to] = this.window(start, end, page);
    const edges = items
      .slice(from, to)
      .map((item) => ({ cursor: encodeCursor(keyOf(item)), node: toNode(item) }));
    const hasPrevious = from > start || after !== null;
    return connection(edges, hasPrevious, to < end || before !== null, items.length);
  }

  /** One page of a list that never changes: cursors are positions, so that a page costs its own rows, not the list's. */
  slice<Item, Node>(
    items: readonly Item[],
    toNode: (item: Item) => Node,
    page: PageArguments,
  ): Connection<Node> {
    const start = page.after ? decodeCursor(page.after)[1] + 1 : 0;
    const end = page.before ? Math.min(decodeCursor(page.before)[1], items.length) : items.length;
    const [from, to] = this.window(start, end, page);
    const edges = items
      .slice(from, to)
      .map((item, index) => ({ cursor: encodeCursor([null, from + index]), node: toNode(item) }));
    return connection(edges, from > 0, to < items.length, items.length);
  }

  /** Which rows of a range a page has: its first ones or, going backward, its last ones. */
  private window(start: number, end: number, { first, last }: PageArguments): [from: number, to: number] {
    const isBackward = typeof last === 'number' && typeof first !== 'number';
    const rows = Math.min((isBackward ? last : first) ?? this.mostRows, this.mostRows);
    if (rows < 0) throw new GraphQLError('A page cannot have a negative number of rows.');
    return isBackward ? [Math.max(start, end - rows), end] : [start, Math.min(end, start + rows)];
  }
}

const connection = <Node>(
  edges: Connection<Node>['edges'],
  hasPreviousPage: boolean,
  hasNextPage: boolean,
  totalCount: number,
): Connection<Node> => ({
  edges,
  pageInfo: {
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
    hasNextPage,
    hasPreviousPage,
  },
  totalCount,
});

/** Where in a list begins what is so, behind all that isn't; its length, where nothing is. */
function firstWhere<Item>(items: readonly Item[], isSo: (item: Item) => boolean): number {
  let [from, to] = [0, items.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const item = items[middle];
    if (item !== undefined && isSo(item)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** For lists that are never cut. */
export const WHOLE = new Pages(Infinity);

const encodeCursor = (key: SortKey): string => globalId(JSON.stringify(key));

const decodeCursor = (cursor: string): SortKey =>
  readSent('The cursor is not one of this list.', () => {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64').toString());
    if (Array.isArray(key) && typeof key[1] === 'number') return [key[0], key[1]];
    throw new SyntaxError('no sort key');
  });

import { GraphQLError } from 'graphql';
import type { Sorting } from '../server/connections.js';
import { isObject, readSent } from './json.js';

/** The values that a row has under a name. Several stand for lists, such as tags. */
type Column<Row> = (row: Row, path: readonly string[]) => readonly unknown[];

/** How requests filter and order the rows of one kind, by names that may be spelt createdAt or created_at. */
export class Table<Row extends { readonly number: number }> {
  private readonly columns: ReadonlyMap<string, Column<Row>>;

  /**
   * @param title what messages call the rows
   * @param columns by name; one that ends with a dot stands for all names that begin so, and gets their rest as a path
   */
  constructor(
    private readonly title: string,
    columns: Readonly<Record<string, Column<Row>>>,
  ) {
    this.columns = new Map(Object.entries(columns));
  }

  /** Whether a row passes a filter in the style of MongoDB, given as JSON text. */
  filter(text: string | null | undefined): (row: Row) => boolean {
    const filter: unknown = readSent('`filters` is not JSON.', () => JSON.parse(text || '{}'));
    return (row) => passes(filter, (key) => this.values(row, key));
  }

  /** How `order` sorts rows: a sign, then a name. */
  order(order: string): Sorting<Row> {
    const key = order.replace(/^[+-]/, '');
    return {
      isDescending: order.startsWith('-'),
      keyOf: (row) => {
        const [value] = this.values(row, key);
        return [typeof value === 'number' || typeof value === 'string' ? value : null, row.number];
      },
    };
  }

  private values(row: Row, key: string): readonly unknown[] {
    const [root = '', ...path] = key.split('.');
    const name = root.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    const column = this.columns.get([name, ...path].join('.')) ?? this.columns.get(`${name}.`);
    if (!column) throw new GraphQLError(`${this.title} have no '${key}' to filter or order by.`);
    return column(row, path);
  }
}

function passes(filter: unknown, valuesOf: (key: string) => readonly unknown[]): boolean {
  if (!isObject(filter)) throw new GraphQLError('A filter must be an object.');
  return Object.entries(filter).every(([key, condition]) => {
    if (key === '$and') return each(condition).every((part) => passes(part, valuesOf));
    if (key === '$or') return each(condition).some((part) => passes(part, valuesOf));
    if (key === '$nor') return !each(condition).some((part) => passes(part, valuesOf));
    const values = valuesOf(key);
    const operators = isObject(condition) ? condition : { $eq: condition };
    return Object.entries(operators).every(([operator, operand]) => satisfies(values, operator, operand));
  });
}

function each(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new GraphQLError('$and, $or, $nor, $in and $nin take lists.');
  return value;
}

function satisfies(values: readonly unknown[], operator: string, operand: unknown): boolean {
  const isEqual = (value: unknown): boolean => (value ?? null) === (operand ?? null);
  switch (operator) {
    case '$eq':
      return values.some(isEqual);
    case '$ne':
      return !values.some(isEqual);
    case '$in':
      return values.some((value) => each(operand).includes(value));
    case '$nin':
      return !values.some((value) => each(operand).includes(value));
    case '$exists':
      return values.some((value) => value !== undefined && value !== null) === operand;
    case '$regex':
      return values.some((value) => typeof value === 'string' && expression(operand).test(value));
    case '$contains':
      return values.some((value) => typeof value === 'string' && value.includes(String(operand)));
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return values.some((value) => isOrdered(value, operator, operand));
    default:
      throw new GraphQLError(`The filter operator '${operator}' is not known.`);
  }
}

function isOrdered(value: unknown, operator: '$gt' | '$gte' | '$lt' | '$lte', operand: unknown): boolean {
  const areComparable =
    (typeof value === 'number' && typeof operand === 'number') ||
    (typeof value === 'string' && typeof operand === 'string');
  if (!areComparable) return false;
  const [time, other] = [timeOf(value), timeOf(operand)];
  if (time !== null && other !== null) return isOrdered(time, operator, other);
  if (operator === '$gt') return value > operand;
  if (operator === '$gte') return value >= operand;
  if (operator === '$lt') return value < operand;
  return value <= operand;
}

/** Times may be written with and without fractions of a second; text that is none is null. */
const timeOf = (value: unknown): number | null =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d(T|$)/.test(value) && !Number.isNaN(Date.parse(value))
    ? Date.parse(value)
    : null;

/** RE2 has flags at the beginning, JavaScript beside the expression. */
function expression(operand: unknown): RegExp {
  const [, flags = '', source = ''] = /^(?:\(\?([ims]+)\))?([\s\S]*)$/.exec(String(operand)) ?? [];
  return readSent(`The expression '${operand}' is none.`, () => new RegExp(source, flags));
}

/** MySQL's LIKE: '%' stands for any text, '_' for one character, a backslash takes a sign's meaning away. */
export function likePattern(pattern: string): RegExp {
  const source = pattern.replace(
    /\\([\s\S])|[%_]|[.*+?^${}()|[\]\\/]/gu,
    (sign, escaped: string | undefined) => {
      if (escaped !== undefined) return escaped.replace(/[.*+?^${}()|[\]\\/]/, '\\$&');
      if (sign === '%') return '[\\s\\S]*';
      if (sign === '_') return '[\\s\\S]';
      return `\\${sign}`;
    },
  );
  return new RegExp(`^${source}$`, 'u');
}

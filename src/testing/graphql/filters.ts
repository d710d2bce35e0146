import { GraphQLError } from 'graphql';
import type { Sorting } from '../server/connections.js';

/** The values of a row under a name that filters use. Several stand for lists, such as tags. */
type ValuesOf<Row> = (row: Row, key: string) => readonly unknown[];

/** What lies below an object's keys; undefined where there is nothing. */
export const dig = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a row passes a filter in the style of MongoDB, given as JSON text. */
export function mongoFilter<Row>(
  text: string | null | undefined,
  valuesOf: ValuesOf<Row>,
): (row: Row) => boolean {
  let filter: unknown;
  try {
    filter = JSON.parse(text || '{}');
  } catch (cause) {
    throw new GraphQLError('`filters` is not JSON.', {
      originalError: cause instanceof Error ? cause : null,
    });
  }
  return (row) => passes(filter, row, valuesOf);
}

/** How `order` sorts rows: a sign, then a name. */
export function orderBy<Row>(
  order: string | null | undefined,
  usual: string,
  valuesOf: ValuesOf<Row>,
  numberOf: (row: Row) => number,
): Sorting<Row> {
  const text = order || usual;
  const key = text.replace(/^[+-]/, '');
  return {
    isDescending: text.startsWith('-'),
    keyOf: (row) => {
      const [value] = valuesOf(row, key);
      return [typeof value === 'number' || typeof value === 'string' ? value : null, numberOf(row)];
    },
  };
}

function passes<Row>(filter: unknown, row: Row, valuesOf: ValuesOf<Row>): boolean {
  if (!isObject(filter)) throw new GraphQLError('A filter must be an object.');
  return Object.entries(filter).every(([key, condition]) => {
    if (key === '$and') return each(condition).every((part) => passes(part, row, valuesOf));
    if (key === '$or') return each(condition).some((part) => passes(part, row, valuesOf));
    if (key === '$nor') return !each(condition).some((part) => passes(part, row, valuesOf));
    const values = valuesOf(row, key);
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
  try {
    return new RegExp(source, flags);
  } catch (cause) {
    throw new GraphQLError(`The expression '${operand}' is none.`, {
      originalError: cause instanceof Error ? cause : null,
    });
  }
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

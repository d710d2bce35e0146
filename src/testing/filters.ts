import { GraphQLError } from 'graphql';
import type { SortKey } from './connections.js';
import type { Run } from './records.js';

/** Values of a run by the names that filters and orders use. Several stand for lists, such as tags. */
function valuesOf(run: Run, key: string, viewer: string): readonly unknown[] {
  switch (key) {
    case 'name':
      return [run.name];
    case 'state':
      return [run.state];
    case 'displayName':
    case 'display_name':
      return [run.displayName];
    case 'createdAt':
    case 'created_at':
      return [new Date(run.createdAt).toISOString()];
    case 'heartbeatAt':
    case 'heartbeat_at':
    case 'updated_at':
      return [new Date(run.heartbeatAt).toISOString()];
    case 'group':
      return [run.group];
    case 'jobType':
    case 'job_type':
      return [run.jobType];
    case 'host':
      return [run.host];
    case 'sweep':
      return [run.sweepName];
    case 'username':
      return [viewer];
    case 'tags':
      return run.tags;
    case 'duration':
      return [(run.heartbeatAt - run.createdAt) / 1000];
  }
  const [root, ...path] = key.split('.');
  if (root === 'summary_metrics') return [dig(JSON.parse(run.summaryMetrics), path)];
  if (root === 'config') {
    const [name = '', ...rest] = path;
    return [dig(dig(JSON.parse(run.config), [name, 'value']), rest[0] === 'value' ? rest.slice(1) : rest)];
  }
  throw new GraphQLError(`Runs have no '${key}' to filter or order by.`);
}

const dig = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a run passes a filter in the style of MongoDB, given as JSON text. */
export function runFilter(text: string | null | undefined, viewer: string): (run: Run) => boolean {
  let filter: unknown;
  try {
    filter = JSON.parse(text || '{}');
  } catch (cause) {
    throw new GraphQLError('`filters` is not JSON.', {
      originalError: cause instanceof Error ? cause : null,
    });
  }
  return (run) => passes(filter, run, viewer);
}

function passes(filter: unknown, run: Run, viewer: string): boolean {
  if (!isObject(filter)) throw new GraphQLError('A filter must be an object.');
  return Object.entries(filter).every(([key, condition]) => {
    if (key === '$and') return each(condition).every((part) => passes(part, run, viewer));
    if (key === '$or') return each(condition).some((part) => passes(part, run, viewer));
    if (key === '$nor') return !each(condition).some((part) => passes(part, run, viewer));
    const values = valuesOf(run, key, viewer);
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
      return values.some((value) => typeof value === 'string' && new RegExp(String(operand)).test(value));
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
  if (operator === '$gt') return value > operand;
  if (operator === '$gte') return value >= operand;
  if (operator === '$lt') return value < operand;
  return value <= operand;
}

/** How `order` sorts runs: a sign, then a name. */
export function runOrder(
  order: string | null | undefined,
  viewer: string,
): { keyOf: (run: Run) => SortKey; isDescending: boolean } {
  const text = order || '+created_at';
  const key = text.replace(/^[+-]/, '');
  return {
    isDescending: text.startsWith('-'),
    keyOf: (run) => {
      // Times are told to the second, but runs of one second still have an order.
      if (key === 'created_at' || key === 'createdAt') return [run.createdAt, run.number];
      const [value] = valuesOf(run, key, viewer);
      return [typeof value === 'number' || typeof value === 'string' ? value : null, run.number];
    },
  };
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

import { types } from 'node:util';
import { RealDate } from '../../platform/time.js';
import { invalidArgumentType, invalidArgumentValue } from '../arguments/refusals.js';
import { asArray, asBoolean, asObject, asString, type Bag } from '../arguments/validate.js';

/** A value that runs are compared with. */
export type FilterValue = string | number | boolean | null;

/** How a value must be, in W&B's operators, which are MongoDB's. All of them must hold. */
export interface FilterOperators<Value> {
  readonly $eq?: Value;
  readonly $ne?: Value;
  readonly $gt?: Value;
  readonly $gte?: Value;
  readonly $lt?: Value;
  readonly $lte?: Value;
  readonly $in?: readonly Value[];
  readonly $nin?: readonly Value[];
  readonly $exists?: boolean;
  /** RE2's syntax; it may match anywhere in the text. */
  readonly $regex?: string;
}

/** A text, one of several, or operators. */
export type TextFilter = string | readonly string[] | FilterOperators<string>;

/** A value by its key, or operators; objects in objects mean keys in keys. */
export interface ValueFilters {
  readonly [key: string]: FilterValue | FilterOperators<FilterValue> | ValueFilters;
}

/** What runs must be; all of it must hold. */
export interface RunFilters {
  /** The ids in paths. */
  readonly name?: TextFilter | undefined;
  readonly displayName?: TextFilter | undefined;
  readonly state?: TextFilter | undefined;
  readonly group?: TextFilter | undefined;
  readonly jobType?: TextFilter | undefined;
  readonly username?: TextFilter | undefined;
  readonly sweep?: TextFilter | undefined;
  /** A tag, several that a run must all have, or operators. */
  readonly tags?: TextFilter | undefined;
  readonly createdAt?: FilterOperators<string | Date> | undefined;
  /** Such as `{ lr: 0.1, model: { layers: { $gte: 3 } } }`. */
  readonly config?: ValueFilters | undefined;
  /** Such as `{ loss: { $lt: 1 } }`. */
  readonly summary?: ValueFilters | undefined;
  /** In W&B's own names and operators, passed on as it is; it must hold beside the others. */
  readonly filters?: Readonly<Record<string, unknown>> | undefined;
}

/** One part of a filter as W&B takes it. */
type Part = readonly [key: string, condition: unknown];
type Read = (value: unknown, name: string) => readonly Part[];

/** How each field is read; the names that W&B has for them. */
export const FIELDS: Readonly<Record<Exclude<keyof RunFilters, 'filters'>, Read>> = {
  name: texts('name'),
  displayName: texts('display_name'),
  state: texts('state'),
  group: texts('group'),
  jobType: texts('jobType'),
  username: texts('username'),
  sweep: texts('sweep'),
  tags: (value, name) => {
    if (!Array.isArray(value)) return [['tags', textOrOperators(value, name)]];
    return asItems(value, name, asString).map((tag): Part => ['tags', tag]);
  },
  createdAt: (value, name) => [['createdAt', operators(value, name, asTime)]],
  // W&B keeps a config's values as `{ value, desc }` below their keys.
  config: values(([key, ...rest]) => ['config', key, 'value', ...rest]),
  summary: values((keys) => ['summary_metrics', ...keys]),
};

/**
 * The filter of checked options, as JSON for W&B.
 *
 * @throws TypeError with Node's codes for what W&B can't be asked
 */
export function filterOf(options: Bag): string {
  const parts = Object.entries(FIELDS).flatMap(([field, read]) => {
    const value = options[field];
    return value === undefined ? [] : read(value, `options.${field}`);
  });
  const raw = options.filters === undefined ? [] : [plain(options.filters, 'options.filters')];
  const all = [...parts.map(([key, condition]) => ({ [key]: condition })), ...raw];
  const [only] = all;
  if (only === undefined) return '{}';
  return JSON.stringify(all.length === 1 ? only : { $and: all });
}

function texts(key: string): Read {
  return (value, name) => {
    const condition = Array.isArray(value)
      ? { $in: asItems(value, name, asString) }
      : textOrOperators(value, name);
    return [[key, condition]];
  };
}

function values(keysAt: (keys: readonly string[]) => readonly unknown[]): Read {
  return (value, name) => leaves(value, name).map(([keys, condition]) => [keysAt(keys).join('.'), condition]);
}

function textOrOperators(value: unknown, name: string): unknown {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null) return operators(value, name, asString);
  throw invalidArgumentType(name, 'of type string or an instance of Array or Object', value);
}

type Leaf = readonly [keys: readonly string[], condition: unknown];

/** The conditions in nested objects, with the keys that lead there. W&B's own names have a dot between keys. */
function leaves(conditions: unknown, name: string): readonly Leaf[] {
  return Object.entries(asPlainObject(conditions, name)).flatMap(([key, value]): readonly Leaf[] => {
    const at = `${name}.${key}`;
    const path = key.split('.');
    if (path.includes('') || key.startsWith('$')) {
      throw invalidArgumentValue(at, value, 'must have a key of its own: operators stand below keys');
    }
    if (typeof value !== 'object' || value === null) return [[path, asScalar(value, at)]];
    if (Array.isArray(value)) {
      throw invalidArgumentValue(at, value, "can't be a list; one of several is { $in: [...] }");
    }
    const inner = asPlainObject(value, at);
    const keys = Object.keys(inner);
    if (keys.length > 0 && keys.every((each) => !each.startsWith('$'))) {
      return leaves(inner, at).map(([below, condition]) => [[...path, ...below], condition]);
    }
    return [[path, operators(inner, at, asScalar)]];
  });
}

function operators(given: unknown, name: string, take: Take): unknown {
  const entries = Object.entries(asPlainObject(given, name));
  if (entries.length === 0) {
    throw invalidArgumentValue(name, given, `must have an operator: ${Object.keys(OPERATORS).join(', ')}`);
  }
  const read = entries.map(([operator, operand]) => {
    const check = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
    if (check) return [operator, check(operand, `${name}.${operator}`, take)];
    throw invalidArgumentValue(
      `${name}.${operator}`,
      operand,
      `is no operator; known are ${Object.keys(OPERATORS).join(', ')}, and what else W&B takes goes into \`filters\``,
    );
  });
  return Object.fromEntries(read);
}

type Take = (value: unknown, name: string) => unknown;
type Check = (value: unknown, name: string, take: Take) => unknown;
const one: Check = (value, name, take) => take(value, name);

const OPERATORS: Readonly<Record<string, Check>> = {
  $eq: one,
  $ne: one,
  $gt: one,
  $gte: one,
  $lt: one,
  $lte: one,
  $in: asItems,
  $nin: asItems,
  $exists: asBoolean,
  $regex: asString,
};

function asItems<T>(value: unknown, name: string, take: (item: unknown, name: string) => T): T[] {
  const items = asArray(value, name, take);
  if (items.length === 0) throw invalidArgumentValue(name, value, 'must not be empty');
  return items;
}

function asScalar(value: unknown, name: string): FilterValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value !== 'number') {
    throw invalidArgumentType(name, 'of type string, number or boolean, or null', value);
  }
  if (!Number.isFinite(value)) throw invalidArgumentValue(name, value, 'must be a finite number');
  return value;
}

function asTime(value: unknown, name: string): string {
  const date = types.isDate(value) ? value : new RealDate(asString(value, name));
  if (Number.isNaN(date.getTime())) throw invalidArgumentValue(name, value, 'must be a time');
  return typeof value === 'string' ? value : date.toISOString();
}

/** Dates, maps and expressions have no meaning of their own here; taken for objects they'd match anything. */
function asPlainObject(value: unknown, name: string): Bag {
  const object = asObject(value, name);
  if (Object.prototype.toString.call(object) === '[object Object]') return object;
  throw invalidArgumentValue(name, value, 'must be a plain object');
}

/** What JSON holds as it is; anything that it would change or leave out makes another filter of it. */
function plain(value: unknown, name: string): unknown {
  asPlainObject(value, name);
  const check = (inner: unknown, at: string, above: readonly unknown[]): void => {
    if (above.includes(inner)) throw invalidArgumentValue(at, inner, 'must not contain itself');
    if (Array.isArray(inner)) {
      for (const [index, item] of inner.entries()) check(item, `${at}[${index}]`, [...above, inner]);
    } else if (typeof inner === 'object' && inner !== null) {
      for (const [key, held] of Object.entries(asPlainObject(inner, at)))
        check(held, `${at}.${key}`, [...above, inner]);
    } else {
      asScalar(inner, at);
    }
  };
  check(value, name, []);
  return value;
}

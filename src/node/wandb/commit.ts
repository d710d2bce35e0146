import type { CommitOptions, Committed } from '../../contract/drafts.js';
import { type TreePath, withoutSlash } from '../../contract/tree-path.js';
import type { Operation } from '../../kernel/operation/operation.js';
import { invalidArgumentType, invalidArgumentValue } from '../arguments/refusals.js';
import {
  asArray,
  asBoolean,
  asObject,
  asOneOf,
  asSignal,
  asString,
  assertKnownOptions,
  type Bag,
} from '../arguments/validate.js';
import type { Composite } from '../composites/driver.js';
import { invokeAt, placeOf, type Tree } from '../tree.js';

/** The options of `fs.wandb.commit`, checked as Node checks its own; what W&B itself refuses comes back as EINVAL. */
function asCommitOptions(given: Bag): CommitOptions {
  assertKnownOptions(given, Object.keys(CHECKS), 'commit');
  const taken = Object.entries(CHECKS).flatMap(([name, take]) => {
    const value = given[name];
    return value === undefined ? [] : [[name, take(value, `options.${name}`)]];
  });
  return Object.fromEntries(taken) as CommitOptions;
}

/** Checks a value and gives it as plain data of its own: the caller may change his, and it may cross to another thread. */
type Take = (value: unknown, name: string) => unknown;

const asStrings: Take = (value, name) => asArray(value, name, asString);

/** What JSON makes of it; NaN is null there, as the SDK sends it, and what it would leave out is refused. */
const asJson: Take = (value, name) => {
  asObject(value, name);
  const check = (key: string, inner: unknown): unknown => {
    const isHeld = !['function', 'symbol', 'bigint'].includes(typeof inner) && !isEmptied(inner);
    if (isHeld && inner !== Number.POSITIVE_INFINITY && inner !== Number.NEGATIVE_INFINITY) return inner;
    const at = key === '' ? name : `${name}.${key}`;
    throw invalidArgumentValue(at, inner, 'must be a value that JSON has');
  };
  try {
    return JSON.parse(JSON.stringify(value, check));
  } catch (error) {
    if (error instanceof TypeError && !('code' in error)) {
      throw invalidArgumentValue(name, value, `must be plain JSON (${error.message.split('\n')[0]})`);
    }
    throw error;
  }
};

/** Of a map, a set, an expression or an error JSON makes an empty object. */
const isEmptied = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !/^\[object (Object|Array)\]$/.test(Object.prototype.toString.call(value)) &&
  Object.keys(value).length === 0;

const CHECKS: Readonly<Record<keyof CommitOptions, Take>> = {
  aliases: asStrings,
  description: asString,
  metadata: asJson,
  tags: asStrings,
  ttl: (value, name) => {
    if (value === null) return value;
    if (typeof value !== 'number') throw invalidArgumentType(name, 'of type number', value);
    if (!Number.isInteger(value) || value < 1) {
      throw invalidArgumentValue(name, value, 'must be a number of seconds from 1 up, or null for no end');
    }
    return value;
  },
  incremental: asBoolean,
  runId: asString,
  digestAlgorithm: (value, name) => asOneOf(value, name, 'MD5', 'XXH128'),
  distributedId: asString,
  finish: asBoolean,
};

/** @param canAbort a blocked thread hears of no signal */
export function* commit(
  tree: Tree,
  draft: unknown,
  options: unknown,
  canAbort: boolean,
): Composite<Committed> {
  const place = placeOf(tree, draft, 'draft');
  const { signal, ...rest } = options === undefined ? {} : asObject(options, 'options');
  const settings = asCommitOptions(canAbort || signal === undefined ? rest : { ...rest, signal });
  const heard = canAbort ? asSignal(signal, 'options.signal') : undefined;
  const run = (op: Operation, at: TreePath): Committed => tree.kernel.commit(op, withoutSlash(at), settings);
  return yield* invokeAt('commit', place, run, { signal: heard });
}

import { types } from 'node:util';
import { invalidArgumentType, invalidArgumentValue } from '../arguments/refusals.js';
import {
  asBoolean,
  asInteger,
  asObject,
  asOneOf,
  asOptions,
  asSignal,
  isFunction,
} from '../arguments/validate.js';
import { matcherOfName } from '../globbing/pattern.js';
import { encodedName } from '../results/dirents.js';

/** How a path is watched, the options checked. */
export type WatchSettings = Readonly<ReturnType<typeof asWatchSettings>>;

/** Of `watch`: an object, or the encoding alone. */
export function asWatchSettings(options: unknown) {
  const { encoding, signal, persistent, recursive, throwIfNoEntry, ignore } = asOptions(options);
  return {
    isPersistent: flag(persistent, 'persistent', true),
    isRecursive: flag(recursive, 'recursive', false),
    throwIfNoEntry: flag(throwIfNoEntry, 'throwIfNoEntry', true),
    signal,
    /** Names as listeners get them. */
    encoded: (name: string) => encodedName(name, encoding),
    isIgnored: ignorance(ignore),
  };
}

/** Of `promises.watch`, which takes an object only. */
export function asIteratorSettings(options: unknown = {}) {
  const bag = asObject(options, 'options');
  const { maxQueue = 2048, overflow = 'ignore' } = bag;
  const settings = asWatchSettings({ ...bag, signal: asSignal(bag.signal, 'options.signal') });
  const mostQueued = asInteger(maxQueue, 'options.maxQueue');
  const isOverflowError = asOneOf(overflow, 'options.overflow', 'ignore', 'error') === 'error';
  return { ...settings, mostQueued, isOverflowError };
}

const flag = (value: unknown, name: string, fallback: boolean): boolean =>
  asBoolean(value ?? fallback, `options.${name}`);

/** Patterns without a slash match at any depth; expressions and functions get the whole relative name. */
function ignorance(ignore: unknown): (name: string) => boolean {
  if (ignore === undefined || ignore === null) return () => false;
  const isOne = !Array.isArray(ignore);
  const matchers = (isOne ? [ignore] : (ignore as unknown[])).map((matcher, index) =>
    matcherOf(matcher, isOne ? 'options.ignore' : `options.ignore[${index}]`),
  );
  return (name) => matchers.some((isMatch) => isMatch(name));
}

function matcherOf(matcher: unknown, name: string): (text: string) => boolean {
  if (typeof matcher === 'string') {
    if (matcher === '') throw invalidArgumentValue(name, matcher, 'must be a non-empty string');
    return matcherOfName(matcher);
  }
  if (types.isRegExp(matcher)) return (text) => matcher.test(text);
  if (isFunction(matcher)) return (text) => Boolean(matcher(text));
  throw invalidArgumentType(name, 'of type string or function or an instance of RegExp', matcher);
}

import { types } from 'node:util';
import { invalidArgumentType, invalidArgumentValue } from '../arguments/refusals.js';
import {
  asBoolean,
  asInteger,
  asObject,
  asOneOf,
  asOptions,
  type CallOptions,
  copied,
  isFunction,
} from '../arguments/validate.js';
import { matcherOfName } from '../globbing/pattern.js';
import { encodedName } from '../results/dirents.js';

/** How a path is watched, the options checked. */
export type WatchSettings = ReturnType<typeof settingsOf>;

/** Of `watch`: an object, or the encoding alone. Node takes a copy, and of most of it whatever stands there. */
export function asWatchSettings(options: unknown): WatchSettings {
  const { given, encoding, signal } = asOptions(copied(asOptions(options).given));
  const { persistent = true, recursive, throwIfNoEntry = true, ignore } = given;
  const isRecursive = Boolean(recursive) && asBoolean(recursive, 'options.recursive');
  const isPersistent = isRecursive
    ? asBoolean(persistent ?? false, 'options.persistent')
    : persistent === true;
  const flags = { isPersistent, isRecursive, throwIfNoEntry: Boolean(throwIfNoEntry) };
  return settingsOf(flags, encoding, signal, ignore);
}

/** Of `promises.watch`, which takes an object only. */
export function asIteratorSettings(options: unknown = {}) {
  const bag = asObject(options, 'options');
  const { persistent = true, recursive = false, throwIfNoEntry = true, ignore } = bag;
  const { maxQueue = 2048, overflow = 'ignore' } = bag;
  const flags = {
    isPersistent: asBoolean(persistent, 'options.persistent'),
    isRecursive: asBoolean(recursive, 'options.recursive'),
    throwIfNoEntry: asBoolean(throwIfNoEntry, 'options.throwIfNoEntry'),
  };
  const mostQueued = asInteger(maxQueue, 'options.maxQueue');
  const isOverflowError = asOneOf(overflow, 'options.overflow', 'ignore', 'error') === 'error';
  const { encoding, signal } = asOptions(bag);
  return { ...settingsOf(flags, encoding, signal, ignore), mostQueued, isOverflowError };
}

interface Flags {
  readonly isPersistent: boolean;
  readonly isRecursive: boolean;
  readonly throwIfNoEntry: boolean;
}

const settingsOf = (
  flags: Flags,
  encoding: CallOptions['encoding'],
  signal: AbortSignal | undefined,
  ignore: unknown,
) => ({
  ...flags,
  signal,
  /** Names as listeners get them. */
  encoded: (name: string) => encodedName(name, encoding),
  isIgnored: ignorance(ignore),
});

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

import { syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';
import { nodeFs } from '../platform/disk.js';

type AnyFunction = (...args: unknown[]) => unknown;

/** Is a call of these arguments the original's anyway? */
type IsOriginals = (args: readonly unknown[]) => boolean;

/** A function of `node:fs` and the one that stands for it while a registration lasts. */
interface Pair {
  readonly original: AnyFunction;
  readonly mounted: AnyFunction;
  readonly isOriginals: IsOriginals;
}

/**
 * Puts the functions of `mounted` in the place of those of `node:fs` and of its promises, in both module systems. Classes
 * stay: Node's streams make their calls through the members of `node:fs`, and everything is an instance of what it was.
 *
 * The functions that are put there look like those that they stand for, and become them again when the patch is undone:
 * whoever took one meanwhile keeps one that works.
 *
 * @returns what undoes it; what somebody else has replaced since is left as it is
 */
export function patchNodeFs(mounted: typeof nodeFs, prefixes: readonly string[]): () => void {
  const life = { isActive: true };
  const undone = [
    ...replaceMembers(nodeFs, mounted, prefixes, life),
    ...replaceMembers(nodeFs.promises, mounted.promises, prefixes, life),
  ];
  syncBuiltinESMExports();
  return () => {
    life.isActive = false;
    for (const undo of undone) undo();
    syncBuiltinESMExports();
  };
}

type Life = { readonly isActive: boolean };

function replaceMembers(
  target: object,
  mounted: object,
  prefixes: readonly string[],
  life: Life,
): readonly (() => void)[] {
  return Object.entries(Object.getOwnPropertyDescriptors(target)).flatMap(([name, descriptor]) => {
    if (!isNameOfCall(name)) return [];
    // Deno makes some of them when they are asked for.
    const original: unknown = Reflect.get(target, name);
    const instead: unknown = Reflect.get(mounted, name);
    if (!isFunction(original) || !isFunction(instead)) return [];
    const isOriginals = STREAM_MAKERS.includes(name) ? isWithoutHandle : elsewhereOf(name, prefixes);
    const value = standIn({ original, mounted: instead, isOriginals }, life);
    const { configurable = true, enumerable = true, writable = true } = descriptor;
    Object.defineProperty(target, name, { configurable, enumerable, writable, value });
    return [() => restore(target, name, value, descriptor)];
  });
}

/** Calls of two paths: both say whose they are. */
const PAIRS: readonly string[] = ['copyFile', 'cp', 'link', 'rename', 'symlink'];

/** Its first argument is a pattern, which may match what its text doesn't begin with. */
const PATTERN = 'glob';

/**
 * Tells at a glance, for most of what a process does, that a call has nothing to do with any mount: its paths are
 * absolute and plain, and begin with another directory than all the mounts. False leaves it open.
 */
export function elsewhereOf(name: string, prefixes: readonly string[]): IsOriginals {
  const call = name.replace(/Sync$/, '');
  if (call === PATTERN) return () => false;
  const tops = prefixes.map((prefix) => prefix.slice(0, `${prefix}/`.indexOf('/', 1)));
  const isElsewhere = (path: unknown): boolean =>
    typeof path === 'string' &&
    path.length > 1 &&
    path.startsWith('/') &&
    !path.startsWith('//') &&
    !path.startsWith('/.') &&
    !path.includes('/..') &&
    !tops.some((top) => path.startsWith(top));
  if (PAIRS.includes(call)) return ([from, to]) => isElsewhere(from) && isElsewhere(to);
  return ([path]) => isElsewhere(path);
}

/** Functions whose names begin with a capital are classes; the other one converts a value. */
const isNameOfCall = (name: string): boolean => /^[a-z]/.test(name);

const isFunction = (value: unknown): value is AnyFunction => typeof value === 'function';

const STREAM_MAKERS: readonly string[] = ['createReadStream', 'createWriteStream'];

/** Node's own streams make their calls through the members of `node:fs`; but they know Node's own handles only. */
const isWithoutHandle: IsOriginals = ([, options]) => {
  const { fd } = (options ?? {}) as { readonly fd?: unknown };
  return typeof fd !== 'object' || fd === null;
};

/** What hangs on a call and is one itself. */
const CALLS_OF_CALLS: readonly PropertyKey[] = ['native', promisify.custom];

/** Looks like the original: its name, its length, and what hangs on it, such as `realpath.native`. */
function standIn({ original, mounted, isOriginals }: Pair, life: Life): AnyFunction {
  // A function, for `new fs.createReadStream()` works with Node's.
  const value: AnyFunction = function standing(...args) {
    return life.isActive && !isOriginals(args) ? mounted(...args) : original(...args);
  };
  for (const key of Reflect.ownKeys(original)) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key);
    // Its own can't be replaced, and what it makes is never an instance of it.
    if (descriptor === undefined || key === 'prototype') continue;
    const inner: unknown = descriptor.value;
    // No other key is looked at: a function of a program that isn't strict has keys of its own that throw on ours.
    const instead: unknown = CALLS_OF_CALLS.includes(key) ? Reflect.get(mounted, key) : undefined;
    Object.defineProperty(
      value,
      key,
      isFunction(inner) && isFunction(instead)
        ? { ...descriptor, value: standIn({ original: inner, mounted: instead, isOriginals }, life) }
        : descriptor,
    );
  }
  return value;
}

function restore(target: object, name: string, ours: AnyFunction, descriptor: PropertyDescriptor): void {
  if (Object.getOwnPropertyDescriptor(target, name)?.value === ours) {
    Object.defineProperty(target, name, descriptor);
  }
}

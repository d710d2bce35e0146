import { nextTick } from '../../platform/time.js';
import { notSupported } from '../arguments/errors.js';
import { type AnyFunction, isFunction } from '../arguments/validate.js';

/**
 * Members of `node:fs` that are left out. They are there all the same, and fail: tools spread `{...nodeFs, ...wandbFs}`,
 * and what is missing would silently work on the real disk.
 */
const INSTEAD = 'wandb-fs has no such call yet.';

/** Calls back with the failure where there is a callback, and throws it elsewhere. */
const unsupportedCallback = (name: string): AnyFunction =>
  called(name, (error, args) => {
    const callback = args.at(-1);
    // A listener is no callback: nobody would hear of the failure.
    if (!isFunction(callback) || /^(un)?watch/.test(name)) throw error;
    nextTick(callback, error);
  });

const unsupportedSync = (name: string): AnyFunction =>
  called(name, (error) => {
    throw error;
  });

/** `promises.watch` and `promises.glob` give what `for await` takes: it fails at the first step. */
const unsupportedIterable = (name: string): AnyFunction =>
  called(name, (error) => ({
    next: () => Promise.reject(error),
    [Symbol.asyncIterator]() {
      return this;
    },
  }));

function called(name: string, fail: (error: Error, args: readonly unknown[]) => unknown): AnyFunction {
  return {
    [name]: (...args: unknown[]) => fail(notSupported(name, INSTEAD, args[0]), args),
  }[name] as AnyFunction;
}

/**
 * Adds what this version of Node has and we don't: a member that is missing from `{...nodeFs, ...wandbFs}` would work
 * on the real disk without a word.
 */
export function withTheRest<T extends object>(node: object, ours: T, fill: (name: string) => unknown): T {
  const rest = Object.keys(node).filter((name) => !(name in ours));
  return { ...ours, ...Object.fromEntries(rest.map((name) => [name, fill(name)])) };
}

export function fillMember(name: string): unknown {
  // Upper case: a class, or a constant that Node has moved to `constants`.
  if (name.endsWith('Sync') || /^[A-Z]/.test(name)) return unsupportedSync(name);
  return unsupportedCallback(name);
}

export const fillPromise = (name: string): unknown =>
  name === 'watch' || name === 'glob'
    ? unsupportedIterable(name)
    : called(name, (error) => Promise.reject(error));

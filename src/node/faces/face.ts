import { nodeFs } from '../../platform/disk.js';
import { nextTick } from '../../platform/time.js';
import { type AnyFunction, asFunction, asSeconds, isFunction } from '../arguments/validate.js';
import {
  type AsyncComposite,
  type Composite,
  driveStepSync,
  driveSync,
  invoke,
  type Pause,
  type Step,
} from '../composites/driver.js';
import type { Tree } from '../tree.js';

/**
 * A call of Node's API: checks its arguments itself, so it takes anything. One that is a single step is that step: what it
 * fails with has no generators to pass, each of which costs as much as the look itself.
 */
export type Call<T> = (tree: Tree, ...args: unknown[]) => Composite<T> | Step<T>;
export type AsyncCall<T> = (tree: Tree, ...args: unknown[]) => AsyncComposite<T> | Step<T>;

/** Takes anything, as the call does. */
type Face<T> = (...args: unknown[]) => T;

/**
 * A function has its member's name, which stands in the stacks of errors, from its making: V8 makes a dictionary of each whose
 * name is defined later, and an fs object has more than a hundred.
 */
export const syncOf = <T>(tree: Tree, name: string, call: Call<T>): Face<T> =>
  ({
    [name]: (...args: unknown[]): T => {
      const made = call(tree, ...args);
      return 'run' in made ? driveStepSync(made) : driveSync(made);
    },
  })[name] as Face<T>;

/** Rejects where the others throw: refused arguments too. */
export const promiseOf = <T>(tree: Tree, name: string, call: AsyncCall<T>): Face<Promise<T>> =>
  ({
    [name]: (...args: unknown[]): Promise<T> => {
      try {
        const made = call(tree, ...args);
        return tree.calls.drive('run' in made ? invoke(made) : made);
      } catch (error) {
        return Promise.reject(error);
      }
    },
  })[name] as Face<Promise<T>>;

export interface CallbackShape {
  /** Where the callback stands when no argument is left out. */
  readonly at: number;
  /**
   * How many of the arguments before it can be left out.
   * @default 0
   */
  readonly optional?: number;
  /** What stands for the callback when none of the arguments is a function: Node names it in its refusal. */
  readonly misplaced?: (args: readonly unknown[]) => unknown;
  /**
   * What stands last is the callback, and a function before it is no options; elsewhere the first function is it.
   * @default false
   */
  readonly isLast?: boolean;
  /**
   * Node checks the other arguments first.
   * @default false
   */
  readonly isCheckedLast?: boolean;
  /** @default 'cb' */
  readonly callbackName?: string;
}

export function callbackOf<T>(
  tree: Tree,
  name: string,
  call: AsyncCall<T>,
  shape: CallbackShape,
): Face<void> {
  const { at, optional = 0, misplaced = (args) => args[at] } = shape;
  const { isLast = false, isCheckedLast = false, callbackName = 'cb' } = shape;
  const isCallback = (arg: unknown, position: number): boolean =>
    position >= at - optional && position <= at && isFunction(arg);
  return {
    [name]: (...args: unknown[]): void => {
      const index = isLast ? args.findLastIndex(isCallback) : args.findIndex(isCallback);
      const candidate = index < 0 ? misplaced(args) : args[index];
      if (!isCheckedLast) asFunction(candidate, callbackName);
      const made = call(tree, ...(index < 0 ? args : args.slice(0, index)));
      const composite = 'run' in made ? invoke(made) : made;
      // Refused arguments are thrown here, to the caller, as Node does.
      const first = composite.next();
      answerOf(tree, composite, asFunction(candidate, callbackName), { first });
    },
  }[name] as Face<void>;
}

type Values<T> = (value: T) => readonly unknown[];

const itself: Values<unknown> = (value) => (value === undefined ? [] : [value]);

/**
 * Drives a call and calls back in a turn of its own: what the callback throws is an uncaught exception, never a
 * rejection, and can't make it be called again.
 */
export function answerOf<T>(
  tree: Tree,
  composite: AsyncComposite<T>,
  callback: AnyFunction,
  {
    first = composite.next(),
    values = itself,
    ofFailure = [],
  }: {
    /** The composite's first turn, where the caller has taken it already. */
    readonly first?: IteratorResult<Step | Pause, T>;
    /** What the callback gets behind the error. @default the value, if there is one */
    readonly values?: Values<T>;
    /** And what it gets behind that of a failure. */
    readonly ofFailure?: readonly unknown[];
  } = {},
): void {
  let end: IteratorReturnResult<T> | Promise<T>;
  try {
    end = tree.calls.begin(composite, first);
  } catch (error) {
    nextTick(callback, error, ...ofFailure);
    return;
  }
  if ('done' in end) nextTick(callback, null, ...values(end.value));
  else answer(end, callback, values, ofFailure);
}

/** As `answerOf`, of what is on its way already. */
export function answer<T>(
  result: Promise<T>,
  callback: AnyFunction,
  values: Values<T> = itself,
  ofFailure: readonly unknown[] = [],
): void {
  result.then(
    (value) => nextTick(callback, null, ...values(value)),
    (error: unknown) => nextTick(callback, error, ...ofFailure),
  );
}

/** A face of each of the calls, under its name. */
export function facesOf<C, Name extends string>(
  calls: Readonly<Record<Name, C>>,
  make: (name: Name, call: C) => AnyFunction,
): Readonly<Record<Name, AnyFunction>> {
  const faces: Partial<Record<Name, AnyFunction>> = {};
  for (const name in calls) faces[name] = make(name, calls[name]);
  return faces as Record<Name, AnyFunction>;
}

/** Gives each function its member's name, where it couldn't be given before. */
export function named<T extends Readonly<Record<string, unknown>>>(members: T): T {
  for (const [name, member] of Object.entries(members)) {
    if (isFunction(member) && member.name !== name) Object.defineProperty(member, 'name', { value: name });
  }
  return members;
}

const { F_OK, R_OK, W_OK, X_OK } = nodeFs.constants;
/** The members of `node:fs` that are the same whatever the files are. */
export const CONSTANTS = { F_OK, R_OK, W_OK, X_OK, constants: nodeFs.constants, _toUnixTimestamp: asSeconds };

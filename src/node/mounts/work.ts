import { refusal } from '../arguments/refusals.js';
import type { Filesystem } from './filesystem.js';

/** One call of a filesystem. */
export interface Call {
  readonly on: Filesystem;
  readonly name: string;
  readonly args: readonly unknown[];
  /** The caller's own call, made in his style: `promises.open` gives a handle where all others give an fd. */
  readonly isFinal: boolean;
}

/** A value of the caller's that may be a promise. */
export interface Settling {
  readonly settling: unknown;
}

/** What one filesystem alone can't do: calls of several, written once and driven in the style of the caller. */
export type Work<T> = Generator<Call | Settling, T, unknown>;

export function* call<T>(on: Filesystem, name: string, ...args: readonly unknown[]): Work<T> {
  return (yield { on, name, args, isFinal: false }) as T;
}

export function* finalCall(on: Filesystem, name: string, args: readonly unknown[]): Work<unknown> {
  return yield { on, name, args, isFinal: true };
}

export function* settled(value: unknown): Work<unknown> {
  return yield { settling: value };
}

export function driveSync<T>(work: Work<T>): T {
  let turn = work.next();
  while (!turn.done) {
    let value: unknown;
    try {
      value = 'settling' in turn.value ? atOnce(turn.value.settling) : performSync(turn.value);
    } catch (error) {
      turn = work.throw(error);
      continue;
    }
    turn = work.next(value);
  }
  return turn.value;
}

export async function driveAsync<T>(work: Work<T>, style: 'callback' | 'promise'): Promise<T> {
  let turn = work.next();
  while (!turn.done) {
    let value: unknown;
    try {
      value = await ('settling' in turn.value ? turn.value.settling : performAsync(turn.value, style));
    } catch (error) {
      turn = work.throw(error);
      continue;
    }
    turn = work.next(value);
  }
  return turn.value;
}

const performSync = ({ on, name, args }: Call): unknown => on.sync(name, args);

const performAsync = ({ on, name, args, isFinal }: Call, style: 'callback' | 'promise'): unknown =>
  isFinal && style === 'promise' ? on.promise(name, args) : on.promisified(name, args);

function atOnce(value: unknown): unknown {
  if (!(value instanceof Promise)) return value;
  const message =
    'Expected boolean to be returned from the "filter" function but got an instance of Promise.';
  throw refusal(TypeError, 'ERR_INVALID_RETURN_VALUE', message);
}

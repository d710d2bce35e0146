import { Failure } from '../../contract/failure.js';
import { atEnd } from '../../kernel/operation/at-end.js';
import {
  attempt,
  Fault,
  Freshness,
  Operation,
  runAsync,
  runSync,
  Thrown,
} from '../../kernel/operation/operation.js';
import { nextTurn } from '../../platform/time.js';
import { abortError, hasCode, MISSING, type SystemCall, systemError } from '../arguments/errors.js';

/** One primitive call of a composite, and how its failure is told. */
export interface Step<T = unknown> extends SystemCall {
  readonly run: (op: Operation) => T;
  readonly signal?: AbortSignal | undefined;
  /**
   * One sentence on why what was asked for isn't there, for the message of an ENOENT.
   *
   * @param op null: nothing may be waited for
   */
  readonly explain?: ((op: Operation | null) => string | null) | undefined;
}

/** What a composite waits for outside the tree; only the callback and promise faces can. */
export interface Pause {
  readonly later: () => unknown;
}

/** A call of another filesystem, or of a function of the caller's, in the style of the face. */
export interface OutsideCall extends Pause {
  readonly now: () => unknown;
}

/**
 * A call of Node's API, written once and driven synchronously or asynchronously. What it throws before its first step
 * is a refused argument; a failed step is thrown into it as Node's error.
 */
export type Composite<T> = Generator<Step | OutsideCall, T, unknown>;
export type AsyncComposite<T> = Generator<Step | Pause, T, unknown>;

/** Yields one step and gives its result its type back. */
export function* invoke<T>(step: Step<T>): Composite<T> {
  return (yield step) as T;
}

export function* pause<T>(later: () => Promise<T>): AsyncComposite<T> {
  return (yield { later }) as T;
}

export function* callOutside<T>(call: OutsideCall): Composite<T> {
  return (yield call) as T;
}

/** What a call gives; `nothing` where it fails with one of the codes. */
export function* orNothing<T, N>(
  call: Composite<T>,
  nothing: N,
  codes: readonly string[] = MISSING,
): Composite<T | N> {
  try {
    return yield* call;
  } catch (error) {
    if (hasCode(error, ...codes)) return nothing;
    throw error;
  }
}

/** As `driveSync`, of a call that is one step. */
export function driveStepSync<T>(step: Step<T>): T {
  let value: unknown;
  try {
    value = stepSync(step, new Freshness());
  } finally {
    if (atEnd.due) atEnd.drain();
  }
  // Behind the `finally`: one that is passed on from there is thrown twice, and that is dear.
  if (value instanceof Thrown) throw told(value.what, step, driveStepSync);
  return value as T;
}

/** @param freshness of the call that this is a part of, where it is one */
export function driveSync<T>(composite: Composite<T>, freshness = new Freshness()): T {
  try {
    let turn = composite.next();
    while (!turn.done) {
      const step = turn.value;
      const value = 'run' in step ? stepSync(step, freshness) : outsideSync(step);
      if (!(value instanceof Thrown)) turn = composite.next(value);
      else turn = composite.throw('run' in step ? told(value.what, step, driveSync) : value.what);
    }
    return turn.value;
  } finally {
    if (atEnd.due) atEnd.drain();
  }
}

function outsideSync(call: OutsideCall): unknown {
  try {
    return call.now();
  } catch (thrown) {
    return new Thrown(thrown);
  }
}

function stepSync(step: Step, freshness: Freshness): unknown {
  const op = new Operation(undefined, freshness);
  const value = attempt(step.run, op);
  if (value instanceof Thrown) return explainedSync(value, step);
  if (!(value instanceof Fault)) return value;
  try {
    return runSync(step.run, op, value);
  } catch (thrown) {
    return explainedSync(new Thrown(thrown), step);
  }
}

type Turn<T> = IteratorResult<Step | Pause, T>;

/** The last turn of a composite, where everything was here; else a promise of its next one. */
export type Outcome<T> = IteratorReturnResult<T> | Promise<Turn<T>>;

/**
 * Drives a composite as far as everything is here: what is warm ends without a promise.
 *
 * @param turn the composite's next one, where the caller has taken it already
 * @param freshness of the call that this is a part of, where it is one
 */
export function driveHere<T>(
  composite: AsyncComposite<T>,
  turn: Turn<T> = composite.next(),
  freshness = new Freshness(),
): Outcome<T> {
  let current = turn;
  let steps = 0;
  try {
    while (!current.done) {
      if (++steps > MOST_STEPS) return nextTurn(current);
      const step = current.value;
      if (!('run' in step)) return goOn(composite, step, () => step.later());
      const { run, signal } = step;
      const op = new Operation(signal, freshness);
      if (signal) return goOn(composite, step, () => runAsync(run, op));
      const value = attempt(run, op);
      if (value instanceof Fault) return goOn(composite, step, () => runAsync(run, op, value));
      if (!(value instanceof Thrown)) {
        current = composite.next(value);
        continue;
      }
      const failure = explainedHere(value, step);
      if (failure instanceof Fault) return goOn(composite, step, () => Promise.reject(value.what));
      current = composite.throw(told(failure.what, step, driveHere));
    }
  } catch (error) {
    if (!isTurnDue()) throw error;
    return nextTurn().then(() => {
      throw error;
    });
  }
  return isTurnDue() ? nextTurn(current) : current;
}

/** Waits for what a step comes to. */
async function goOn<T>(
  composite: AsyncComposite<T>,
  step: Step | Pause,
  start: () => unknown,
): Promise<Turn<T>> {
  let value: unknown;
  try {
    value = await start();
  } catch (thrown) {
    if (!('run' in step)) return composite.throw(thrown);
    return composite.throw(told(await driveAsync(explained(thrown, step)), step, goOn));
  }
  // What is all here takes no turn of the event loop, and nobody could abort it: of Node's own, each step takes one.
  if ('run' in step && step.signal?.aborted === false) await nextTurn();
  return composite.next(value);
}

/** Drives a composite to its end, wherever `driveHere` has left it. */
export async function driveRest<T>(
  composite: AsyncComposite<T>,
  outcome: Outcome<T>,
  freshness: Freshness,
): Promise<T> {
  let at = outcome;
  while (!('done' in at)) at = driveHere(composite, await at, freshness);
  return at.value;
}

export async function driveAsync<T>(composite: AsyncComposite<T>): Promise<T> {
  const freshness = new Freshness();
  return driveRest(composite, driveHere(composite, undefined, freshness), freshness);
}

/**
 * Calls that find everything here end without a turn of the event loop. A loop over them, such as one that looks for a
 * file until it is there, would keep timers and answers away for ever; with Node's own `fs` it doesn't.
 */
const DRIVEN_PER_TURN = 128;
/** And one call may walk through thousands of directories. */
const MOST_STEPS = 512;
let driven = 0;

const isTurnDue = (): boolean => ++driven % DRIVEN_PER_TURN === 0;

/** An ENOENT that says nothing more has its reason looked for. */
const isBare = (thrown: unknown): boolean =>
  thrown instanceof Failure && thrown.code === 'ENOENT' && thrown.detail === null;

/** What is thrown of a failed step, as far as that is known here; else what has to be asked for. */
function explainedHere(failure: Thrown, { explain }: Step): Thrown | Fault {
  if (!explain || !isBare(failure.what)) return failure;
  const reason = attempt(explain, new Operation());
  if (reason === null) return failure;
  return typeof reason === 'string' ? new Thrown(new Failure('ENOENT', reason)) : reason;
}

function explainedSync(thrown: Thrown, step: Step): Thrown {
  const failure = explainedHere(thrown, step);
  return failure instanceof Fault ? new Thrown(driveSync(explained(thrown.what, step))) : failure;
}

/** What is thrown of a failed step. */
function* explained(thrown: unknown, { explain, signal }: Step): Composite<unknown> {
  if (!explain || !isBare(thrown)) return thrown;
  try {
    return new Failure('ENOENT', yield* invoke({ syscall: 'explain', signal, run: explain }));
  } catch (hindered) {
    // What hinders the explanation is no reason to fail otherwise: then it is as short as what is known here.
    if (!hasCode(hindered)) throw hindered;
    return new Failure('ENOENT', explain(null));
  }
}

function told(thrown: unknown, step: Step, above: (...args: never[]) => unknown): unknown {
  if (!(thrown instanceof Failure)) return thrown;
  if (thrown.code === 'ECANCELED' && step.signal?.aborted) return abortError(step.signal);
  return systemError(thrown, step, above);
}

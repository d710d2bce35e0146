import { Failure } from '../../contract/failure.js';
import { Freshness, Operation, runAsync, runSync } from '../../kernel/operation/operation.js';
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

/** @param freshness of the call that this is a part of, where it is one */
export function driveSync<T>(composite: Composite<T>, freshness = new Freshness()): T {
  let turn = composite.next();
  while (!turn.done) {
    const step = turn.value;
    let value: unknown;
    try {
      value = 'run' in step ? runSync(step.run, new Operation(undefined, freshness)) : step.now();
    } catch (thrown) {
      turn = composite.throw(
        'run' in step ? told(driveSync(explained(thrown, step)), step, driveSync) : thrown,
      );
      continue;
    }
    turn = composite.next(value);
  }
  return turn.value;
}

/**
 * @param turn the composite's first one, where the caller has taken it already
 * @param freshness of the call that this is a part of, where it is one
 */
export async function driveAsync<T>(
  composite: AsyncComposite<T>,
  turn: IteratorResult<Step | Pause, T> = composite.next(),
  freshness = new Freshness(),
): Promise<T> {
  let current = turn;
  try {
    while (!current.done) {
      const step = current.value;
      let value: unknown;
      try {
        value = await ('run' in step
          ? runAsync(step.run, new Operation(step.signal, freshness))
          : step.later());
      } catch (thrown) {
        current = composite.throw(
          'run' in step ? told(await driveAsync(explained(thrown, step)), step, driveAsync) : thrown,
        );
        continue;
      }
      // What is all here takes no turn of the event loop, and nobody could abort it: of Node's own, each step takes one.
      if ('run' in step && step.signal?.aborted === false) await nextTurn();
      current = composite.next(value);
    }
    return current.value;
  } finally {
    if (++driven % DRIVEN_PER_TURN === 0) await nextTurn();
  }
}

/**
 * Calls that find everything here end without a turn of the event loop. A loop over them, such as one that looks for a
 * file until it is there, would keep timers and answers away for ever; with Node's own `fs` it doesn't.
 */
const DRIVEN_PER_TURN = 128;
let driven = 0;

/** What is thrown of a failed step: an ENOENT that says nothing more has its reason looked for. */
function* explained(thrown: unknown, { explain, signal }: Step): Composite<unknown> {
  const isBare = thrown instanceof Failure && thrown.code === 'ENOENT' && thrown.detail === null;
  if (!explain || !isBare) return thrown;
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

import { setMaxListeners } from 'node:events';
import { Failure } from '../../../contract/failure.js';
import { unlessAborted } from '../../../wire/retry.js';
import type { UploadTurns } from '../../../wire/transfer/upload-turns.js';

export function assertNotAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Failure('ECANCELED');
}

/**
 * Runs a task for each item, `width` at once. After a failure no further one starts; rejects with the first when the
 * others have ended.
 */
export async function forEachOf<Item>(
  items: readonly Item[],
  width: number,
  task: (item: Item) => Promise<void>,
): Promise<void> {
  // One generator for all workers: who leaves its loop by a failure ends it for the others.
  const left = (function* () {
    yield* items;
  })();
  const work = async (): Promise<void> => {
    for (const item of left) await task(item);
  };
  await allOrFirstFailure(Array.from({ length: Math.min(width, items.length) }, work));
}

/** Runs tasks of one key one after another, in the order in which they came; those of different keys at once. */
export class Turns {
  private readonly last = new Map<string, Promise<void>>();

  /** Rejects with ECANCELED if the caller gives up while it waits; the task itself sees to its own signal. */
  take<T>(key: string, signal: AbortSignal | undefined, task: () => Promise<T>): Promise<T> {
    const before = this.last.get(key) ?? Promise.resolve();
    const turn = unlessAborted(before, signal).then(task);
    // Not before those that this one waited for have ended: who comes next has to wait for them.
    const ended: Promise<void> = Promise.allSettled([before, turn]).then(() => {
      if (this.last.get(key) === ended) this.last.delete(key);
    });
    this.last.set(key, ended);
    return turn;
  }
}

/**
 * Runs a task under a signal that aborts with the caller's, or when the task itself says so. One listener, removed at
 * the end: `AbortSignal.any` keeps what hangs on long-lived signals alive.
 */
export async function abortable<T>(
  outer: AbortSignal | undefined,
  task: (controller: AbortController) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  // Each of many requests listens to it for a while.
  setMaxListeners(0, controller.signal);
  const follow = (): void => controller.abort();
  if (outer?.aborted) controller.abort();
  outer?.addEventListener('abort', follow, { once: true });
  try {
    return await task(controller);
  } finally {
    outer?.removeEventListener('abort', follow);
  }
}

/**
 * Those who wait under a signal, and leave when it aborts. It has one listener for them all: a signal goes through all that
 * it has for each that comes and goes, and thousands wait.
 */
export class Waiting {
  private readonly leaving = new Set<() => void>();

  /** @param signal lives no longer than those who wait */
  constructor(readonly signal: AbortSignal) {
    signal.addEventListener('abort', () => {
      for (const leave of this.leaving) leave();
    });
  }

  add(leave: () => void): void {
    this.leaving.add(leave);
  }

  delete(leave: () => void): void {
    this.leaving.delete(leave);
  }
}

/**
 * Runs a task that sends so many bytes when it has a turn. Who gives up while it waits gets ECANCELED at once, whatever
 * others are sending; who gives up while it runs gets it when the task has ended.
 */
export async function inTurn<T>(
  turns: UploadTurns,
  bytes: number,
  waiting: Waiting,
  task: (onPushback: () => void) => Promise<T>,
): Promise<T> {
  assertNotAborted(waiting.signal);
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(new Failure('ECANCELED'));
    waiting.add(leave);
    const run = async (onPushback: () => void): Promise<T> => {
      waiting.delete(leave);
      assertNotAborted(waiting.signal);
      return task(onPushback);
    };
    turns.run(bytes, run).then(resolve, reject);
  });
}

/** Waits for all to end; after a failure the others are told to. */
export async function allOrFirstFailure<T>(pending: readonly Promise<T>[], stop?: () => void): Promise<T[]> {
  try {
    return await Promise.all(pending);
  } catch (error) {
    stop?.();
    await Promise.allSettled(pending);
    throw error;
  }
}

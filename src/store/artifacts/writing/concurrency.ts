import { setMaxListeners } from 'node:events';
import { unlessAborted } from '../../common/aborts.js';

/**
 * Runs a task for each item, `width` at once. After a failure no further one starts; rejects with the first when the
 * others have ended.
 */
export async function forEachOf<Item>(
  items: readonly Item[],
  width: number,
  task: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0;
  let hasFailed = false;
  const work = async (): Promise<void> => {
    for (;;) {
      const at = next++;
      if (hasFailed || at >= items.length) return;
      try {
        await task(items[at] as Item);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const workers = Array.from({ length: Math.min(width, items.length) }, work);
  const ended = await Promise.allSettled(workers);
  const failed = ended.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Runs tasks of one key one after another, in the order in which they came; those of different keys at once. */
export class Turns {
  private readonly last = new Map<string, Promise<void>>();

  /** Rejects with ECANCELED if the caller gives up while it waits; the task itself sees to its own signal. */
  async take<T>(key: string, signal: AbortSignal | undefined, task: () => Promise<T>): Promise<T> {
    const before = this.last.get(key);
    let end: () => void = () => {};
    const turn = new Promise<void>((resolve) => {
      end = resolve;
    });
    const settled = before ? before.then(() => turn) : turn;
    this.last.set(key, settled);
    try {
      if (before) await unlessAborted(before, signal);
      return await task();
    } finally {
      end();
      // Not before those that this one waited for have ended: who comes next has to wait for them.
      void settled.then(() => {
        if (this.last.get(key) === settled) this.last.delete(key);
      });
    }
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

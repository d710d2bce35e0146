import { clearTimeout, setTimeout } from 'node:timers';

/** Milliseconds without a sign of life; null: no bound. */
interface Bounds {
  /** Until the answer begins. */
  readonly headers: number | null;
  /** Between parts of its body. */
  readonly idle: number;
}

interface Answer {
  readonly response: Response;
  /** Its body. */
  readonly parts: AsyncIterable<Uint8Array>;
}

/** Bounds an exchange by a `fetch`, which knows no timeouts of its own. */
export async function withinTimeouts(
  { headers, idle }: Bounds,
  outer: AbortSignal | undefined,
  exchange: (signal: AbortSignal) => Promise<Response>,
): Promise<Answer> {
  const controller = new AbortController();
  const follow = (): void => controller.abort(outer?.reason);
  if (outer?.aborted) follow();
  outer?.addEventListener('abort', follow, { once: true });
  const leave = (): void => outer?.removeEventListener('abort', follow);
  try {
    const response = await bounded(headers, controller, exchange(controller.signal));
    return { response, parts: partsOf(response, idle, controller, leave) };
  } catch (error) {
    leave();
    throw error;
  }
}

async function* partsOf(
  { body }: Response,
  idle: number,
  controller: AbortController,
  leave: () => void,
): AsyncGenerator<Uint8Array> {
  if (!body) return;
  const reader = body.getReader();
  let isEnded = false;
  try {
    for (;;) {
      const { done, value } = await bounded(idle, controller, reader.read());
      if (done) break;
      yield value;
    }
    isEnded = true;
  } finally {
    leave();
    if (!isEnded) controller.abort();
  }
}

async function bounded<T>(ms: number | null, controller: AbortController, pending: Promise<T>): Promise<T> {
  if (ms === null) return pending;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error(`nothing came for ${ms} ms`), { code: 'ETIMEDOUT' }));
      controller.abort();
    }, ms);
  });
  try {
    return await Promise.race([pending, late]);
  } finally {
    clearTimeout(timer);
  }
}

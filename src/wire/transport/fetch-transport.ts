import { clearTimeout, setTimeout } from 'node:timers';
import type { Timeouts } from '../../config/config.js';
import { wholeFile } from './file-pieces.js';
import { assertPublic } from './public-addresses.js';
import type { Body, Transport } from './transport.js';

/** `fetch` counts bytes of known bodies itself, and decodes what came compressed. */
export function fetchTransport(fetch: typeof globalThis.fetch, timeouts: Timeouts): Transport {
  return {
    tellsProgress: false,
    async send({ method, url, headers, body, signal, isPublicOnly = false }) {
      if (isPublicOnly) await assertPublic(url);
      const sent = body && (await fetchBody(body));
      // Nobody tells when a body has been sent and its answer is waited for.
      const bounds = {
        headers: body ? null : Math.min(timeouts.headers, timeouts.attempt),
        idle: timeouts.idle,
      };
      const { response, parts } = await withinTimeouts(bounds, signal, (bounded) =>
        fetch(url, {
          method,
          headers,
          redirect: 'manual',
          ...(sent !== undefined && { body: sent }),
          signal: bounded,
        }),
      );
      const {
        'content-encoding': _,
        'content-length': __,
        ...decodedHeaders
      } = Object.fromEntries(response.headers);
      return {
        status: response.status,
        headers: response.headers.has('content-encoding')
          ? decodedHeaders
          : Object.fromEntries(response.headers),
        body: parts,
        discard: async () => response.body?.cancel(),
      };
    },
    async close() {},
  };
}

/** A stream would be sent in chunks, so a file is put together from blobs: what is in them needn't be in one piece. */
async function fetchBody(body: Body): Promise<Uint8Array<ArrayBuffer> | Blob> {
  body.onProgress?.(body.kind === 'bytes' ? body.bytes.byteLength : body.size);
  if (body.kind === 'bytes') return new Uint8Array(body.bytes);
  const { onPart } = body;
  const parts: Blob[] = [];
  for await (const piece of wholeFile(body)) {
    onPart?.(piece);
    parts.push(new Blob([piece as Uint8Array<ArrayBuffer>]));
  }
  return new Blob(parts);
}

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
async function withinTimeouts(
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

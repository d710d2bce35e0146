import type { Timeouts } from '../../config/config.js';
import { clearTimeout, setTimeout } from '../../platform/time.js';
import { unlessAborted } from '../retry.js';
import { asResponse, headersOf, type Parts, partsOfBody, statusOf } from './doubles.js';
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
      // `fetch` knows no timeouts of its own.
      const late = new AbortController();
      const pending = fetch(url, {
        method,
        headers,
        redirect: 'manual',
        ...(sent !== undefined && { body: sent }),
        signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
      });
      // Nobody tells when a body has been sent and its answer is waited for.
      const bound = body ? null : Math.min(timeouts.headers, timeouts.attempt);
      // A `fetch` of somebody's own may not heed the signal, and never settle: nobody waits longer for that. A double's answer
      // may be no promise.
      const heard = unlessAborted(Promise.resolve(pending), signal);
      const answer: unknown = await (bound === null ? heard : within(bound, late, heard));
      const response = asResponse(answer, method, url);
      const all = headersOf(response);
      const { 'content-encoding': coding, 'content-length': _, ...ofDecoded } = all;
      const parts = partsOfBody(response);
      return {
        status: statusOf(response),
        headers: coding === undefined ? all : ofDecoded,
        body: bounded(parts, timeouts.idle, late),
        // Not waited for: where somebody keeps a clone of the answer, as MSW does, it ends when that is read, too.
        discard: async () => void Promise.allSettled([parts.cancel()]),
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

/** @param idle milliseconds without a sign of life, between parts */
async function* bounded(parts: Parts, idle: number, late: AbortController): AsyncGenerator<Uint8Array> {
  let isEnded = false;
  try {
    for (;;) {
      const part = await within(idle, late, parts.next());
      if (part === null) break;
      yield part;
    }
    isEnded = true;
  } finally {
    if (!isEnded) late.abort();
  }
}

/** Aborts what takes longer, and rejects with ETIMEDOUT, whether or not it heeds that. */
async function within<T>(ms: number, late: AbortController, pending: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error(`nothing came for ${ms} ms`), { code: 'ETIMEDOUT' }));
      late.abort();
    }, ms);
  });
  try {
    return await Promise.race([pending, over]);
  } finally {
    clearTimeout(timer);
  }
}

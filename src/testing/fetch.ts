/** What a request needs to be answered in the server's thread. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface SentAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

type Input = Parameters<typeof fetch>[0];

/** With these statuses a Response takes no body. */
const BODILESS = new Set([204, 205, 304]);

/**
 * A `fetch` whose requests are answered elsewhere. Nothing of this thread's network is used, so whoever has replaced that
 * doesn't see it. Redirects aren't followed.
 */
export function fetchBy(answer: (request: SentRequest) => Promise<SentAnswer>): typeof fetch {
  return async (input, init = {}) => {
    const signal = init.signal ?? (isRequest(input) ? input.signal : null);
    signal?.throwIfAborted();
    const pending = sentRequest(input, init).then(answer).catch(failed);
    const { status, headers, body } = await (signal ? unlessAborted(signal, pending) : pending);
    return new Response(BODILESS.has(status) ? null : body, { status, headers });
  };
}

/** As `fetch` tells that no answer came. */
function failed(cause: unknown): never {
  throw new TypeError('fetch failed', { cause });
}

/** By its shape: a test runner's sandbox has a Request of its own. */
const isRequest = (input: Input): input is Request => typeof input === 'object' && 'url' in input;

async function sentRequest(input: Input, init: RequestInit): Promise<SentRequest> {
  const request = isRequest(input) ? input : null;
  const given = init.headers ?? request?.headers;
  const body = 'body' in init ? await new Response(init.body).arrayBuffer() : await request?.arrayBuffer();
  return {
    method: (init.method ?? request?.method ?? 'GET').toUpperCase(),
    url: isRequest(input) ? input.url : String(input),
    headers: Object.fromEntries(new Headers(given)),
    body: new Uint8Array(body ?? new ArrayBuffer(0)),
  };
}

function unlessAborted<T>(signal: AbortSignal, pending: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    pending.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

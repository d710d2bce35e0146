import { WireFailure } from '../wire-failure.js';

/**
 * What a `fetch` that somebody made may answer with: a Response, one of another library, or a plain object that has of it
 * what its maker thought of.
 */
export interface AnyResponse {
  readonly status?: number;
  readonly ok?: boolean;
  readonly headers?: unknown;
  readonly body?: unknown;
  arrayBuffer?(): Promise<ArrayBuffer>;
  bytes?(): Promise<Uint8Array>;
  text?(): Promise<string>;
  json?(): Promise<unknown>;
}

/** @throws WireFailure for what is no answer, such as that of a function that mocks and was told nothing */
export function asResponse(answer: unknown, method: string, url: string): AnyResponse {
  if (typeof answer === 'object' && answer !== null) return answer;
  // A query may be a signature.
  const { origin, pathname } = new URL(url);
  const detail = unansweredBy(`${method} ${origin}${pathname}`);
  throw new WireFailure('EIO', detail, `\`fetch\` gave ${String(answer)}`, 'final');
}

export const statusOf = ({ status, ok }: AnyResponse): number => status ?? (ok === false ? 500 : 200);

/** By lower-case names, of a Headers, a Map, a list of pairs or an object. */
export function headersOf({ headers }: AnyResponse): Record<string, string> {
  if (typeof headers !== 'object' || headers === null) return {};
  const pairs =
    Symbol.iterator in headers ? (headers as Iterable<[string, unknown]>) : Object.entries(headers);
  return Object.fromEntries(Array.from(pairs, ([name, value]) => [name.toLowerCase(), String(value)]));
}

/** The next part of a body, or null at its end; and how to leave it before. */
export interface Parts {
  next(): Promise<Uint8Array | null>;
  cancel(): Promise<void>;
}

export function partsOfBody(response: AnyResponse): Parts {
  const { body } = response;
  if (ArrayBuffer.isView(body) || typeof body === 'string') return onePart(async () => asBytes(body));
  if (typeof body === 'object' && body !== null) {
    if ('getReader' in body) return partsOfReader((body as ReadableStream<Uint8Array>).getReader());
    if (Symbol.asyncIterator in body) return partsOfIterable(body as AsyncIterable<Uint8Array | string>);
  }
  return onePart(() => wholeBody(response));
}

async function wholeBody(response: AnyResponse): Promise<Uint8Array | null> {
  if (response.arrayBuffer) return new Uint8Array(await response.arrayBuffer());
  if (response.bytes) return response.bytes();
  if (response.text) return asBytes(await response.text());
  return response.json ? asBytes(JSON.stringify(await response.json())) : null;
}

function onePart(load: () => Promise<Uint8Array | null>): Parts {
  let isRead = false;
  return {
    async next() {
      if (isRead) return null;
      isRead = true;
      return load();
    },
    async cancel() {},
  };
}

const partsOfReader = (reader: ReadableStreamDefaultReader<Uint8Array>): Parts => ({
  async next() {
    const { done, value } = await reader.read();
    return done ? null : value;
  },
  cancel: () => reader.cancel(),
});

/** Of libraries that answer with streams of Node's. */
function partsOfIterable(body: AsyncIterable<Uint8Array | string>): Parts {
  const iterator = body[Symbol.asyncIterator]();
  return {
    async next() {
      const { done, value } = await iterator.next();
      return done ? null : asBytes(value);
    },
    async cancel() {
      await iterator.return?.();
    },
  };
}

const asBytes = (value: ArrayBufferView | string): Uint8Array =>
  typeof value === 'string'
    ? Buffer.from(value)
    : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);

/** How those who stand in for HTTP say that they have no answer: nock, undici's agents, MSW. */
const UNANSWERED_CODES: ReadonlySet<string> = new Set(['ERR_NOCK_NO_MATCH', 'UND_MOCK_ERR_MOCK_NOT_MATCHED']);
const UNANSWERED = /^No snapshot found for |^\[MSW\] |^Nock: (No match|Disallowed net connect)/;

/** @param error one, what caused it and what it gathers */
export const isUnanswered = (errors: readonly object[], codes: readonly string[]): boolean =>
  codes.some((code) => UNANSWERED_CODES.has(code)) ||
  errors.some((error) => 'message' in error && UNANSWERED.test(String(error.message)));

export const unansweredBy = (request: string): string =>
  `What stands in for HTTP in this test has no answer to ${request}; docs/TESTING.md of wandb-fs has a recipe for ` +
  "nock, MSW, undici's MockAgent and SnapshotAgent, and a `fetch` of one's own.";

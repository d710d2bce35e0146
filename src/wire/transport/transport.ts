import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Timeouts, WireConfig } from '../../config/config.js';
import { decoded } from './codings.js';
import { fetchTransport } from './fetch-transport.js';
import { PIECE_BYTES, pieces, wholeFile } from './file-pieces.js';
import { assertPublic } from './public-addresses.js';
import { ownRoutes, pathOf, type Routes, routesBy } from './routes.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Body | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The answer's body as it comes, coded or not (`exchanges.ts`). @default false, decoded */
  readonly isAsSent?: boolean | undefined;
  /** Only to an address that anybody on the internet can reach. @default false */
  readonly isPublicOnly?: boolean | undefined;
  /** Of a GraphQL document. */
  readonly operation?: { readonly kind: 'query' | 'mutation'; readonly name: string } | null | undefined;
  /** Which of its call's attempts it is. @default 1 */
  readonly attempt?: number | undefined;
}

/** Always of a known length, so that nothing is ever sent in chunks. */
export type Body = {
  /** Gets the bytes sent so far. */
  readonly onProgress?: ((sent: number) => void) | undefined;
  /** Gets the bytes of a file as they are handed over. */
  readonly onPart?: ((part: Uint8Array) => void) | undefined;
} & (
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'file';
      /** Stays open while it is sent. */
      readonly fd: number;
      /** Bytes to send. */
      readonly size: number;
      /** Bytes of the file before them. @default 0 */
      readonly start?: number | undefined;
    }
);

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the exchange without reading the rest of the body. */
  discard(): Promise<void>;
}

/** An answer with its body, which says nothing where it is long. */
export interface ShortAnswer extends Pick<HttpResponse, 'status' | 'headers'> {
  readonly text: string;
}

/** Makes single HTTP requests: follows no redirect, retries nothing, sends what it is given, and its user agent. */
export interface Transport {
  /** Is the progress of a body that of its sending? Else all of it is told at once. */
  readonly tellsProgress: boolean;
  send(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

/** What makes the requests, where it isn't this package's own agent. */
export interface TransportChoice {
  readonly fetch?: typeof globalThis.fetch | null | undefined;
  readonly dispatcher?: Dispatcher | null | undefined;
}

/** Where so many at once bring more (`width.ts`): each waits most of its time for an answer. */
export const MOST_DOWNLOADS = 128;
export const MOST_UPLOADS = 128;
export const MOST_LARGE_DOWNLOADS = 64;
/** Requests to the API at once; the SDK's core keeps to the same (protocol section 2.3). */
export const MOST_REQUESTS = 10;
/** To one host, which may be both API and storage. What has a slot has a socket: its time doesn't run out in a queue. */
const MOST_SOCKETS = MOST_LARGE_DOWNLOADS + MOST_DOWNLOADS + MOST_UPLOADS + MOST_REQUESTS;

export function createTransport(config: WireConfig, choice: TransportChoice): Transport {
  const { timeouts, userAgent } = config;
  const routes = () => (choice.dispatcher ? routesBy(choice.dispatcher) : ownRoutes(config, MOST_SOCKETS));
  const transport = choice.fetch
    ? fetchTransport(choice.fetch, timeouts)
    : undiciTransport(routes(), timeouts);
  return {
    ...transport,
    send: (request) =>
      transport.send({ ...request, headers: { 'user-agent': userAgent, ...request.headers } }),
  };
}

function undiciTransport(routes: Routes, timeouts: Timeouts): Transport {
  return {
    tellsProgress: true,
    async send({ method, url, headers, body, signal, isPublicOnly = false }) {
      // At once: what a small body tells of then isn't taken for a sign of the other side (`outages.ts`).
      const content = body === undefined ? null : undiciBody(body);
      const size = body === undefined ? null : body.kind === 'bytes' ? body.bytes.byteLength : body.size;
      const target = new URL(url);
      const route = await routes.of(target, pathOf(url, target), isPublicOnly);
      if (isPublicOnly && !route.isPublicOnly) await assertPublic(url);
      const length = size === null ? {} : { 'content-length': String(size) };
      const response = await route.dispatcher.request({
        origin: target.origin,
        path: route.path,
        method,
        headers: { ...headers, ...length, ...route.headers },
        body: content,
        signal,
        // Not as long as its time allows where that leaves none for a second attempt; but a body is sent once.
        headersTimeout: body ? timeouts.headers : Math.min(timeouts.headers, timeouts.attempt),
        bodyTimeout: timeouts.idle,
      });
      const refusal = route.refusal(response.statusCode, response.headers);
      if (refusal !== null) {
        await response.body.dump();
        throw refusal;
      }
      // Several headers of one name become one, with commas.
      const all = Object.entries(response.headers).map(([name, value = '']) => [name, String(value)]);
      return {
        status: response.statusCode,
        headers: Object.fromEntries(all),
        body: response.body,
        async discard() {
          // Small rests are read so that the socket can be used again; large ones cost the socket.
          await response.body.dump({ limit: 65_536 });
        },
      };
    },
    close: () => routes.close(),
  };
}

/** The codings of a body, first applied first (RFC 9110, 8.4); none: it is as it is. */
export const codingsOf = (headers: Readonly<Record<string, string>>): readonly string[] =>
  (headers['content-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');

export function inPlain(response: HttpResponse): HttpResponse {
  const codings = codingsOf(response.headers);
  return codings.length === 0 ? response : decoded(response, codings);
}

function undiciBody(body: Body): Uint8Array | Readable {
  const { onProgress } = body;
  if (body.kind === 'bytes') {
    if (onProgress && body.bytes.byteLength > PIECE_BYTES) return tellingStream(pieces(body.bytes), body);
    onProgress?.(body.bytes.byteLength);
    return body.bytes;
  }
  if (body.size === 0) return new Uint8Array(0);
  return tellingStream(wholeFile(body), body);
}

/**
 * Tells of bytes when they are handed over, before anybody knows that they arrived: who aborts an upload must know
 * whether its body may be complete at the other side.
 */
function tellingStream(parts: Parts, { onProgress, onPart }: Body): Readable {
  let sent = 0;
  const told = telling(parts, (part) => {
    sent += part.byteLength;
    onPart?.(part);
    onProgress?.(sent);
  });
  const stream = Readable.from(told, { objectMode: false, highWaterMark: 0 });
  // undici sends it as a stream. What it can iterate over it begins with later, by a global that tests may have stopped.
  return Object.assign(stream, { [Symbol.asyncIterator]: undefined });
}

type Parts = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export async function* telling(parts: Parts, tell: (part: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    tell(part);
    yield part;
  }
}

/**
 * The whole body in memory of its own, or null if there is more of it than `limit` bytes: then the exchange is ended.
 */
export async function readBody(response: HttpResponse, limit: number): Promise<Uint8Array | null> {
  const announced = Number(response.headers['content-length'] ?? Number.NaN);
  if (announced > limit) {
    await response.discard();
    return null;
  }
  const { bytes, isWhole } = await bytesOf(response.body, 0, limit);
  return isWhole ? bytes : null;
}

const MOST_SHORT_BYTES = 64 * 1024;

export async function readShort(response: HttpResponse): Promise<ShortAnswer> {
  const { status, headers } = response;
  const bytes = await readBody(response, MOST_SHORT_BYTES);
  return { status, headers, text: Buffer.from(bytes ?? []).toString() };
}

/** What is announced is believed so far: it is gathered in place. */
const MOST_IN_PLACE = 32 * 1024 * 1024;

/**
 * The part `[from, to)` of a body, in memory of its own. What lies before is skipped, what lies behind isn't waited for,
 * but where it `counts`. Where it is told how many are `expected`, they are gathered in place: each is copied once.
 */
export async function bytesOf(
  body: AsyncIterable<Uint8Array>,
  from: number,
  to: number,
  expected: number | null = null,
  counts = false,
): Promise<{ bytes: Uint8Array; seen: number; isWhole: boolean }> {
  const isInPlace = expected !== null && expected > 0 && expected <= MOST_IN_PLACE;
  const target = new Uint8Array(Buffer.allocUnsafeSlow(isInPlace ? expected : 0).buffer);
  const parts: Uint8Array[] = [];
  let [seen, size, placed] = [0, 0, 0];
  let isWhole = true;
  for await (const part of body) {
    const wanted = part.subarray(Math.max(0, from - seen), Math.max(0, to - seen));
    size += wanted.byteLength;
    seen += part.byteLength;
    if (size <= target.byteLength) {
      target.set(wanted, placed);
      placed = size;
    } else if (wanted.byteLength > 0) parts.push(wanted);
    if (seen > to && !counts) {
      // Leaving the loop ends the body's stream, and with it the exchange.
      isWhole = false;
      break;
    }
  }
  if (placed === target.byteLength && placed === size) return { bytes: target, seen, isWhole };
  const bytes = new Uint8Array(size);
  bytes.set(target.subarray(0, placed));
  for (const part of parts) {
    bytes.set(part, placed);
    placed += part.byteLength;
  }
  return { bytes, seen, isWhole };
}

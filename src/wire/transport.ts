import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { WireConfig } from '../config/config.js';
import { filePieces } from './file-pieces.js';
import { Agent, EnvHttpProxyAgent } from './undici.js';
import { WireFailure } from './wire-failure.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Body | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Always of a known length, so that nothing is ever sent in chunks. `onProgress` gets the bytes sent so far. */
export type Body = { readonly onProgress?: ((sent: number) => void) | undefined } & (
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

/** Makes single HTTP requests: follows no redirect, retries nothing, sends what it is given. */
export interface Transport {
  send(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

/** What makes the requests, where it isn't this package's own agent. */
export interface TransportChoice {
  readonly fetch?: typeof globalThis.fetch | null | undefined;
  readonly dispatcher?: Dispatcher | null | undefined;
}

const CONNECT_MS = 10_000;
/** Sockets to one host; requests above that wait for one. */
const MOST_SOCKETS = 64;

export function createTransport(config: WireConfig, choice: TransportChoice = {}): Transport {
  if (choice.fetch) return fetchTransport(choice.fetch);
  if (choice.dispatcher) return undiciTransport(choice.dispatcher, config.timeouts.idle, false);
  return undiciTransport(ownAgent(config), config.timeouts.idle, true);
}

function ownAgent(config: WireConfig): Dispatcher {
  const options = {
    connections: MOST_SOCKETS,
    connect: { timeout: CONNECT_MS, rejectUnauthorized: config.isTlsVerified },
  };
  const { proxy } = config;
  if (proxy === null) return new Agent(options);
  return new EnvHttpProxyAgent({
    ...options,
    ...(proxy.http !== null && { httpProxy: proxy.http }),
    ...(proxy.https !== null && { httpsProxy: proxy.https }),
    noProxy: proxy.no,
  });
}

function undiciTransport(dispatcher: Dispatcher, idleMs: number, isOwn: boolean): Transport {
  return {
    async send({ method, url, headers, body, signal }) {
      const size = body === undefined ? null : body.kind === 'bytes' ? body.bytes.byteLength : body.size;
      const response = await dispatcher.request({
        origin: new URL(url).origin,
        path: pathOf(url),
        method,
        headers: size === null ? headers : { ...headers, 'content-length': String(size) },
        body: body === undefined ? null : undiciBody(body),
        signal,
        headersTimeout: idleMs,
        bodyTimeout: idleMs,
      });
      const plain = Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(', ') : (value ?? ''),
        ]),
      );
      return {
        status: response.statusCode,
        headers: plain,
        body: plain['content-encoding'] === 'gzip' ? gunzip(response.body) : response.body,
        async discard() {
          // Small rests are read so that the socket can be used again; large ones cost the socket.
          await response.body.dump({ limit: 65_536 });
        },
      };
    },
    async close() {
      if (isOwn) await dispatcher.destroy();
    },
  };
}

/**
 * Path and query as they are sent. URL parsers resolve '.' and '..'; to a storage they are characters of a name like
 * others, and the signature covers them, so a path that has them goes as it was given.
 */
function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  const raw = /^[a-z]+:\/\/[^/?#]*(\/[!-~]*)$/i.exec(url)?.[1];
  return raw !== undefined && /\/(\.|%2e){1,2}(?=[/?]|$)/i.test(raw) ? raw : pathname + search;
}

/** `fetch` counts bytes of known bodies itself, and decodes what came compressed. */
function fetchTransport(fetch: typeof globalThis.fetch): Transport {
  return {
    async send({ method, url, headers, body, signal }) {
      const response = await fetch(url, {
        method,
        headers,
        redirect: 'manual',
        ...(body !== undefined && { body: await fetchBody(body) }),
        ...(signal && { signal }),
      });
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: response.body ?? emptyBody(),
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
  const { fd, start = 0, size } = body;
  const parts: Blob[] = [];
  for await (const piece of filePieces(fd, { start, end: start + size, pieceBytes: PIECE_BYTES }))
    parts.push(new Blob([piece as Uint8Array<ArrayBuffer>]));
  const whole = new Blob(parts);
  if (whole.size < size) throw contentGone();
  return whole;
}

const PIECE_BYTES = 256 * 1024;

function undiciBody(body: Body): Uint8Array | Readable {
  const { onProgress } = body;
  if (body.kind === 'bytes') {
    if (onProgress && body.bytes.byteLength > PIECE_BYTES)
      return tellingStream(pieces(body.bytes), onProgress);
    onProgress?.(body.bytes.byteLength);
    return body.bytes;
  }
  if (body.size === 0) return new Uint8Array(0);
  return tellingStream(wholeFile(body), onProgress ?? (() => {}));
}

/** All of what was promised: a body that is shorter than its length would leave the server waiting for the rest. */
async function* wholeFile({
  fd,
  start = 0,
  size,
}: Extract<Body, { kind: 'file' }>): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const piece of filePieces(fd, { start, end: start + size, pieceBytes: PIECE_BYTES })) {
    seen += piece.byteLength;
    yield piece;
  }
  if (seen < size) throw contentGone();
}

const contentGone = (): WireFailure =>
  new WireFailure('EIO', 'The content to upload is gone or has changed.', null, 'final');

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

/**
 * Tells of bytes when they are handed over, before anybody knows that they arrived: who aborts an upload must know
 * whether its body may be complete at the other side.
 */
function tellingStream(
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  onProgress: (sent: number) => void,
): Readable {
  async function* telling(): AsyncGenerator<Uint8Array> {
    let sent = 0;
    for await (const part of parts) {
      sent += part.byteLength;
      onProgress(sent);
      yield part;
    }
  }
  return Readable.from(telling(), { objectMode: false, highWaterMark: 0 });
}

function gunzip(body: Readable): AsyncIterable<Uint8Array> {
  const plain = createGunzip();
  // Whoever reads `plain` gets its errors; leaving it early ends `body` too.
  return pipeline(body, plain, () => {});
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {}

/**
 * The whole body in memory of its own, or null if there is more of it than `limit` bytes: then the exchange is ended.
 */
export async function readBody(response: HttpResponse, limit: number): Promise<Uint8Array | null> {
  const announced = Number(response.headers['content-length'] ?? Number.NaN);
  if (announced > limit) {
    await response.discard();
    return null;
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body) {
    size += part.byteLength;
    // Leaving the loop ends the body's stream, and with it the exchange.
    if (size > limit) return null;
    parts.push(part);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as routes see it. */
export interface HttpRequest {
  readonly method: string;
  /** As it was sent, without the query. */
  readonly rawPath: string;
  /** Percent-decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The whole body; read once, kept. */
  body(): Promise<Buffer>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export type Handler = (request: HttpRequest) => Promise<HttpAnswer> | HttpAnswer;

export const json = (value: unknown, status = 200): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});

/** Resolves with the port where the server listens; rejects with what keeps it from that. */
export async function listenAt(server: Server, host: string, port: number): Promise<number> {
  // Longer than any client keeps its sockets, so that no request meets a closing one.
  server.keepAliveTimeout = 120_000;
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

export const baseUrl = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

/** As the service tells of failures outside GraphQL. */
export const jsonError = (status: number, message: string): HttpAnswer =>
  json({ errors: [{ message }] }, status);

export function readRequest(message: IncomingMessage, onBytes: (bytes: number) => void): HttpRequest {
  const target = message.url ?? '/';
  const question = target.indexOf('?');
  const rawPath = question < 0 ? target : target.slice(0, question);
  let body: Promise<Buffer> | undefined;
  return {
    method: message.method ?? 'GET',
    rawPath,
    path: decoded(rawPath),
    query: new URLSearchParams(question < 0 ? '' : target.slice(question + 1)),
    headers: message.headers,
    body: () => {
      body ??= collect(message, onBytes);
      return body;
    },
  };
}

/** What is no percent-encoding is taken as it is: so the SDK inserts basenames. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** A body as a whole. */
export async function collect(
  chunks: AsyncIterable<Buffer>,
  onBytes?: (bytes: number) => void,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of chunks) {
    parts.push(part);
    onBytes?.(part.length);
  }
  return Buffer.concat(parts);
}

/** An answer that isn't 200. Thrown by routes and by resolvers; its message goes to the client. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'HttpError';
  }
}

/** For what a request needs; a query answers null instead. */
export function found<Thing>(thing: Thing | null | undefined, name: string): Thing {
  if (thing === null || thing === undefined) throw new HttpError(404, `${name} not found`);
  return thing;
}

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

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

async function collect(message: IncomingMessage, onBytes: (bytes: number) => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) {
    chunks.push(chunk);
    onBytes(chunk.length);
  }
  return Buffer.concat(chunks);
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

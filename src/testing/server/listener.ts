import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, FaultSchedule } from '../faults.js';
import type { GraphqlRequest } from '../graphql/service.js';
import { corsHeaders, preflight } from './cors.js';
import {
  baseUrl,
  type Handler,
  type HttpAnswer,
  type HttpRequest,
  json,
  jsonError,
  listenAt,
  readRequest,
} from './http.js';
import type { OpenRecord, RequestLog } from './log.js';
import { reset } from './reset.js';

/** What a request is, found out before it is handled, so that faults can hit it and the log can name it. */
export interface Prepared {
  readonly graphql: GraphqlRequest | null;
  readonly handle: Handler;
}

interface ListenerOptions {
  /** The API's port serves the storage's objects, too, for those who reach no other. */
  readonly sideOf: (path: string) => 'api' | 'storage';
  readonly host: string;
  readonly port: number;
  readonly latencyMs: number;
  readonly log: RequestLog;
  readonly faults: FaultSchedule;
  readonly prepare: (request: HttpRequest) => Promise<Prepared>;
  /** The answer to a request whose URL is to be seen as expired. */
  readonly expired: () => Promise<HttpAnswer>;
}

/** One HTTP server: logs every request, lets faults hit it, and has it handled. */
export async function listen(options: ListenerOptions) {
  const server = createServer((message, response) => {
    exchange(options, message, response).catch((error: unknown) => {
      // A client that went away in the middle of its body is no failure of the server.
      if (!message.complete || response.destroyed) response.destroy();
      else
        send(
          response,
          jsonError(500, error instanceof Error ? (error.stack ?? error.message) : String(error)),
        );
    });
  });
  const port = await listenAt(server, options.host, options.port);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: baseUrl(options.host, port), close };
}

async function exchange(
  options: ListenerOptions,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = readRequest(message, (bytes) => count(record, 'bytesIn', bytes));
  const record = options.log.begin(
    options.sideOf(request.path),
    request.method,
    request.path,
    request.headers.range ?? null,
  );
  response.once('close', () => options.log.end(record));
  const cors = corsHeaders(record.side, request);
  const permission = preflight(record.side, request);
  if (permission) {
    record.status = permission.status;
    return send(response, { ...permission, headers: { ...permission.headers, ...cors } }, {}, record);
  }
  const { graphql, handle } = await options.prepare(request);
  if (graphql) {
    record.operation = graphql.operation;
    record.fields = graphql.fields;
    record.variables = graphql.variables;
  }
  const fault: Fault = options.faults.take(record) ?? {};
  await pause(options.latencyMs + (fault.delayMs ?? 0));
  if (fault.drop === 'before') return cut(response);
  const answer = (await staged(fault, options)) ?? (await handle(request));
  await pause(fault.delayAnswerMs ?? 0);
  if (fault.drop === 'after') return cut(response);
  record.status = answer.status;
  const headers = { ...cors, ...answer.headers, ...fault.headers };
  await send(response, { ...answer, headers }, fault, record);
}

/** The answer that a fault gives in place of the handler's. */
async function staged(fault: Fault, options: ListenerOptions): Promise<HttpAnswer | null> {
  if (fault.graphqlError !== undefined)
    return json({ errors: [{ message: fault.graphqlError }], data: null });
  if (fault.isExpired) return options.expired();
  if (fault.status !== undefined) return { status: fault.status, body: fault.body ?? '' };
  return fault.body === undefined ? null : { status: 200, body: fault.body };
}

/**
 * No timer where there is nothing to wait for: the shortest one takes a millisecond. None keeps the thread of a server that
 * was closed, either.
 */
const pause = async (ms: number): Promise<void> =>
  ms > 0 ? sleep(ms, undefined, { ref: false }) : undefined;

const cut = (response: ServerResponse): void => {
  if (response.socket) reset(response.socket);
};

function count(record: OpenRecord, direction: 'bytesIn' | 'bytesOut', bytes: number): void {
  record[direction] += bytes;
  record.bytes += bytes;
}

async function send(
  response: ServerResponse,
  answer: HttpAnswer,
  fault: Fault = {},
  record?: OpenRecord,
): Promise<void> {
  const whole = fault.isCorrupted ? corrupted(bytesOf(answer.body)) : bytesOf(answer.body);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(whole.length) });
  const sent = whole.subarray(0, fault.truncateAt ?? whole.length);
  if (record) count(record, 'bytesOut', sent.length);
  if (fault.bytesPerSecond !== undefined) await sendSlowly(response, sent, fault.bytesPerSecond);
  else if (sent.length < whole.length)
    await new Promise<void>((resolve) => response.write(sent, () => resolve()));
  if (sent.length < whole.length) return cut(response);
  if (fault.bytesPerSecond !== undefined) response.end();
  else response.end(sent);
}

/** The stored bytes themselves, not a copy: a copy of every range of a large object would be most of the work. */
function bytesOf(body: Uint8Array | string = ''): Buffer {
  if (typeof body === 'string') return Buffer.from(body);
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

function corrupted(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length > 0) copy.writeUInt8(copy.readUInt8(copy.length - 1) ^ 0xff, copy.length - 1);
  return copy;
}

async function sendSlowly(response: ServerResponse, body: Buffer, bytesPerSecond: number): Promise<void> {
  const step = Math.max(1, Math.ceil(bytesPerSecond / 20));
  for (let at = 0; at < body.length && !response.destroyed; at += step) {
    response.write(body.subarray(at, at + step));
    await sleep(50);
  }
}

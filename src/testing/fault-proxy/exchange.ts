import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FaultSubject } from '../faults.js';
import { collect, decoded } from '../server/http.js';
import { reset } from '../server/reset.js';
import { splitTarget, type Twin, throughProxy } from './addresses.js';
import { alteredAnswer, alteredRequest, type Chunks, single } from './bodies.js';
import { endToEnd, type Upstream } from './delivery.js';
import type { Door } from './door.js';
import type { ProxyFault } from './faults.js';
import { Cut, type Lane } from './lane.js';
import { operationOf } from './operation.js';

/** One side of the proxy: where its requests go, and what the faults of a request may do to others. */
export interface Side {
  readonly name: 'api' | 'storage';
  readonly upstream: Upstream;
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly door: Door;
  /** Of both sides, once they listen. */
  readonly twins: readonly Twin[];
}

const PAGE = '<!DOCTYPE html><html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>\n';

/** Takes one request through the proxy, with whatever happens to it on the way. */
export async function exchange(
  side: Side,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { lane: name, target } = splitTarget(request.url ?? '/');
  const lane = side.lanes.get(name);
  const going = new AbortController();
  response.once('close', () => going.abort());
  try {
    if (!lane) return await answer(request, response, 404, {}, `There is no lane '${name}'.\n`);
    await new Exchange({ side, lane, request, response, target, gone: going.signal }).run();
  } catch (error) {
    // Of whatever broke, the server, the client or a fault, the client sees a connection that is reset.
    if (!(error instanceof Error)) throw error;
    reset(request.socket);
  }
}

/** Answers in the server's place, when all of the request has come. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body: string,
): Promise<void> {
  await drain(request);
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

class Exchange {
  constructor(
    private readonly parties: {
      readonly side: Side;
      readonly lane: Lane;
      readonly request: IncomingMessage;
      readonly response: ServerResponse;
      readonly target: string;
      /** Aborts when the client has its answer, or has left. */
      readonly gone: AbortSignal;
    },
  ) {}

  async run(): Promise<void> {
    const { side, lane, request } = this.parties;
    const method = request.method ?? 'GET';
    const path = decoded(this.parties.target.split('?')[0] ?? '');
    const isGraphql = side.name === 'api' && path === '/graphql';
    const body = isGraphql ? await collect(chunksOf(request)) : null;
    const { operation, fields } = body ? operationOf(body) : { operation: null, fields: [] };
    const subject: FaultSubject = { side: side.name, method, path, operation, fields };
    const size = Number(request.headers['content-length'] ?? 0);
    const hasBody = size > 0 || request.headers['transfer-encoding'] !== undefined;
    const fault = lane.take(subject, hasBody);
    if (!fault) return this.go(body, subject, size, null);
    lane.underWay++;
    try {
      await this.go(body, subject, size, fault);
    } finally {
      lane.underWay--;
    }
  }

  private async go(
    read: Buffer | null,
    { method }: FaultSubject,
    size: number,
    fault: ProxyFault | null,
  ): Promise<void> {
    const { side, lane, request, response, gone } = this.parties;
    let body = read;

    if (fault?.kind === 'refuse') return side.door.shut(fault.ms ?? 100);
    if (isReset(fault, 'request')) throw new Cut('before the request');
    if (fault?.kind === 'stall' && fault.at === 'request') await lane.hold(fault.ms ?? Infinity, gone);
    if (fault?.kind === 'page')
      return answer(request, response, fault.status ?? 502, { 'content-type': 'text/html' }, PAGE);
    if (fault?.kind === 'status') {
      const wait = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
      return answer(request, response, fault.status, { ...fault.headers, ...wait }, fault.body ?? '');
    }
    if (isReset(fault, 'sent')) {
      await drain(request);
      throw new Cut('before the server had the request');
    }
    // Compressed answers have no addresses that could be changed.
    const headers = endToEnd(request.rawHeaders, side.name === 'api' ? ['accept-encoding'] : []);
    const deliver = (chunks: Chunks): Promise<IncomingMessage> =>
      side.upstream.deliver({ method, target: this.parties.target, headers, body: chunks });
    if (fault?.kind === 'duplicate') {
      body ??= await collect(chunksOf(request));
      await drain(await deliver(single(body)));
    }
    const altering = { lane, gone, size };
    const answered = await deliver(alteredRequest(body ? single(body) : chunksOf(request), fault, altering));
    if (isReset(fault, 'answer')) {
      await drain(answered);
      throw new Cut('before the answer');
    }
    if (fault?.kind === 'stall' && fault.at === 'answer') await lane.hold(fault.ms ?? Infinity, gone);
    await this.pass(answered, fault);
  }

  /** Hands the server's answer on. */
  private async pass(answered: IncomingMessage, fault: ProxyFault | null): Promise<void> {
    const { side, lane, response, gone } = this.parties;
    const headers = endToEnd(answered.rawHeaders);
    const here = (text: string): string => throughProxy(text, side.twins, lane.prefix);
    if (typeof headers.location === 'string') headers.location = here(headers.location);
    let chunks: Chunks = chunksOf(answered);
    if (side.name === 'api' && /json|text/.test(String(headers['content-type']))) {
      const bytes = Buffer.from(here((await collect(chunks)).toString()));
      chunks = single(bytes);
      headers['content-length'] = String(bytes.length);
    }
    const announced = headers['content-length'];
    const size = Number(announced ?? 0);
    if (fault?.kind === 'half' && announced !== undefined)
      headers['content-length'] = String(Math.floor(size / 2));
    response.writeHead(answered.statusCode ?? 502, headers);
    try {
      for await (const chunk of alteredAnswer(chunks, fault, { lane, gone, size })) {
        // Sent on at once, so that what a fault leaves of a body does arrive.
        await new Promise<void>((resolve, reject) =>
          response.write(chunk, (error) => (error ? reject(error) : resolve())),
        );
      }
    } catch (error) {
      answered.destroy();
      const isEnd = fault?.kind === 'truncate' && (fault.by ?? 'end') === 'end';
      if (!(error instanceof Cut && isEnd)) throw error;
      response.flushHeaders();
      this.parties.request.socket.destroySoon();
      return;
    }
    response.end();
  }
}

const isReset = (fault: ProxyFault | null, at: 'request' | 'sent' | 'answer'): boolean =>
  fault?.kind === 'reset' && fault.at === at;

/** Left early, the stream stays as it is: how its connection ends is the fault's to say. */
const chunksOf = (message: IncomingMessage): Chunks => message.iterator({ destroyOnReturn: false });

async function drain(message: IncomingMessage): Promise<void> {
  if (message.readableEnded) return;
  for await (const _part of message);
}

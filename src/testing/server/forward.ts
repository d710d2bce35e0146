import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { SentAnswer, SentRequest } from '../fetch.js';

/** The header by which the server's own `fetch` says that a request was meant for https: its value is the server's secret. */
export const ASKED_SECURELY = 'x-asked-securely';

/** Of one connection, or told by the body. */
const OF_CONNECTION = new Set([
  'host',
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
  'expect',
]);

/** Sends a request that was meant for another host to this one, which answers as if it were that host. */
export async function forward(
  to: { readonly url: string; readonly relay: string },
  { method, url, headers, body }: SentRequest,
): Promise<SentAnswer> {
  const { host, protocol, pathname, search } = new URL(url);
  const kept = Object.entries(headers).filter(([name]) => !OF_CONNECTION.has(name));
  const sent = request(new URL(pathname + search, to.url), {
    method,
    agent: false,
    headers: {
      ...Object.fromEntries(kept),
      host,
      ...(protocol === 'https:' && { [ASKED_SECURELY]: to.relay }),
      ...((body.byteLength > 0 || method === 'POST' || method === 'PUT') && {
        'content-length': String(body.byteLength),
      }),
    },
  });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part);
  const told = Object.entries(answer.headers).filter(([name]) => !OF_CONNECTION.has(name));
  return {
    status: answer.statusCode ?? 500,
    headers: Object.fromEntries(told.map(([name, value]) => [name, String(value)])),
    body: new Uint8Array(Buffer.concat(parts)),
  };
}

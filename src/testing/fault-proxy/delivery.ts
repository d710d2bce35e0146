import { once } from 'node:events';
import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request as startRequest } from 'node:http';
import type { Chunks } from './bodies.js';

export interface Delivered {
  readonly method: string;
  /** As it was sent: path and query. */
  readonly target: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Chunks;
}

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
  'host',
]);

/** Headers as they came, without those that concern one connection. */
export function endToEnd(
  rawHeaders: readonly string[],
  without: readonly string[] = [],
): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = {};
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = [rawHeaders[at], rawHeaders[at + 1]];
    const key = name.toLowerCase();
    if (HOP_BY_HOP.has(key) || without.includes(key)) continue;
    const before = headers[key];
    headers[key] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}

/** One of the two servers behind the proxy. */
export class Upstream {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly address: URL;

  constructor(readonly origin: string) {
    this.address = new URL(origin);
  }

  /** Rejects with what broke: the connection to the server, or the request's body. */
  async deliver({ method, target, headers, body }: Delivered): Promise<IncomingMessage> {
    const outgoing = startRequest({
      agent: this.agent,
      host: this.address.hostname,
      port: this.address.port,
      method,
      path: target,
      headers,
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve);
      outgoing.on('error', reject);
    });
    const sent = (async () => {
      try {
        for await (const chunk of body) if (!outgoing.write(chunk)) await once(outgoing, 'drain');
        outgoing.end();
      } catch (error) {
        // What isn't complete is never acted on.
        outgoing.destroy();
        throw error;
      }
    })();
    const [answer] = await Promise.all([answered, sent]);
    return answer;
  }

  close(): void {
    this.agent.destroy();
  }
}

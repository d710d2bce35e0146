import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request, as it came over the socket. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface TestServer {
  readonly url: string;
  readonly received: readonly Received[];
}

type Answer = (request: Received, response: ServerResponse) => void;

const running: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** A bare HTTP server, for answers that the local W&B server doesn't give; it ends with its test. */
export async function serve(answer: Answer): Promise<TestServer> {
  const received: Received[] = [];
  const server = createServer((message, response) => {
    collect(message).then(
      (body) => {
        const request = {
          method: message.method ?? '',
          url: message.url ?? '',
          headers: message.headers,
          body,
        };
        received.push(request);
        answer(request, response);
      },
      // The client went away in the middle of its body.
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.push({
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

/** A server that answers ten requests when it has as many, and tells how many it had at most. */
export async function servingTens(answer: unknown): Promise<{ readonly url: string; most(): number }> {
  const underWay: ServerResponse[] = [];
  let most = 0;
  const { url } = await serve((_, response) => {
    underWay.push(response);
    most = Math.max(most, underWay.length);
    // Time for an eleventh to come.
    if (underWay.length === 10)
      setTimeout(() => {
        for (const waiting of underWay.splice(0)) json(waiting, answer);
      }, 30);
  });
  return { url, most: () => most };
}

async function collect(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part);
  return Buffer.concat(parts);
}

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Web {
  /** 'http://127.0.0.1:<port>' */
  readonly origin: string;
  /** What was asked for since the last call. */
  requests(): readonly { readonly path: string; readonly headers: IncomingHttpHeaders }[];
}

const running: Server[] = [];

afterAll(async () => {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

/**
 * A web server that has nothing to do with W&B, with one text at every path. It knows ranges, and gives an ETag but at
 * `/untagged…`. It is closed behind the file's last test.
 */
export async function startWeb(text: string): Promise<Web> {
  let requests: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    requests.push({ path: url, headers });
    if (!url.startsWith('/untagged')) response.setHeader('etag', '"the tag"');
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
    if (from === undefined) {
      response.writeHead(200, { 'content-length': text.length }).end(text);
      return;
    }
    const last = Math.min(text.length - 1, to ? Number(to) : text.length);
    response.writeHead(206, { 'content-range': `bytes ${from}-${last}/${text.length}` });
    response.end(text.slice(Number(from), last + 1));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.push(server);
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => {
      const before = requests;
      requests = [];
      return before;
    },
  };
}

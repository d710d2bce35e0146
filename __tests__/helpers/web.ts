import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { Worker } from 'node:worker_threads';

export interface WebRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Web {
  /** 'http://127.0.0.1:<port>' */
  readonly origin: string;
  /** What was asked for since the last call. */
  requests(): Promise<readonly WebRequest[]>;
}

const running: Worker[] = [];

afterAll(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.terminate()));
});

/** A thread of its own: a sync call of a test waits for it. */
const SERVER = `
  const { createServer } = require('node:http');
  const { parentPort, workerData: text } = require('node:worker_threads');
  let requests = [];
  const server = createServer(({ url, headers }, response) => {
    requests.push({ path: url, headers });
    if (!url.startsWith('/untagged')) response.setHeader('etag', '"the tag"');
    const range = /^bytes=(\\d+)-(\\d*)$/.exec(headers.range ?? '');
    if (!range) {
      response.writeHead(200, { 'content-length': text.length }).end(text);
      return;
    }
    const [from, last] = [Number(range[1]), Math.min(text.length - 1, range[2] ? Number(range[2]) : text.length)];
    response.writeHead(206, { 'content-range': 'bytes ' + from + '-' + last + '/' + text.length });
    response.end(text.slice(from, last + 1));
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
  parentPort.on('message', () => parentPort.postMessage(requests.splice(0)));
`;

/**
 * A web server that has nothing to do with W&B, with one text at every path. It knows ranges, and gives an ETag but at
 * `/untagged…`. It is closed behind the file's last test.
 */
export async function startWeb(text: string): Promise<Web> {
  const worker = new Worker(SERVER, { eval: true, workerData: text });
  running.push(worker);
  const [port] = (await once(worker, 'message')) as [number];
  return {
    origin: `http://127.0.0.1:${port}`,
    requests: async () => {
      const answer = once(worker, 'message');
      worker.postMessage('requests');
      const [requests] = (await answer) as [readonly WebRequest[]];
      return requests;
    },
  };
}

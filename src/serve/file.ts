import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { readRange } from './ranges.js';
import { Refusal } from './refusal.js';
import type { ServedFs } from './serve-fs.js';
import { sizedHandle } from './sizes.js';
import { contentTypeOf } from './types.js';
import { isSameForRange, isUnchanged, validatorsOf } from './validators.js';

/** What somebody has uploaded is shown, and runs nothing: not with this server's origin, nor with another. */
const POLICY =
  "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'self' 'unsafe-inline'";

/** Answers with a file, or a range of it. It is one open file from its size to its last byte, so versions don't mix. */
export async function sendFile(
  fs: ServedFs,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const handle = await fs.promises.open(path);
  try {
    const stats = await sizedHandle(handle);
    const validators = validatorsOf(stats);
    response.setHeader('ETag', validators.etag);
    response.setHeader('Last-Modified', new Date(validators.modified).toUTCString());
    response.setHeader('Accept-Ranges', 'bytes');
    response.setHeader('Cache-Control', 'private, no-cache');
    response.setHeader('Content-Security-Policy', POLICY);
    if (isUnchanged(request.headers, validators)) {
      response.writeHead(304).end();
      return;
    }
    const isGet = request.method === 'GET';
    const range =
      isGet && isSameForRange(request.headers, validators)
        ? readRange(request.headers.range, stats.size)
        : null;
    if (range === 'unsatisfiable')
      throw new Refusal(416, `The file has ${stats.size} bytes.`, {
        'Content-Range': `bytes */${stats.size}`,
      });
    const { start, end } = range ?? { start: 0, end: stats.size - 1 };
    response.setHeader('Content-Type', contentTypeOf(path));
    response.setHeader('Content-Length', end - start + 1);
    if (range) response.setHeader('Content-Range', `bytes ${start}-${end}/${stats.size}`);
    response.writeHead(range ? 206 : 200);
    if (!isGet || end < start) response.end();
    else await pipeline(handle.createReadStream({ start, end, autoClose: false }), response);
  } finally {
    await handle.close();
  }
}

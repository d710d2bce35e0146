import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type nodeFs from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendFile } from './file.js';
import { Guard, isLoopback } from './guard.js';
import { isPreflight, Origins, preflight } from './origins.js';
import { type Knowledge, sendDirectory } from './page/directory.js';
import type { Directory } from './page/media.js';
import { below, isWithin, namesOf } from './paths.js';
import { Refusal, refusalOf } from './refusal.js';
import { ABILITIES, METHODS, sendProperties } from './webdav/propfind.js';

/** What is asked of a filesystem: `node:fs`, or any of its shape. */
export type ServedFs = Pick<typeof nodeFs, 'promises'>;

export interface ServeOptions {
  /** The directory that is served. Links that lead out of it are refused. @default '/' */
  readonly root?: string | undefined;
  /** 0 takes a free one. @default 0 */
  readonly port?: number | undefined;
  /** @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** At least 16 letters, digits, `-` and `_`. @default none on loopback; else a random one */
  readonly token?: string | undefined;
  /** Origins whose pages may read, such as `https://example.com`. @default none but its own */
  readonly allowOrigins?: readonly string[] | undefined;
  /** Answers what programs ask that mount it (WebDAV, read-only), and asks for the token as a password. @default false */
  readonly webdav?: boolean | undefined;
  /**
   * What pages tell beside what is in a directory. Where it rejects, the page is answered as for a failure of the filesystem.
   *
   * @default nothing
   */
  readonly knowledge?: Knowledge | undefined;
  /** Hears of what failed after its answer had begun; the client sees its connection end. @default nobody does */
  readonly onError?: ((error: unknown) => void) | undefined;
}

export interface Served {
  /** Without the token. */
  readonly url: string;
  readonly token: string | null;
  /** Ends what is being sent, too. */
  close(): Promise<void>;
}

/**
 * Serves a filesystem over HTTP, read-only: files with ranges and validators, directories as pages and JSON.
 *
 * Rejects as Node's own `listen` does (`EADDRINUSE`, `EACCES`…), and with `ERR_INVALID_ARG_VALUE` for a token or an origin that
 * can't be one.
 */
export async function serveFs(
  fs: ServedFs,
  {
    root = '/',
    port = 0,
    host = '127.0.0.1',
    token,
    allowOrigins = [],
    webdav = false,
    knowledge = NOTHING,
    onError,
  }: ServeOptions = {},
): Promise<Served> {
  if (token !== undefined && !/^[\w-]{16,}$/.test(token)) {
    const message = 'token must be at least 16 letters, digits, hyphens and underscores.';
    throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' });
  }
  const origins = new Origins(allowOrigins);
  const needed = token ?? (isLoopback(host) ? null : randomBytes(24).toString('base64url'));
  const server = createServer();
  server.listen(port, host);
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;
  const guard = new Guard(needed, bound, webdav ? 'Basic' : 'Bearer');
  server.on('request', (request, response) => {
    answer({ fs, root, guard, origins, webdav, knowledge }, request, response).catch((error: unknown) => {
      if (!fail(request, response, error) && !isAborted(request, error)) onError?.(error);
    });
  });
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/`,
    token: needed,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const NOTHING: Knowledge = { describe: async () => null, printed: async () => null };

interface Serving {
  readonly fs: ServedFs;
  readonly root: string;
  readonly guard: Guard;
  readonly origins: Origins;
  readonly webdav: boolean;
  readonly knowledge: Knowledge;
}

/** Of every answer, refusals too. */
const STANDARD = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

async function answer(
  { fs, root, guard, origins, webdav, knowledge }: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const methods = webdav ? METHODS : 'GET, HEAD';
  setHeaders(response, STANDARD);
  guard.admitName(request);
  setHeaders(response, origins.admit(request));
  if (isPreflight(request)) {
    response.writeHead(204, preflight(methods)).end();
    return;
  }
  setHeaders(response, guard.admit(request));
  const { method = '', url = '' } = request;
  if (!methods.split(', ').includes(method))
    throw new Refusal(405, 'This server is read-only.', { Allow: methods });
  if (method === 'OPTIONS') {
    response.writeHead(200, { ...ABILITIES, Allow: methods, 'Content-Length': '0' }).end();
    return;
  }
  const names = namesOf(url);
  const [top, path] = await Promise.all([
    fs.promises.realpath(root),
    fs.promises.realpath(below(root, names)),
  ]);
  if (!isWithin(top, path)) throw new Refusal(403, 'It is a link that leads out of what is served.');
  if (method === 'PROPFIND') await sendProperties({ fs, top, path, names }, request, response);
  else await send({ fs, path, names }, knowledge, request, response);
}

async function send(
  at: Directory,
  knowledge: Knowledge,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const stats = await at.fs.promises.stat(at.path);
  if (stats.isDirectory()) await sendDirectory(at, knowledge, request, response);
  else if (stats.isFile()) await sendFile(at.fs, at.path, request, response);
  // A pipe would be waited for, with one of the few threads that this process reads with.
  else throw new Refusal(403, 'It is neither a file nor a directory.');
}

function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

/** The client went away, while it was answered or while it still asked. */
const isAborted = (request: IncomingMessage, error: unknown): boolean =>
  error === request.errored || (Object(error) as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';

/** Tells whether the client could be told: of what has begun only the end of its connection says that it is not whole. */
function fail(request: IncomingMessage, response: ServerResponse, error: unknown): boolean {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return false;
  }
  const { status, content, headers } = refusalOf(error);
  for (const name of ['ETag', 'Last-Modified', 'Content-Length']) response.removeHeader(name);
  response.writeHead(status, { ...headers, 'Content-Type': content.type });
  response.end(request.method === 'HEAD' ? undefined : content.text);
  return true;
}

import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.js';

type Headers = Readonly<Record<string, string>>;

/** What a page may send beside what every page may, and see of an answer (CORS). */
const SENT = 'Accept, Authorization, Content-Type, Depth, If-Modified-Since, If-None-Match, If-Range, Range';
const SEEN = 'Accept-Ranges, Content-Length, Content-Range, ETag, Last-Modified';
/** How long a browser may go on without asking again, in seconds. */
const KNOWN_FOR = 600;

/** Which pages may read: those of this server, and those of the origins that it was told. */
export class Origins {
  readonly #allowed: ReadonlySet<string>;

  /** Throws `ERR_INVALID_ARG_VALUE` for what no browser would send as an origin. */
  constructor(allowed: readonly string[]) {
    for (const origin of allowed) assertOrigin(origin);
    this.#allowed = new Set(allowed);
  }

  /** Headers for the answer. Throws Refusal with 403. */
  admit({ headers: { host = '', origin } }: IncomingMessage): Headers {
    const varying: Headers = this.#allowed.size > 0 ? { Vary: 'Origin' } : {};
    if (origin === undefined || origin === `http://${host}`) return varying;
    if (!this.#allowed.has(origin)) throw new Refusal(403, 'Pages of other origins may not read from here.');
    return {
      ...varying,
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Expose-Headers': SEEN,
    };
  }
}

/** The question of a browser whether a page may ask at all, which comes without any token. */
export const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === 'OPTIONS' &&
  headers.origin !== undefined &&
  headers['access-control-request-method'] !== undefined;

export const preflight = (methods: string): Headers => ({
  'Access-Control-Allow-Methods': methods,
  'Access-Control-Allow-Headers': SENT,
  'Access-Control-Max-Age': String(KNOWN_FOR),
});

function assertOrigin(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^https?:$/.test(url.protocol) && url.origin === text) return;
  const message = `An origin must be such as 'https://example.com' or 'http://localhost:3000', without a path; got '${text}'.`;
  throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' });
}

import type { HttpAnswer, HttpRequest } from './http.js';

/** What pages of any origin may ask of each side, and which headers of its answers they see (Fetch, 3.2). */
const RULES = {
  api: { methods: ['GET', 'HEAD', 'POST'], exposed: 'Retry-After, RateLimit-Remaining, RateLimit-Reset' },
  storage: { methods: ['GET', 'HEAD', 'PUT'], exposed: 'ETag, Accept-Ranges, Content-Range, Last-Modified' },
} as const;

/**
 * The answer to a browser's question whether it may send a request; null for other requests. It carries neither a key nor
 * a signature, so it is answered before either is looked for.
 */
export function preflight(side: keyof typeof RULES, { method, headers }: HttpRequest): HttpAnswer | null {
  const wanted = headers['access-control-request-method'];
  if (method !== 'OPTIONS' || headers.origin === undefined || wanted === undefined) return null;
  const methods: readonly string[] = RULES[side].methods;
  if (!methods.includes(wanted)) return { status: 403 };
  return {
    status: 200,
    headers: {
      'access-control-allow-methods': methods.join(', '),
      'access-control-allow-headers': headers['access-control-request-headers'] ?? '*',
      'access-control-max-age': '3600',
    },
  };
}

/** The headers by which a browser hands an answer, a refusal too, to the page that asked. */
export const corsHeaders = (
  side: keyof typeof RULES,
  { headers: { origin } }: HttpRequest,
): Readonly<Record<string, string>> =>
  origin === undefined
    ? {}
    : { 'access-control-allow-origin': '*', 'access-control-expose-headers': RULES[side].exposed };

import type { WireConfig } from '../../config/config.js';
import type { Clock } from '../retry.js';
import { codesOf } from '../transport/network-failure.js';
import type { HttpRequest, Transport } from '../transport/transport.js';
import { isWireFailure } from '../wire-failure.js';
import type { Warnings } from './api.js';

/**
 * An address as a logger may hear it: without its query and without user and password, for these are signatures and keys.
 */
export function withoutSecrets(address: string): string {
  if (!URL.canParse(address)) return 'no address';
  const { origin, pathname } = new URL(address);
  return pathname === '/' ? origin : origin + pathname;
}

/** Tells a logger of every exchange: what, where, with what status, after how long. */
export function withRequestLog(transport: Transport, clock: Clock, warnings: Warnings): Transport {
  return {
    ...transport,
    async send(request) {
      const startedAt = clock.now();
      const tell = (outcome: string): void =>
        warnings.debug(() => `${nameOf(request)}: ${outcome} in ${Math.round(clock.now() - startedAt)} ms`);
      try {
        const response = await transport.send(request);
        tell(String(response.status));
        return response;
      } catch (error) {
        tell(request.signal?.aborted ? 'given up' : `no answer (${codeOf(error)})`);
        throw error;
      }
    },
  };
}

const nameOf = ({ method, url, body }: HttpRequest): string => {
  const operation = body?.kind === 'bytes' && url.endsWith('/graphql') ? operationOf(body.bytes) : null;
  return `${method} ${withoutSecrets(url)}${operation === null ? '' : ` ${operation}`}`;
};

const MOST_QUERY_BYTES = 64 * 1024;

/** The name of a GraphQL document; its variables are nobody's business. */
const operationOf = (body: Uint8Array): string | null =>
  /"query":"(?:[^"\\]|\\.)*?\b(?:query|mutation) (\w+)/.exec(
    Buffer.from(body.subarray(0, MOST_QUERY_BYTES)).toString(),
  )?.[1] ?? null;

const codeOf = (error: unknown): string =>
  isWireFailure(error) ? (error.cause ?? error.code) : (codesOf(error)[0] ?? 'broken');

/** By which proxies requests go, a line each. */
export function proxiesUsed({ proxies }: WireConfig): readonly string[] {
  const { http = null, https = null } = proxies ?? {};
  return Object.entries({ http, https }).flatMap(([scheme, proxy]) => {
    if (!proxy) return [];
    const { origin, source, problem, isForAll } = proxy;
    const exceptions = isForAll ? '' : ', but to this machine and what NO_PROXY names';
    const way = problem === null ? `through the proxy ${origin} (${source})` : `nowhere: ${problem}`;
    return [`${scheme}: goes ${way}${exceptions}`];
  });
}

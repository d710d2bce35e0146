import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { WireConfig } from '../../config/config.js';
import { nextTurn, queueMicrotask, setImmediate } from '../../platform/time.js';
import { WireFailure } from '../wire-failure.js';
import { proxyFor } from './proxy-choice.js';
import { publicLookup } from './public-addresses.js';
import { authorizationFor, connectorThrough, connectorTo, refusalOfProxy } from './tunnel.js';

/** How requests to one host are made. */
export interface Route {
  readonly dispatcher: Dispatcher;
  /** The path to send. */
  readonly path: string;
  /** To send beside others. */
  readonly headers: Readonly<Record<string, string>>;
  /** Does it look itself that it connects to no inner address? Where others connect, nobody does. */
  readonly isPublicOnly: boolean;
  /** The failure that an answer stands for which isn't the host's; null: it is. */
  readonly refusal: (status: number, headers: IncomingHttpHeaders) => WireFailure | null;
}

export interface Routes {
  /**
   * Rejects with a WireFailure where the proxy can't be used.
   *
   * @param isPublicOnly to an address that anybody on the internet can reach
   */
  of(url: URL, path: string, isPublicOnly: boolean): Promise<Route>;
  close(): Promise<void>;
}

/** May a request go there at all? */
export const isWebAddress = (url: string): boolean =>
  URL.canParse(url) && (/^https?:/i.test(url) || /^https?:$/.test(new URL(url).protocol));

/**
 * Path and query as they are sent. URL parsers resolve '.' and '..'; to a storage they are characters of a name like
 * others, and the signature covers them, so a path that has them goes as it was given.
 */
export function pathOf(url: string, { pathname, search }: URL): string {
  const raw = /^[a-z]+:\/\/[^/?#]*(\/[!-~]*)$/i.exec(url)?.[1];
  return raw !== undefined && /\/(\.|%2e){1,2}(?=[/?]|$)/i.test(raw) ? raw : pathname + search;
}

/** By a dispatcher of the user's, which isn't closed here. */
export const routesBy = (dispatcher: Dispatcher): Routes => ({
  of: async (_url, path) => direct(dispatcher, path),
  close: async () => {},
});

const direct = (dispatcher: Dispatcher, path: string, isPublicOnly = false): Route => ({
  dispatcher,
  path,
  headers: {},
  isPublicOnly,
  refusal: () => null,
});

/**
 * Routes of this package's own. undici takes a connection up again in a later turn of the event loop, by the global
 * `setImmediate`: where a test has put one there that stands still, each request has a connection of its own.
 */
export function ownRoutes(config: WireConfig, connections: number): Routes {
  const kept = routesWith(config, { connections, pipelining: 1 });
  const single = routesWith(config, { connections, pipelining: 0 });
  return {
    of: (...request) => (globalThis.setImmediate === setImmediate ? kept : single).of(...request),
    close: async () => {
      await Promise.all([kept.close(), single.close()]);
    },
  };
}

interface PoolOptions {
  /** Most of them to one host. */
  readonly connections: number;
  /** Requests on one connection, one behind the other; 0: it ends with its first. */
  readonly pipelining: 0 | 1;
}

/**
 * Direct, by a tunnel of a proxy (https), or by asking a proxy in the host's place (http).
 * undici is loaded by the first request: a program may never make one, and the I/O thread makes those of most.
 *
 * @param connections most of them to one host
 */
function routesWith(config: WireConfig, pools: PoolOptions): Routes {
  let loaded: Promise<Routes> | null = null;
  return {
    of: async (...request) => {
      loaded ??= import('./undici.js').then((undici) => routesOf(undici, config, pools));
      return (await loaded).of(...request);
    },
    close: async () => (await loaded)?.close(),
  };
}

type Undici = typeof import('./undici.js');

function routesOf({ Agent, buildConnector, Pool }: Undici, config: WireConfig, pools: PoolOptions): Routes {
  const { timeouts, proxies, userAgent, trustHint } = config;
  const options = {
    timeout: timeouts.connect,
    // Node's own setting, NODE_TLS_REJECT_UNAUTHORIZED, counts where this isn't said.
    ...(!config.isTlsVerified && { rejectUnauthorized: false }),
  };
  const connect = buildConnector(options);
  const connectPublic = buildConnector({ ...options, lookup: publicLookup });
  const way = { connect, timeoutMs: timeouts.connect, userAgent, trustHint };
  const agents = new Map<string, Dispatcher>();
  const agentFor = (key: string, make: () => Dispatcher): Dispatcher => {
    const agent = agents.get(key) ?? make();
    agents.set(key, agent);
    return agent;
  };
  return {
    of: async (url, path, isPublicOnly) => {
      const proxy = proxies && proxyFor(proxies, url.href);
      if (proxy === null) {
        const make = () => new Agent({ ...pools, connect: isPublicOnly ? connectPublic : connect });
        return direct(agentFor(isPublicOnly ? 'public' : 'direct', make), path, isPublicOnly);
      }
      if (proxy.problem !== null) throw new WireFailure('ENOTSUP', proxy.problem, null, 'final');
      if (url.protocol === 'https:') {
        const make = () => new Agent({ ...pools, connect: connectorThrough({ ...way, proxy }) });
        return direct(agentFor('https:', make), path);
      }
      // Pools by the host that is asked for, though all of them lead to the proxy.
      const make = () => {
        const options = { ...pools, connect: connectorTo({ ...way, proxy }) };
        return new Agent({ factory: () => new Pool(proxy.origin, options) });
      };
      return {
        dispatcher: agentFor('http:', make),
        path: url.origin + path,
        headers: { host: url.host, ...authorizationFor(proxy) },
        isPublicOnly: false,
        refusal: (status, { 'proxy-authenticate': demands }) =>
          status === 407 ? refusalOfProxy(status, demands, proxy, url.origin) : null,
      };
    },
    close: async () => {
      const ends = Promise.all([...agents.values()].map((agent) => agent.destroy()));
      // Their sockets are closed by then; undici tells it by the global that may stand still.
      await (globalThis.queueMicrotask === queueMicrotask ? ends : nextTurn());
    },
  };
}

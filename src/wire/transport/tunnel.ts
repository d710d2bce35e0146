import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import type { ProxyServer } from '../../config/environment/proxies.js';
import { clearTimeout, setTimeout } from '../../platform/time.js';
import { errnoOf } from '../errors.js';
import { notAgreed, WireFailure } from '../wire-failure.js';
import { connectionFailure, describe } from './network-failure.js';

type Connector = buildConnector.connector;

/** What it takes to speak with a proxy. */
export interface ProxyWay {
  readonly proxy: ProxyServer;
  /** Makes connections, secure ones by the same rules to proxies and servers. */
  readonly connect: Connector;
  /** Until the proxy has said whether there is a tunnel, in milliseconds. */
  readonly timeoutMs: number;
  readonly userAgent: string;
  readonly trustHint: string;
}

/**
 * Connections to the proxy itself, whatever host they are asked for. undici's own ProxyAgent doesn't tell a failure of the
 * proxy from one of the server behind it, which is what a user has to know.
 */
export function connectorTo(way: ProxyWay): Connector {
  return (_options, callback) => {
    reach(way).then(
      (socket) => callback(null, socket),
      (error) => callback(error, null),
    );
  };
}

/** Connections to the host through a tunnel of the proxy's; TLS is with the host. */
export function connectorThrough(way: ProxyWay): Connector {
  return (options, callback) => {
    tunnel(way, options).then(
      (httpSocket) => {
        try {
          way.connect({ ...options, httpSocket }, callback);
        } catch (error) {
          // Nobody else would hear of it: undici called long ago.
          callback(error as Error, null);
        }
      },
      (error) => callback(error, null),
    );
  };
}

function reach({ proxy, connect, trustHint }: ProxyWay): Promise<Socket> {
  const { protocol, hostname: host, port } = new URL(proxy.origin);
  const hostname = host.replace(/^\[(.*)\]$/, '$1');
  return new Promise((resolve, reject) => {
    connect({ hostname, host, protocol, port }, (error, socket) => {
      if (socket) return resolve(socket);
      const party = { name: nameOf(proxy), setting: proxy.source, trustHint };
      reject(connectionFailure(error, party) ?? cutOff(proxy, errnoOf(error) ?? describe(error)));
    });
  });
}

async function tunnel(way: ProxyWay, { hostname, port, protocol }: buildConnector.Options): Promise<Socket> {
  const { proxy, timeoutMs, userAgent } = way;
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  const authority = `${host}:${port || '443'}`;
  const target = `${protocol}//${host}${port ? `:${port}` : ''}`;
  const connection = await reach(way);
  // Not before there is a proxy: its names, taken by an import, have Node 26 load its own fetch and WebSockets.
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const fail = (failure: WireFailure): void => {
      clearTimeout(timer);
      asking.destroy();
      connection.destroy();
      reject(failure);
    };
    const timer = setTimeout(() => {
      const detail = `${nameOf(proxy)} doesn't lead to ${target} in time; check ${proxy.source}.`;
      fail(new WireFailure('ETIMEDOUT', detail, 'CONNECT', 'unreachable'));
    }, timeoutMs);
    const asking = request({
      method: 'CONNECT',
      path: authority,
      headers: {
        host: authority,
        // Else Node asks to close behind the answer, and some proxies do.
        connection: 'keep-alive',
        'proxy-connection': 'keep-alive',
        'user-agent': userAgent,
        ...authorizationFor(proxy),
      },
      createConnection: () => connection,
    });
    asking.on('connect', ({ statusCode = 0, headers }, socket, head) => {
      if (statusCode < 200 || statusCode >= 300) {
        return fail(refusalOfProxy(statusCode, headers['proxy-authenticate'], proxy, target));
      }
      clearTimeout(timer);
      if (head.byteLength > 0) socket.unshift(head);
      resolve(connection);
    });
    asking.on('error', (error) => {
      const code = errnoOf(error) ?? describe(error);
      fail(code.startsWith('HPE_') ? notAProxy(proxy, code) : cutOff(proxy, code));
    });
    asking.end();
  });
}

export const authorizationFor = ({ authorization }: ProxyServer): Record<string, string> =>
  authorization === null ? {} : { 'proxy-authorization': authorization };

/**
 * What a proxy's own answer means that isn't a tunnel. Its status isn't one of the host's: as a storage's, 403 would be an
 * address whose time is over.
 *
 * @param demands its `Proxy-Authenticate`
 */
export function refusalOfProxy(
  status: number,
  demands: string | string[] | undefined,
  proxy: ProxyServer,
  target: string,
): WireFailure {
  const name = nameOf(proxy);
  const cause = `HTTP ${status} of the proxy`;
  if (status === 407) {
    const ways = String(demands ?? 'Basic');
    const detail = !/\bbasic\b/i.test(ways)
      ? `${name} demands credentials in another way (${ways.slice(0, 80)}) than by user and password (Basic), the one that wandb-fs speaks.`
      : proxy.authorization === null
        ? `${name} demands a user and password: write them into ${proxy.source}, as http://user:password@host:port.`
        : `${name} doesn't accept the user and password that ${proxy.source} has for it.`;
    return new WireFailure('EACCES', detail, cause, 'final');
  }
  if (status === 401 || status === 403) {
    const detail = `${name} doesn't let through to ${target}; ask who runs it, or name the host in NO_PROXY if it can be reached without.`;
    return new WireFailure('EACCES', detail, cause, 'final');
  }
  if (status === 408 || status === 429 || status >= 500) {
    return new WireFailure('EIO', `${name} can't reach ${target} (HTTP ${status}).`, cause, 'unreachable');
  }
  return notAProxy(proxy, cause);
}

const notAProxy = ({ origin, source }: ProxyServer, cause: string): WireFailure =>
  notAgreed(`What answers at ${origin} isn't a proxy that leads to other hosts; check ${source}.`, cause);

/** Nothing has been sent to the server then. */
function cutOff(proxy: ProxyServer, cause: string): WireFailure {
  const detail = `${nameOf(proxy)} closes connections without an answer; check ${proxy.source}.`;
  return new WireFailure('EIO', detail, cause, 'unreachable');
}

const nameOf = ({ origin }: ProxyServer): string => `The proxy ${origin}`;

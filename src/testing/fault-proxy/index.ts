import { ServerThread } from '../thread/client.js';
import { checkRules, type ProxyRule } from './faults.js';
import type { ProxyCounts } from './lane.js';
import type { ProxyControl } from './proxy.js';

export type { ProxyFault, ProxyFaultKind, ProxyHit, ProxyRule } from './faults.js';
export type { ProxyCounts } from './lane.js';

export interface FaultProxyOptions {
  /** The base URL of the API behind the proxy. */
  readonly url: string;
  /** Where the storage is that the API hands out addresses of. @default none: the API's own */
  readonly storageUrl?: string | undefined;
  /** Where the proxy listens. @default '127.0.0.1' */
  readonly host?: string | undefined;
}

/** Requests under one base URL, with faults of their own. */
export interface FaultLane extends AsyncDisposable {
  /** The base URL, as for `WANDB_BASE_URL`: what the server hands out under it leads through the proxy, too. */
  readonly url: string;
  /**
   * Replaces the faults to come; the first rule that hits a request counts.
   *
   * @param options.seed of the rules with a `probability` or several faults. @default 0
   * @param options.without a part of paths that chance doesn't depend on, such as a run's name that is another one
   *   in each test. @default ''
   */
  faults(
    rules: readonly ProxyRule[],
    options?: { readonly seed?: number | undefined; readonly without?: string | undefined },
  ): Promise<void>;
  /** Ends the faults to come, and the stalls under way by a reset of their connections. */
  clear(): Promise<void>;
  /** What came through so far. */
  counts(): Promise<ProxyCounts>;
  /** Ends the lane: requests under its base URL are 404. */
  close(): Promise<void>;
}

/** A running proxy; it is a lane itself, of all that comes under no other. */
export interface FaultProxy extends FaultLane {
  readonly storageUrl: string;
  /** A base URL whose requests have faults and counts of their own, so that many tests share one proxy. */
  lane(name: string): Promise<FaultLane>;
  /** How many connections are open. */
  connections(): Promise<number>;
  /** Ends the proxy: connections are reset. */
  close(): Promise<void>;
}

/**
 * Starts a proxy that does to HTTP what networks and servers do: refuses, resets, stalls, truncates and corrupts, at the
 * level of bytes, in a thread of its own. Addresses of the server in the answers of its API become the proxy's. It stands before the local W&B server, or any other that speaks plain HTTP:
 * `startFaultProxy(await startFakeWandb())`.
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const api = originOf(options.url);
  const storage = options.storageUrl === undefined ? api : originOf(options.storageUrl);
  const thread = new ServerThread<ProxyControl>(
    'testing/fault-proxy/thread.js',
    'fault-proxy',
    'fault proxy',
    {
      host: options.host ?? '127.0.0.1',
      api,
      storage,
    },
  );
  const { url, storageUrl } = await thread.listening;
  const laneAt = (name: string, address: string, close: () => Promise<void>): FaultLane => ({
    url: address,
    async faults(rules, { seed = 0, without = '' } = {}) {
      checkRules(rules);
      await thread.call('faults', name, rules, { seed, without });
    },
    clear: () => thread.call('clear', name),
    counts: () => thread.call('counts', name),
    close,
    [Symbol.asyncDispose]: close,
  });
  return {
    ...laneAt('', url, () => thread.close()),
    storageUrl,
    connections: () => thread.call('connections'),
    async lane(name) {
      if (!/^[\w.-]+$/.test(name))
        throw new TypeError(`A lane has a name of letters, digits, _, - and .; got '${name}'.`);
      await thread.call('open', name);
      return laneAt(name, `${url}/~${name}`, () => thread.call('drop', name));
    },
  };
}

function originOf(text: string): string {
  const { origin, protocol, pathname } = new URL(text);
  if (protocol !== 'http:' || pathname !== '/')
    throw new TypeError(`The fault proxy stands before plain HTTP without a path; got '${text}'.`);
  return origin;
}

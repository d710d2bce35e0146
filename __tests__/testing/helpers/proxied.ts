import {
  type FakeWandb,
  type FaultProxy,
  startFakeWandb,
  startFaultProxy,
} from '../../../src/testing/index.js';
import { RUN } from './serving.js';

export const TEXT = 'abcdefghij';
export const VIEWER_QUERY = '{ viewer { id } }';

interface Proxied {
  readonly wandb: FakeWandb;
  readonly proxy: FaultProxy;
  /** The server as it is seen through the proxy. */
  readonly seen: FakeWandb;
}

async function startProxied(): Promise<Proxied> {
  const wandb = await startFakeWandb();
  const proxy = await startFaultProxy(wandb);
  return { wandb, proxy, seen: { ...wandb, url: proxy.url, storageUrl: proxy.storageUrl } };
}

/** A server behind a fault proxy for all tests of a file: each finds the one file of the run, and no faults. */
export function useProxied(): Proxied {
  let proxied: Proxied | null = null;
  const begun = (): Proxied => {
    if (!proxied) throw new Error('The proxy is started before the first test: it has not begun.');
    return proxied;
  };
  beforeAll(async () => {
    proxied = await startProxied();
  });
  afterAll(async () => {
    await proxied?.proxy.close();
    await proxied?.wandb.close();
  });
  beforeEach(() => begun().wandb.seed({ [RUN]: { 'a.txt': TEXT } }));
  afterEach(() => proxied?.proxy.clear());
  return {
    get wandb() {
      return begun().wandb;
    },
    get proxy() {
      return begun().proxy;
    },
    get seen() {
      return begun().seen;
    },
  };
}

import {
  type FakeWandb,
  type FaultProxy,
  startFakeWandb,
  startFaultProxy,
} from '../../../src/testing/index.js';
import { begun } from '../../helpers/begun.js';
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
  let started: Proxied | null = null;
  const proxied = begun(() => started);
  beforeAll(async () => {
    started = await startProxied();
  });
  afterAll(async () => {
    await started?.proxy.close();
    await started?.wandb.close();
  });
  beforeEach(() => proxied.wandb.seed({ [RUN]: { 'a.txt': TEXT } }));
  afterEach(() => proxied.proxy.clear());
  return proxied;
}

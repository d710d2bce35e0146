import {
  type FakeWandb,
  type FaultProxy,
  startFakeWandb,
  startFaultProxy,
} from '../../../src/testing/index.js';

export const run = 'lab/project/run';
export const TEXT = 'abcdefghij';
export const query = '{ viewer { id } }';

export interface Proxied {
  readonly wandb: FakeWandb;
  readonly proxy: FaultProxy;
  /** The server as it is seen through the proxy. */
  readonly seen: FakeWandb;
  readonly seed: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A server behind a fault proxy. */
export async function startProxied(): Promise<Proxied> {
  const wandb = await startFakeWandb();
  const proxy = await startFaultProxy(wandb);
  return {
    wandb,
    proxy,
    seen: { ...wandb, url: proxy.url, storageUrl: proxy.storageUrl },
    seed: () => wandb.seed({ [run]: { 'a.txt': TEXT } }),
    close: async () => {
      await proxy.close();
      await wandb.close();
    },
  };
}

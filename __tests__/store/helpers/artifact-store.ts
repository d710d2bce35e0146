import { resolveArtifactsConfig } from '../../../src/config/artifacts.js';
import { resolveConfig } from '../../../src/config/config.js';
import type { WandbArtifactFsOptions } from '../../../src/config/options.js';
import type { Entry } from '../../../src/contract/entry.js';
import type { Store } from '../../../src/contract/store.js';
import { createArtifactsStore } from '../../../src/store/artifacts.js';
import {
  ARTIFACT_FEATURES,
  type FakeWandb,
  type FakeWandbOptions,
  RUN_FEATURES,
  type SeedArtifacts,
} from '../../../src/testing/index.js';
import { STANDARD, startServer } from '../../helpers/server.js';
import { type Asked, asked, textOf } from './asked.js';

/** An artifacts store over HTTP at a server of its own, and short words for what is asked of both. */
export interface Setup {
  readonly wandb: FakeWandb;
  readonly store: Store;
  readonly found: Asked['entryAt'];
  readonly list: Asked['list'];
  readonly paths: Asked['paths'];
  readonly text: Asked['text'];
  read(entry: Entry, span?: { start: number; end: number }, etag?: string | null): Promise<string>;
  /** Runs a call and tells its requests: operations of GraphQL, else the method and the side. */
  counted<T>(call: () => Promise<T>): Promise<{ readonly value: T; readonly requests: readonly string[] }>;
  /** Another store at the same server. */
  again(options?: WandbArtifactFsOptions): Setup;
}

const opened: Store[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close?.()));
});

export async function openArtifacts(
  tree: SeedArtifacts,
  server: FakeWandbOptions = {},
  options: WandbArtifactFsOptions = {},
): Promise<Setup> {
  const features = [...RUN_FEATURES, ...ARTIFACT_FEATURES];
  const wandb = await startServer({ ...STANDARD, features, ...server });
  await wandb.seedArtifacts(tree);
  return connect(wandb, options);
}

function connect(wandb: FakeWandb, options: WandbArtifactFsOptions): Setup {
  const { artifacts, rest } = resolveArtifactsConfig(options, {});
  const given = { baseUrl: wandb.url, apiKey: wandb.apiKey, ...rest };
  const store = createArtifactsStore(resolveConfig(given, { HOME: '/nonexistent' }).wire.reveal(), artifacts);
  opened.push(store);
  const { entryAt, list, paths, read, text } = asked(() => store);
  return {
    wandb,
    store,
    found: entryAt,
    list,
    paths,
    text,
    read: async (...args) => textOf((await read(...args)).bytes),
    counted: async (call) => {
      await wandb.requests({ clear: true });
      const value = await call();
      const requests = (await wandb.requests()).map(
        ({ operation, method, side }) => operation ?? `${method} ${side}`,
      );
      return { value, requests };
    },
    again: (others = options) => connect(wandb, others),
  };
}

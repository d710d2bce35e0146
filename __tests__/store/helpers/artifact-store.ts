import { resolveArtifactsConfig } from '../../../src/config/artifacts.js';
import { resolveConfig } from '../../../src/config/config.js';
import type { WandbArtifactFsOptions } from '../../../src/config/options.js';
import type { Entry } from '../../../src/contract/entry.js';
import type { Store } from '../../../src/contract/store.js';
import type { TreePath } from '../../../src/contract/tree-path.js';
import { createArtifactsStore } from '../../../src/store/artifacts.js';
import {
  ARTIFACT_FEATURES,
  type FakeWandb,
  type FakeWandbOptions,
  RUN_FEATURES,
  type SeedArtifacts,
} from '../../../src/testing/index.js';
import { STANDARD, startServer } from '../../helpers/server.js';

export const WHOLE = { start: 0, end: Number.MAX_SAFE_INTEGER };

/** An artifacts store over HTTP at a server of its own, and short words for what is asked of both. */
export interface Setup {
  readonly wandb: FakeWandb;
  readonly store: Store;
  found(path: TreePath): Promise<Entry>;
  list(path: TreePath): Promise<readonly Entry[]>;
  paths(path: TreePath): Promise<readonly string[]>;
  text(path: TreePath): Promise<string>;
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
  const found = async (path: TreePath): Promise<Entry> => {
    const { found } = await store.lookup(path, { listing: false });
    if (found === null || found === 'prefix') throw new Error(`'${path}' is no entry: ${found}`);
    return found;
  };
  const list = async (path: TreePath): Promise<readonly Entry[]> => {
    const entries: Entry[] = [];
    for await (const page of store.list(path, {})) entries.push(...page);
    return entries;
  };
  const read: Setup['read'] = async (entry, span = WHOLE, etag = null) =>
    Buffer.from((await store.read(entry, span, { etag })).bytes).toString();
  return {
    wandb,
    store,
    found,
    list,
    read,
    paths: async (path) => (await list(path)).map((entry) => entry.path).sort(),
    text: async (path) => read(await found(path)),
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

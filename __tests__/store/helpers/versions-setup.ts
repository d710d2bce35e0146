import { type ArtifactsConfig, resolveArtifactsConfig } from '../../../src/config/artifacts.js';
import { resolveConfig, type WireConfig } from '../../../src/config/config.js';
import type { Store } from '../../../src/contract/store.js';
import type { FakeWandbOptions } from '../../../src/testing/index.js';
import { startServer } from '../../helpers/server.js';
import type { StoreSetup } from '../contract/setup.js';
import type { VersionsSetup } from '../version-contract/setup.js';
import { parentOf } from './asked.js';

type StoreOver = (config: WireConfig, artifacts: ArtifactsConfig) => Store;

/** What both suites need of a store of artifacts over a local server. */
export const overArtifacts =
  (storeOver: StoreOver, server: FakeWandbOptions = {}) =>
  async (): Promise<StoreSetup & VersionsSetup> => {
    const wandb = await startServer(server);
    const given = {
      baseUrl: wandb.url,
      apiKey: wandb.apiKey,
      allowDelete: ['version', 'collection'],
    } as const;
    const config = resolveConfig(given, { HOME: '/nonexistent' }).wire.reveal();
    const { artifacts } = resolveArtifactsConfig({}, {});
    await wandb.seed({ 'entity/project': {} });
    return {
      store: storeOver(config, artifacts),
      seed: async (unit, files) => {
        await wandb.seedArtifacts({ [parentOf(unit)]: { versions: [{ files }] } });
      },
      seedVersions: async (collection, versions) => {
        await wandb.seedArtifacts({ [collection]: { versions } });
      },
      close: () => wandb.close(),
    };
  };

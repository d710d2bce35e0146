import { resolveConfig } from '../../src/config/config.js';
import { createRunsStore } from '../../src/store/runs.js';
import { type FakeWandb, type FakeWandbOptions, startFakeWandb } from '../../src/testing/index.js';
import { describeStore } from './contract.js';

/** The modes of a server that the store must be right in. */
const SERVERS: Readonly<Record<string, FakeWandbOptions>> = {
  runs: {},
  'runs, small limits': { limits: { page: 3, names: 2, ids: 2, files: 2 } },
  'runs, finalised by the mark': { finalize: 'mark' },
  'runs, finalised late, without features, at S3': { finalize: { delayMs: 50 }, features: [], storage: 's3' },
};

for (const [name, options] of Object.entries(SERVERS)) {
  describeStore(name, async () => {
    const wandb: FakeWandb = await startFakeWandb(options);
    const config = resolveConfig({ baseUrl: wandb.url, apiKey: wandb.apiKey, allowDelete: ['run'] }, {});
    return {
      store: createRunsStore(config.wire.reveal()),
      seed: (unit, files) => wandb.seed({ [unit]: files }),
      canRemoveUnits: true,
      close: () => wandb.close(),
    };
  });
}

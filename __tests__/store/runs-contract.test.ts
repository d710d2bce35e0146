import { resolveConfig } from '../../src/config/config.js';
import type { Entry } from '../../src/contract/entry.js';
import type { Store } from '../../src/contract/store.js';
import { createRunsStore } from '../../src/store/runs.js';
import { createViewedRunsStore } from '../../src/store/viewed-runs.js';
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

/** Views are entries of each run: the contract speaks of the others. */
const filesOf = (entries: Iterable<Entry>): readonly Entry[] =>
  [...entries].filter(({ path }) => !path.includes('/.wandb/'));

function besideViews(store: Store): Store {
  const { lookup, list, page } = store;
  return {
    ...store,
    lookup: async (path, options) => {
      const told = await lookup(path, options);
      const { listing } = told;
      return { ...told, listing: listing && { ...listing, entries: filesOf(listing.entries) } };
    },
    list: async function* (path, options) {
      for await (const entries of list(path, options)) yield filesOf(entries);
    },
    page: (path, options) => {
      const next = page?.(path, options) ?? null;
      if (next === null) return null;
      return next.then(({ entries, ...rest }) => ({ ...rest, entries: filesOf(entries) }));
    },
  };
}

describeStore('runs with views', async () => {
  const wandb = await startFakeWandb();
  const config = resolveConfig({ baseUrl: wandb.url, apiKey: wandb.apiKey, allowDelete: ['run'] }, {});
  return {
    store: besideViews(createViewedRunsStore(config.wire.reveal())),
    seed: (unit, files) => wandb.seed({ [unit]: files }),
    canRemoveUnits: true,
    close: () => wandb.close(),
  };
});

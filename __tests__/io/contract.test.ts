import { resolveConfig, type WireConfig } from '../../src/config/config.js';
import type { Remote } from '../../src/contract/remote.js';
import { encodeFileName, treePath } from '../../src/contract/tree-path.js';
import type { OpenSource } from '../../src/contract/uploads.js';
import { createInProcessRemote } from '../../src/io/client/in-process.js';
import { createThreadRemote } from '../../src/io/client/thread-remote.js';
import { createOwner } from '../../src/io/owner/owner.js';
import { createRunsStore } from '../../src/store/runs.js';
import type { FakeWandbOptions } from '../../src/testing/index.js';
import { defaults } from '../helpers/defaults.js';
import { startServer } from '../helpers/server.js';
import { type StoreSetup, VERSIONS } from '../store/contract/setup.js';
import { describeStore } from '../store/contract.js';
import { createMemoryStore } from '../store/helpers/memory-store.js';
import { overArtifacts } from '../store/helpers/versions-setup.js';
import { describeVersions } from '../store/version-contract.js';
import { storeBehind } from './helpers/store-behind.js';

/** Somebody else's part is played through the same port: a store in memory is one thread's alone. */
async function overMemory(remote: Remote): Promise<StoreSetup> {
  const store = storeBehind(remote);
  return {
    store,
    canRemoveUnits: true,
    seed: async (unit, files) => {
      if ((await store.lookup(unit, { listing: false })).found === null) await store.mkdir?.(unit, {});
      const sources = new Map(
        Object.entries(files).map(([name, text]) => [
          treePath(`${unit}/${encodeFileName(name)}`),
          bytesOf(String(text)),
        ]),
      );
      const tickets = (await store.uploads?.declare([...sources.keys()], {})) ?? [];
      for (const ticket of tickets) {
        await store.uploads?.put(ticket, sources.get(ticket.path) ?? bytesOf(''), {});
      }
      await store.uploads?.finish(tickets, {});
    },
  };
}

const bytesOf = (text: string): OpenSource => ({ kind: 'bytes', bytes: Buffer.from(text) });

const memory = { directories: ['entity/project/run'], pageSize: 3, latencyMs: 1 };

describeStore('memory, behind the port in-process', () =>
  overMemory(
    createInProcessRemote(
      (contents) => createOwner({ ...defaults, store: createMemoryStore(memory), contents }),
      defaults,
    ),
  ),
);

const overRuns =
  (remoteOver: (config: WireConfig) => Remote, server: FakeWandbOptions = {}) =>
  async (): Promise<StoreSetup> => {
    const wandb = await startServer(server);
    const config = resolveConfig({ baseUrl: wandb.url, apiKey: wandb.apiKey, allowDelete: ['run'] }, {});
    return {
      store: storeBehind(remoteOver(config.wire.reveal())),
      canRemoveUnits: true,
      seed: (unit, files) => wandb.seed({ [unit]: files }),
      close: () => wandb.close(),
    };
  };

describeStore(
  'runs, behind the port in-process',
  overRuns((config) =>
    createInProcessRemote(
      (contents) => createOwner({ ...defaults, store: createRunsStore(config), contents }),
      defaults,
    ),
  ),
);
describeStore(
  'runs in pages of 3, behind the port in a thread',
  overRuns((config) => createThreadRemote({ ...defaults, store: { kind: 'runs', config } }), {
    limits: { page: 3 },
  }),
);

const artifacts = overArtifacts((config, options) =>
  storeBehind(createThreadRemote({ ...defaults, store: { kind: 'artifacts', config, artifacts: options } })),
);
describeStore('artifacts, behind the port in a thread', artifacts, VERSIONS);
describeVersions('artifacts, behind the port in a thread', artifacts);

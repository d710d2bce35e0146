import { encodeFileName, treePath } from '../../src/contract/tree-path.js';
import { describeStore } from './contract.js';
import { createMemoryStore, type MemoryStoreOptions } from './helpers/memory-store.js';

const setup = (options: MemoryStoreOptions) => async () => {
  const store = createMemoryStore({ directories: [treePath('entity/project/run')], ...options });
  return {
    store,
    canRemoveUnits: true,
    seed: async (unit: string, files: Readonly<Record<string, string | Uint8Array>>) => {
      if ((await store.lookup(treePath(unit), { listing: false })).found === null)
        await store.mkdir(treePath(unit), {});
      for (const [name, content] of Object.entries(files))
        store.write(treePath(`${unit}/${encodeFileName(name)}`), content);
    },
  };
};

describeStore('memory', setup({}));
describeStore('memory, pages of 3, listed when marked', setup({ pageSize: 3, finalize: 'mark' }));
describeStore('memory, listings that lag', setup({ finalize: { delayMs: 50 } }));

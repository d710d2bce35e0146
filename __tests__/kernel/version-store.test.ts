import { encodeFileName, treePath } from '../../src/contract/tree-path.js';
import { type StoreSetup, VERSIONS } from '../store/contract/setup.js';
import { describeStore } from '../store/contract.js';
import { parentOf } from '../store/helpers/asked.js';
import type { VersionsSetup } from '../store/version-contract/setup.js';
import { describeVersions } from '../store/version-contract.js';
import { VersionStore } from './helpers/version-store.js';

const encoded = (files: Readonly<Record<string, string | Uint8Array>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [encodeFileName(name), String(content)]));

async function setup(): Promise<StoreSetup & VersionsSetup> {
  const store = new VersionStore([treePath('entity/project')]);
  return {
    store,
    seed: async (unit, files) => {
      store.addVersion(parentOf(unit), encoded(files));
    },
    seedVersions: async (collection, versions) => {
      for (const { files, references, aliases = [] } of versions)
        store.addVersion(collection, encoded({ ...files, ...references }), ...aliases);
    },
  };
}

describeStore('versions in memory', setup, VERSIONS);
describeVersions('versions in memory', setup);

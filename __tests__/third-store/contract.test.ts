import { encodeFileName, treePath } from '../../src/contract/tree-path.js';
import { describeStore } from '../store/contract.js';
import { createLibrary } from './library.js';

describeStore(
  'a library',
  async () => {
    const store = createLibrary();
    return {
      store,
      seed: async (unit, files) => {
        store.open(unit);
        for (const [name, content] of Object.entries(files))
          store.bind(treePath(`${unit}/${encodeFileName(name)}`), content);
      },
    };
  },
  {
    unit: treePath('city/fiction/novel/first'),
    sibling: treePath('city/fiction/novel/second'),
    areVersions: false,
    isReadOnly: true,
  },
);

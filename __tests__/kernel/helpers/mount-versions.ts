import { treePath } from '../../../src/contract/tree-path.js';
import { createInProcessRemote } from '../../../src/io/client/in-process.js';
import { createOwner } from '../../../src/io/owner/owner.js';
import { createKernel } from '../../../src/kernel/kernel.js';
import { makeFs, type WandbFs } from '../../../src/node/faces/create.js';
import { ARTIFACTS } from '../../../src/node/wandb/layouts.js';
import { defaults } from '../../helpers/defaults.js';
import { VersionStore } from './version-store.js';

/** The faces of `node:fs` over a store of versions, with a collection `e/p/t/c` that has two of them. */
export function mountVersions(
  now: () => number = Date.now,
  user?: () => number,
): {
  readonly fs: WandbFs;
  readonly store: VersionStore;
} {
  const store = new VersionStore();
  store.addVersion(treePath('e/p/t/c'), { 'a.txt': 'first', 'dir/b.txt': 'deep' }, 'old');
  store.addVersion(
    treePath('e/p/t/c'),
    { 'a.txt': 'second', 'dir/b.txt': 'deep', ref: 's3://bucket/key' },
    'prod',
  );
  const remote = createInProcessRemote(
    (contents) => createOwner({ ...defaults, store, contents, writebackDelay: 0 }),
    defaults,
  );
  const kernel = createKernel({
    ...defaults,
    remote,
    now,
    monotonic: now,
    random: () => 0,
    ...(user && { user }),
  });
  const fs = makeFs({ connect: () => kernel, appUrl: () => 'https://wandb.ai', layout: ARTIFACTS });
  return { fs, store };
}

import { treePath } from '../../../src/contract/tree-path.js';
import { createInProcessRemote } from '../../../src/io/client/in-process.js';
import { createOwner } from '../../../src/io/owner/owner.js';
import { createKernel } from '../../../src/kernel/kernel.js';
import { makeFs, type WandbFs } from '../../../src/node/faces/create.js';
import { ARTIFACTS } from '../../../src/node/wandb/layouts.js';
import { defaults } from '../../helpers/defaults.js';
import { VersionStore } from './version-store.js';

/** Where `mountVersions` has a collection: at its store, and by the faces. */
export const STORED_COLLECTION = treePath('e/p/t/c');
export const COLLECTION = `/${STORED_COLLECTION}`;
/** Where tests make a draft of its next version. */
export const DRAFT = `${COLLECTION}/draft`;

/** The faces of `node:fs` over a store of versions, with a collection that has two of them. */
export function mountVersions(
  now: () => number = Date.now,
  user?: () => number,
): {
  readonly fs: WandbFs;
  readonly store: VersionStore;
} {
  const store = new VersionStore();
  store.addVersion(STORED_COLLECTION, { 'a.txt': 'first', 'dir/b.txt': 'deep' }, 'old');
  store.addVersion(
    STORED_COLLECTION,
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

/** Lets the next commit at a store wait for what is returned to be called. */
export function holdCommit(store: VersionStore): () => void {
  let release = (): void => {};
  store.nextCommit = {
    until: new Promise((resolve) => {
      release = resolve;
    }),
  };
  return release;
}

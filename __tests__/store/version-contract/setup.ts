import type { CommitOptions, Committed, DraftFile } from '../../../src/contract/drafts.js';
import type { Entry } from '../../../src/contract/entry.js';
import type { Facts } from '../../../src/contract/knowledge/facts.js';
import type { Store } from '../../../src/contract/store.js';
import { type TreePath, treePath } from '../../../src/contract/tree-path.js';
import type { StoreSetup } from '../contract/setup.js';
import { type Asked, asked } from '../helpers/asked.js';

/** Files of a version to be, by name. */
export interface SeededVersion {
  readonly files: Readonly<Record<string, string>>;
  /** URIs by name, of content that lies elsewhere. */
  readonly references?: Readonly<Record<string, string>>;
  /** Beside `latest`, which the last version has. */
  readonly aliases?: readonly string[];
}

/**
 * A store of versions over an empty remote that has the project `entity/project`. It may delete versions and
 * collections.
 */
export interface VersionsSetup extends Omit<StoreSetup, 'seed' | 'canRemoveUnits'> {
  /** Somebody else makes versions in a collection. */
  seedVersions(collection: TreePath, versions: readonly SeededVersion[]): Promise<void>;
}

export const TYPE = 'entity/project/dataset';
export const FLOWERS = `${TYPE}/flowers`;
export const OTHER = `${TYPE}/other`;
export const URI = 's3://bucket/key';

/** What the suite's tests have at hand: the store of the test that runs, and the remote behind it. */
export interface VersionsContract extends Asked {
  readonly store: Store;
  below(collection: TreePath, ...names: readonly string[]): string[];
  /** Two versions of `FLOWERS`. */
  seedTwo(): Promise<void>;
  commit(
    files: readonly DraftFile[],
    options?: CommitOptions & { readonly signal?: AbortSignal },
    collection?: string,
  ): Promise<Committed & { readonly entries: readonly Entry[] }>;
  symlink(path: TreePath, target: TreePath, replaces?: TreePath | null): Promise<readonly Entry[]>;
  remove(...removed: readonly TreePath[]): Promise<void>;
  rmdir(path: TreePath): Promise<void>;
  info(path: TreePath): Promise<Facts>;
  /** What the aliases of a collection point to. */
  aliases(collection: TreePath): Promise<Record<string, string | undefined>>;
  /** What a change said that listings will show is what they show. */
  expectListed(collection: TreePath, entries: readonly Entry[]): Promise<void>;
}

/** Sets a store up before each test of the `describe` that this is called in, and closes it behind it. */
export function useVersions(setup: () => Promise<VersionsSetup>): VersionsContract {
  let current: VersionsSetup;
  let store: Store;
  beforeEach(async () => {
    current = await setup();
    store = current.store;
  });
  afterEach(async () => {
    await store.close?.();
    await current.close?.();
  });

  const common = asked(() => store);
  const { lookup, list } = common;
  const below = (collection: TreePath, ...names: readonly string[]): string[] =>
    names.map((each) => `${collection}/${each}`);
  const seedTwo = (): Promise<void> =>
    current.seedVersions(treePath(FLOWERS), [
      { files: { 'a.txt': 'first', 'dir/b.txt': 'same' }, aliases: ['old'] },
      { files: { 'a.txt': 'second', 'dir/b.txt': 'same' }, references: { ref: URI }, aliases: ['prod'] },
    ]);
  const commit = async (
    files: readonly DraftFile[],
    options: CommitOptions & { readonly signal?: AbortSignal } = {},
    collection = FLOWERS,
  ): Promise<Committed & { readonly entries: readonly Entry[] }> => {
    if (!store.commit) throw new Error('the store has no commit');
    return store.commit({ collection: treePath(collection), files }, options);
  };
  const symlink = async (
    path: TreePath,
    target: TreePath,
    replaces: TreePath | null = null,
  ): Promise<readonly Entry[]> => {
    if (!store.symlink) throw new Error('the store has no symlink');
    return store.symlink({ path, target, replaces }, {});
  };
  const remove = async (...removed: readonly TreePath[]): Promise<void> => {
    const files = await Promise.all(
      removed.map(async (path) => {
        const { found } = await lookup(path);
        return { path, id: found === 'prefix' || found === null ? null : found.id };
      }),
    );
    if (!store.remove) throw new Error('the store has no remove');
    await store.remove(files, {});
  };
  const rmdir = async (path: TreePath): Promise<void> => {
    if (!store.rmdir) throw new Error('the store has no rmdir');
    await store.rmdir(path, {});
  };
  const info = async (path: TreePath): Promise<Facts> => {
    if (!store.info) throw new Error('the store has no info');
    return store.info(path, {});
  };
  const aliases = async (collection: TreePath): Promise<Record<string, string | undefined>> =>
    Object.fromEntries(
      (await list(collection)).flatMap(({ kind, path, target }) =>
        kind === 'symlink' ? [[path.slice(collection.length + 1), target]] : [],
      ),
    );
  const expectListed = async (collection: TreePath, entries: readonly Entry[]): Promise<void> => {
    expect(entries.length).toBeGreaterThan(0);
    expect(await list(collection)).toEqual(expect.arrayContaining([...entries]));
  };

  return {
    ...common,
    get store() {
      return store;
    },
    below,
    seedTwo,
    commit,
    symlink,
    remove,
    rmdir,
    info,
    aliases,
    expectListed,
  };
}

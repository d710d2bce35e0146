import type { Store } from '../../../src/contract/store.js';
import { type TreePath, treePath } from '../../../src/contract/tree-path.js';
import type { OpenSource } from '../../../src/contract/uploads.js';
import { type Asked, asked, chainOf, parentOf, uploadTo } from '../helpers/asked.js';

/** A store with an empty remote behind it, and a hand at that remote. */
export interface StoreSetup {
  readonly store: Store;
  /**
   * Somebody else writes files into a unit (made if need be), by their names at the remote; listings show them when it
   * resolves. Versions are made once, in the order of their numbers.
   */
  seed(unit: TreePath, files: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  /** May directories at the unit be removed? Otherwise `rmdir` must refuse. @default false */
  readonly canRemoveUnits?: boolean;
  /** Ends the remote; the suite closes the store itself. */
  close?(): Promise<void>;
}

/** What the units of a store are, and two of them in one directory. */
export interface Units {
  readonly unit: TreePath;
  readonly sibling: TreePath;
  /** They never change; otherwise files come, change and go. */
  readonly areVersions: boolean;
  /** Somebody else changes them, never the store. @default false */
  readonly isReadOnly?: boolean;
}

export const RUNS: Units = {
  unit: treePath('entity/project/run'),
  sibling: treePath('entity/project/second'),
  areVersions: false,
};

export const VERSIONS: Units = {
  unit: treePath('entity/project/dataset/flowers/v0'),
  sibling: treePath('entity/project/dataset/flowers/v1'),
  areVersions: true,
};

/** Names of any script and of awkward signs. */
export const AWKWARD_NAMES = [
  'héllo wörld.txt',
  '日本語/ファイル.txt',
  'a+b&c=d #1?.txt',
  '100%/"quoted".txt',
  '😀.txt',
];

/** What the suite's tests have at hand: the store of the test that runs, and the remote behind it. */
export interface StoreContract extends Asked, Units {
  /** A path below each directory above the unit, and the unit itself, where there is nothing. */
  readonly missing: readonly string[];
  /** Of the test that runs, as what follows is. */
  readonly store: Store;
  readonly canRemoveUnits: boolean;
  /** Somebody else writes files into the unit. */
  seed(files: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  seedUnit: StoreSetup['seed'];
  upload(files: Readonly<Record<string, OpenSource>>): Promise<void>;
}

/** Sets a store up before each test of the `describe` that this is called in, and closes it behind it. */
export function useStore(setup: () => Promise<StoreSetup>, units: Units): StoreContract {
  let current: StoreSetup;
  beforeEach(async () => {
    current = await setup();
  });
  afterEach(async () => {
    await current.store.close?.();
    await current.close?.();
  });
  const { unit } = units;
  const seedUnit: StoreSetup['seed'] = (path, files) => current.seed(path, files);
  return {
    ...asked(() => current.store),
    ...units,
    missing: chainOf(unit)
      .slice(1)
      .map((path) => `${parentOf(path)}/nothing`),
    get store() {
      return current.store;
    },
    get canRemoveUnits() {
      return current.canRemoveUnits ?? false;
    },
    seedUnit,
    seed: (files) => seedUnit(unit, files),
    upload: (files) => uploadTo(current.store, files),
  };
}

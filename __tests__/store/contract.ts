import { describeDirectories, describeRemove, describeUploads } from './contract/changes.js';
import { describeList } from './contract/listings.js';
import { describeLookup } from './contract/look-ups.js';
import { describeAbort, describeForeignChanges, describeNames, describeRead } from './contract/reads.js';
import { RUNS, type StoreSetup, type Units, useStore } from './contract/setup.js';

/** What every store must do, whatever stands behind it. */
export function describeStore(name: string, setup: () => Promise<StoreSetup>, units: Units = RUNS): void {
  describe(`the store contract: ${name}`, () => {
    const contract = useStore(setup, units);

    test('has units at the depth that it tells', () => {
      const { levels, areUnitsImmutable } = contract.store.shape;
      expect([levels.length, areUnitsImmutable]).toEqual([units.unit.split('/').length, units.areVersions]);
    });

    describeLookup(contract);
    describeList(contract);
    describeRead(contract);
    describeNames(contract);
    describeAbort(contract);
    if (!units.areVersions) describeForeignChanges(contract);
    if (!units.areVersions && !units.isReadOnly) {
      // What no store does whose units are versions.
      describeUploads(contract);
      describeRemove(contract);
      describeDirectories(contract);
    }
  });
}

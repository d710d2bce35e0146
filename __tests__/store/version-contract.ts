import { describeCommit } from './version-contract/commits.js';
import { describeRemove, describeRmdir, describeSymlink } from './version-contract/links-and-removals.js';
import { describeAliases, describeContent, describeInfo, testLeaving } from './version-contract/reads.js';
import { useVersions, type VersionsSetup } from './version-contract/setup.js';

/** What every store of versions must do beside `describeStore`. */
export function describeVersions(name: string, setup: () => Promise<VersionsSetup>): void {
  describe(`the contract of stores of versions: ${name}`, () => {
    const contract = useVersions(setup);

    describeAliases(contract);
    describeContent(contract);
    describeCommit(contract);
    describeSymlink(contract);
    describeRemove(contract);
    describeRmdir(contract);
    describeInfo(contract);
    testLeaving(contract);
  });
}

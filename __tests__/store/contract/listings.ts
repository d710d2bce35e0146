import type { Entry, Page } from '../../../src/contract/entry.js';
import { type TreePath, treePath } from '../../../src/contract/tree-path.js';
import { chainOf, codeOf, parentOf } from '../helpers/asked.js';
import type { StoreContract } from './setup.js';

export function describeList(contract: StoreContract): void {
  const { unit: UNIT, sibling, entryAt, list, paths, seed, missing } = contract;

  describe('list', () => {
    test('lists the directories above the unit, one level each', async () => {
      await seed({ 'a.txt': 'x' });
      await contract.seedUnit(sibling, { 'b.txt': 'y' });
      const directories = async (path: TreePath): Promise<string[]> =>
        (await list(path)).flatMap((entry) => (entry.kind === 'directory' ? entry.path : [])).sort();
      expect(await directories(treePath(''))).toContain(chainOf(UNIT)[0]);
      const above = chainOf(parentOf(UNIT));
      for (const [index, path] of above.slice(1).entries())
        expect(await directories(above[index] ?? treePath(''))).toEqual([path]);
      expect(await directories(parentOf(UNIT))).toEqual([UNIT, sibling]);
    });

    test('lists a unit flat, with everything below it', async () => {
      await seed({ 'a.txt': 'x', 'sub/b.txt': 'y', 'sub/deep/c.txt': 'z' });
      expect(await paths(UNIT)).toEqual(
        ['a.txt', 'sub/b.txt', 'sub/deep/c.txt'].map((file) => `${UNIT}/${file}`),
      );
    });

    test('lists page by page, every file once', async () => {
      const names = Array.from({ length: 25 }, (_, index) => `${String(index).padStart(2, '0')}.txt`);
      await seed(Object.fromEntries(names.map((file) => [file, file])));
      expect(await paths(UNIT)).toEqual(names.map((file) => `${UNIT}/${file}`));
    });

    test('brings the same in pages that are asked for one by one', async () => {
      await seed(Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`${index}.txt`, 'x'])));
      for (const path of [parentOf(UNIT), UNIT]) {
        const found: TreePath[] = [];
        let after: string | null = null;
        do {
          const page: Page<Iterable<Entry>> | null = (await contract.store.page?.(path, { after })) ?? null;
          // Not in pages: then by `list` alone.
          if (page === null) return;
          for (const { path: at } of page.entries) found.push(at);
          after = page.next;
        } while (after !== null);
        expect(found.sort()).toEqual(await paths(path));
      }
    });

    test('lists a unit without files as empty', async () => {
      await seed({});
      expect(await paths(UNIT)).toEqual([]);
    });

    test('rejects with ENOENT where there is no directory', async () => {
      await seed({ 'a.txt': 'x' });
      for (const path of missing)
        expect([path, await codeOf(list(treePath(path)))]).toEqual([path, 'ENOENT']);
    });

    test('shows the same entries as look-ups', async () => {
      await seed({ 'a.txt': 'x' });
      const [entry] = await list(UNIT);
      expect(entry).toEqual(await entryAt(treePath(`${UNIT}/a.txt`)));
    });
  });
}

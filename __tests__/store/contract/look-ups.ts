import { treePath } from '../../../src/contract/tree-path.js';
import { chainOf, md5Of, parentOf } from '../helpers/asked.js';
import type { StoreContract } from './setup.js';

export function describeLookup(contract: StoreContract): void {
  const { unit: UNIT, areVersions, lookup, entryAt, seed, missing } = contract;

  describe('lookup', () => {
    test('finds a file with its size, its MD5 and its times', async () => {
      const before = Date.now();
      await seed({ 'a.txt': 'hello' });
      const entry = await entryAt(treePath(`${UNIT}/a.txt`));
      expect(entry).toMatchObject({ path: `${UNIT}/a.txt`, kind: 'file', size: 5, isReadOnly: false });
      expect(entry.md5).toBe(md5Of('hello'));
      expect(entry.version).toBe(`md5:${md5Of('hello')}`);
      expect(Math.abs(entry.mtimeMs - before)).toBeLessThan(60_000);
      expect(Number.isFinite(entry.birthtimeMs)).toBe(true);
    });

    test('calls a name with files below it a prefix', async () => {
      await seed({ 'media/images/a.png': 'x' });
      expect((await lookup(treePath(`${UNIT}/media`))).found).toBe('prefix');
      expect((await lookup(treePath(`${UNIT}/media/images`))).found).toBe('prefix');
      expect((await lookup(treePath(`${UNIT}/med`))).found).toBeNull();
    });

    test('answers null for what is not there, at every depth', async () => {
      await seed({ 'a.txt': 'x' });
      const nowhere = [`nobody${UNIT.slice(UNIT.indexOf('/'))}/a.txt`, `${parentOf(UNIT)}/nothing/a.txt`];
      for (const path of [...missing, ...nowhere, `${UNIT}/nothing`, `${UNIT}/a.txt/below`])
        expect([path, (await lookup(treePath(path))).found]).toEqual([path, null]);
    });

    test('finds the directories at and above the unit', async () => {
      await seed({ 'a.txt': 'x' });
      for (const path of chainOf(UNIT)) {
        expect((await lookup(path)).found).toMatchObject({ path, kind: 'directory' });
      }
    });

    test('proves the directories above the path, outermost first', async () => {
      await seed({ 'sub/a.txt': 'x' });
      const expected = chainOf(UNIT);
      for (const path of [`${UNIT}/sub/a.txt`, `${UNIT}/nothing`]) {
        const { ancestors } = await lookup(treePath(path));
        expect(ancestors.map((entry) => entry.path)).toEqual(expected);
        expect(new Set(ancestors.map((entry) => entry.kind))).toEqual(new Set(['directory']));
      }
    });

    test('brings the listing of the unit along, if asked', async () => {
      await seed({ 'a.txt': 'x', 'sub/b.txt': 'y' });
      for (const path of [UNIT, `${UNIT}/a.txt`, `${UNIT}/nothing`])
        expect((await lookup(treePath(path))).listing).toBeNull();
      for (const path of [UNIT, `${UNIT}/sub`, `${UNIT}/nothing`]) {
        const { listing } = await lookup(treePath(path), true);
        // The listing of a version may cost a request of its own.
        if (areVersions && path === UNIT && listing === null) continue;
        const listed = listing?.entries.map((entry) => entry.path) ?? [];
        expect(listed.length).toBeGreaterThan(0);
        expect([`${UNIT}/a.txt`, `${UNIT}/sub/b.txt`]).toEqual(expect.arrayContaining(listed));
        if (listing?.isComplete) expect(listed).toHaveLength(2);
      }
    });

    test('brings no listing of a unit that is not there', async () => {
      await seed({ 'a.txt': 'x' });
      expect(await lookup(treePath(`${parentOf(UNIT)}/nothing/a.txt`), true)).toMatchObject({
        found: null,
        listing: null,
      });
    });

    test('shares nothing between look-ups of one turn but the request', async () => {
      await seed({ 'a.txt': 'a', 'b.txt': 'bb' });
      const found = await Promise.all(
        ['a.txt', 'b.txt', 'c.txt'].map((file) => lookup(treePath(`${UNIT}/${file}`))),
      );
      expect(found.map((each) => (each.found === 'prefix' ? 'prefix' : (each.found?.size ?? null)))).toEqual([
        1,
        2,
        null,
      ]);
    });
  });
}

import { treePath } from '../../../src/contract/tree-path.js';
import { bytesSource, codeOf } from '../helpers/asked.js';
import { FLOWERS, OTHER, type VersionsContract } from './setup.js';

export function describeSymlink(contract: VersionsContract): void {
  const { text, list, paths, below, seedTwo, symlink, aliases, expectListed } = contract;

  describe('symlink', () => {
    test('sets an alias, and moves one that is there', async () => {
      await seedTwo();
      await expectListed(
        treePath(FLOWERS),
        await symlink(treePath(`${FLOWERS}/new`), treePath(`${FLOWERS}/v0`)),
      );
      expect(await aliases(treePath(FLOWERS))).toMatchObject({ new: 'v0', old: 'v0' });
      await expectListed(
        treePath(FLOWERS),
        await symlink(treePath(`${FLOWERS}/new`), treePath(`${FLOWERS}/v1`)),
      );
      expect(await aliases(treePath(FLOWERS))).toEqual({ new: 'v1', latest: 'v1', old: 'v0', prod: 'v1' });
    });

    test('follows an alias to its version', async () => {
      await seedTwo();
      await symlink(treePath(`${FLOWERS}/new`), treePath(`${FLOWERS}/old`));
      expect((await aliases(treePath(FLOWERS))).new).toBe('v0');
    });

    test('takes the place of another alias', async () => {
      await seedTwo();
      const entries = await symlink(
        treePath(`${FLOWERS}/older`),
        treePath(`${FLOWERS}/v0`),
        treePath(`${FLOWERS}/old`),
      );
      expect(await aliases(treePath(FLOWERS))).toEqual({ latest: 'v1', older: 'v0', prod: 'v1' });
      await expectListed(treePath(FLOWERS), entries);
    });

    test('takes the place of an alias of another version, too', async () => {
      await seedTwo();
      await symlink(treePath(`${FLOWERS}/older`), treePath(`${FLOWERS}/v1`), treePath(`${FLOWERS}/old`));
      expect(await aliases(treePath(FLOWERS))).toEqual({ latest: 'v1', older: 'v1', prod: 'v1' });
    });

    test('links a version of another collection', async () => {
      await seedTwo();
      const entries = await symlink(treePath(`${OTHER}/staging`), treePath(`${FLOWERS}/v0`));
      expect(await paths(treePath(OTHER))).toEqual(below(treePath(OTHER), 'latest', 'staging', 'v0'));
      expect(await aliases(treePath(OTHER))).toEqual({ latest: 'v0', staging: 'v0' });
      expect(await text(treePath(`${OTHER}/staging/a.txt`))).toBe('first');
      await expectListed(treePath(OTHER), entries);
    });

    test('of what is not there is ENOENT; to what can be no alias EINVAL', async () => {
      await seedTwo();
      const before = await list(treePath(FLOWERS));
      expect(await codeOf(symlink(treePath(`${FLOWERS}/new`), treePath(`${FLOWERS}/v9`)))).toBe('ENOENT');
      expect(await codeOf(symlink(treePath(`${FLOWERS}/new`), treePath(`${FLOWERS}/nothing`)))).toBe(
        'ENOENT',
      );
      expect(await codeOf(symlink(treePath(`${FLOWERS}/v5`), treePath(`${FLOWERS}/v0`)))).toBe('EINVAL');
      expect(await list(treePath(FLOWERS))).toEqual(before);
    });
  });
}

export function describeRemove(contract: VersionsContract): void {
  const { lookup, entryAt, text, paths, below, seedTwo, symlink, remove, aliases } = contract;

  describe('remove', () => {
    test('takes aliases away; their versions stay', async () => {
      await seedTwo();
      await remove(treePath(`${FLOWERS}/old`), treePath(`${FLOWERS}/prod`));
      expect(await paths(treePath(FLOWERS))).toEqual(below(treePath(FLOWERS), 'latest', 'v0', 'v1'));
      expect((await lookup(treePath(`${FLOWERS}/old/a.txt`))).found).toBeNull();
      expect(await text(treePath(`${FLOWERS}/v0/a.txt`))).toBe('first');
    });

    test('takes an alias away wherever it points to by now', async () => {
      await seedTwo();
      const { id } = await entryAt(treePath(`${FLOWERS}/old`));
      await symlink(treePath(`${FLOWERS}/old`), treePath(`${FLOWERS}/v1`));
      await contract.store.remove?.([{ path: treePath(`${FLOWERS}/old`), id }], {});
      expect(await aliases(treePath(FLOWERS))).toEqual({ latest: 'v1', prod: 'v1' });
    });

    test('counts what is gone already as removed', async () => {
      await seedTwo();
      await remove(treePath(`${FLOWERS}/old`), treePath(`${FLOWERS}/never`));
      await remove(treePath(`${FLOWERS}/old`));
      expect(await aliases(treePath(FLOWERS))).toEqual({ latest: 'v1', prod: 'v1' });
    });

    test('of a version is EISDIR', async () => {
      await seedTwo();
      expect(await codeOf(remove(treePath(`${FLOWERS}/v0`)))).toBe('EISDIR');
      expect(await paths(treePath(FLOWERS))).toContain(`${FLOWERS}/v0`);
    });
  });
}

export function describeRmdir(contract: VersionsContract): void {
  const { lookup, text, list, paths, below, seedTwo, commit, remove, rmdir } = contract;

  describe('rmdir', () => {
    test('removes a version; the numbers of the others stay', async () => {
      await seedTwo();
      await remove(treePath(`${FLOWERS}/old`));
      await rmdir(treePath(`${FLOWERS}/v0`));
      expect(await paths(treePath(FLOWERS))).toEqual(below(treePath(FLOWERS), 'latest', 'prod', 'v1'));
      for (const path of below(treePath(FLOWERS), 'v0', 'v0/a.txt'))
        expect((await lookup(treePath(path))).found).toBeNull();
      expect(await codeOf(list(treePath(`${FLOWERS}/v0`)))).toBe('ENOENT');
      expect(await text(treePath(`${FLOWERS}/v1/a.txt`))).toBe('second');
      expect(await codeOf(rmdir(treePath(`${FLOWERS}/v0`)))).toBe('ENOENT');
    });

    test('removes a collection; one that is made anew counts from 0', async () => {
      await seedTwo();
      expect(await text(treePath(`${FLOWERS}/v0/a.txt`))).toBe('first');
      await rmdir(treePath(FLOWERS));
      expect((await lookup(treePath(FLOWERS))).found).toBeNull();
      expect((await lookup(treePath(`${FLOWERS}/v0/a.txt`))).found).toBeNull();
      expect(await codeOf(rmdir(treePath(FLOWERS)))).toBe('ENOENT');
      await commit([{ name: 'new.txt', kind: 'content', source: bytesSource('new') }]);
      expect(await paths(treePath(`${FLOWERS}/v0`))).toEqual(below(treePath(FLOWERS), 'v0/new.txt'));
    });

    test('of an alias is ENOTDIR, of a directory in a version EROFS', async () => {
      await seedTwo();
      expect(await codeOf(rmdir(treePath(`${FLOWERS}/old`)))).toBe('ENOTDIR');
      expect(await codeOf(rmdir(treePath(`${FLOWERS}/v0/dir`)))).toBe('EROFS');
      expect(await text(treePath(`${FLOWERS}/old/dir/b.txt`))).toBe('same');
    });
  });
}

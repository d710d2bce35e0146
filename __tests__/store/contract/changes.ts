import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { treePath } from '../../../src/contract/tree-path.js';
import { fileSource } from '../../helpers/file-source.js';
import { bytesSource, codeOf, md5Of, textOf } from '../helpers/asked.js';
import { AWKWARD_NAMES, type StoreContract } from './setup.js';

export function describeUploads(contract: StoreContract): void {
  const { unit: UNIT, lookup, entryAt, read, paths, seed, upload } = contract;

  describe('uploads', () => {
    test('are listed and readable once they are finished', async () => {
      await seed({ 'old.txt': 'old' });
      await upload({
        [`${UNIT}/new.txt`]: bytesSource('new'),
        [`${UNIT}/sub/other.txt`]: bytesSource('other'),
      });
      await eventually(async () =>
        expect(await paths(UNIT)).toEqual(
          ['new.txt', 'old.txt', 'sub/other.txt'].map((file) => `${UNIT}/${file}`),
        ),
      );
      const entry = await entryAt(treePath(`${UNIT}/new.txt`));
      expect(entry.version).toBe(`md5:${md5Of('new')}`);
      expect(textOf((await read(entry)).bytes)).toBe('new');
    });

    test('replace what was there', async () => {
      await seed({ 'a.txt': 'before' });
      await upload({ [`${UNIT}/a.txt`]: bytesSource('after that') });
      await eventually(async () => expect((await entryAt(treePath(`${UNIT}/a.txt`))).size).toBe(10));
      expect(textOf((await read(await entryAt(treePath(`${UNIT}/a.txt`)))).bytes)).toBe('after that');
    });

    test('send a file from the disk', async () => {
      await seed({});
      const directory = await mkdtemp(join(tmpdir(), 'wandb-fs-contract-'));
      try {
        const file = join(directory, 'source');
        const content = 'x'.repeat(300_000);
        await writeFile(file, content);
        await upload({ [`${UNIT}/large`]: fileSource(file, content.length) });
        await eventually(async () =>
          expect((await entryAt(treePath(`${UNIT}/large`))).md5).toBe(md5Of(content)),
        );
      } finally {
        await rm(directory, { recursive: true });
      }
    });

    test('send empty files', async () => {
      await seed({});
      await upload({ [`${UNIT}/empty`]: bytesSource('') });
      await eventually(async () => expect((await entryAt(treePath(`${UNIT}/empty`))).size).toBe(0));
      expect((await read(await entryAt(treePath(`${UNIT}/empty`)))).size).toBe(0);
    });

    test('take names of any script and of awkward signs', async () => {
      await seed({});
      await upload(Object.fromEntries(AWKWARD_NAMES.map((file) => [`${UNIT}/${file}`, bytesSource(file)])));
      const expected = AWKWARD_NAMES.map((file) => `${UNIT}/${file}`).sort();
      await eventually(async () => expect(await paths(UNIT)).toEqual(expected));
      for (const path of expected) {
        expect(textOf((await read(await entryAt(treePath(path)))).bytes)).toBe(path.slice(UNIT.length + 1));
      }
    });

    test('that were only declared are not listed', async () => {
      await seed({ 'a.txt': 'x' });
      await contract.store.uploads?.declare([treePath(`${UNIT}/declared.txt`)], {});
      expect((await lookup(treePath(`${UNIT}/declared.txt`))).found).toBeNull();
      expect(await paths(UNIT)).toEqual([`${UNIT}/a.txt`]);
    });

    test('into a unit that is not there are ENOENT', async () => {
      await seed({});
      expect(await codeOf(upload({ 'entity/project/nothing/a.txt': bytesSource('x') }))).toBe('ENOENT');
    });
  });
}

export function describeRemove(contract: StoreContract): void {
  const { unit: UNIT, lookup, entryAt, paths, seed } = contract;

  describe('remove', () => {
    test('removes several files at once, with and without their ids', async () => {
      await seed({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
      const { id } = await entryAt(treePath(`${UNIT}/a.txt`));
      await contract.store.remove?.(
        [
          { path: treePath(`${UNIT}/a.txt`), id },
          { path: treePath(`${UNIT}/b.txt`), id: null },
        ],
        {},
      );
      expect(await paths(UNIT)).toEqual([`${UNIT}/c.txt`]);
    });

    test('counts what is gone already as removed', async () => {
      await seed({ 'a.txt': 'a' });
      const file = { path: treePath(`${UNIT}/a.txt`), id: (await entryAt(treePath(`${UNIT}/a.txt`))).id };
      await contract.store.remove?.([file], {});
      await contract.store.remove?.([file], {});
      await contract.store.remove?.([{ path: treePath(`${UNIT}/never.txt`), id: null }], {});
      expect((await lookup(treePath(file.path))).found).toBeNull();
    });
  });
}

export function describeDirectories(contract: StoreContract): void {
  const { unit: UNIT, lookup, paths, seed, upload } = contract;

  describe('directories', () => {
    test('mkdir makes a unit, once: then it is EEXIST', async () => {
      await seed({});
      const path = 'entity/project/made';
      expect(await contract.store.mkdir?.(treePath(path), {})).toMatchObject({ path, kind: 'directory' });
      expect((await lookup(treePath(path))).found).toMatchObject({ path, kind: 'directory' });
      expect(await codeOf(contract.store.mkdir?.(treePath(path), {}))).toBe('EEXIST');
      await upload({ [`${path}/a.txt`]: bytesSource('x') });
      await eventually(async () => expect(await paths(treePath(path))).toEqual([`${path}/a.txt`]));
    });

    test('rmdir removes a unit with all that is in it, or refuses', async () => {
      await seed({ 'a.txt': 'x' });
      if (contract.canRemoveUnits) {
        await contract.store.rmdir?.(UNIT, {});
        expect((await lookup(treePath(`${UNIT}/a.txt`))).found).toBeNull();
        expect((await lookup(UNIT)).found).toBeNull();
      } else {
        expect(await codeOf(contract.store.rmdir?.(UNIT, {}))).toBe('EPERM');
        expect((await lookup(treePath(`${UNIT}/a.txt`))).found).not.toBeNull();
      }
    });
  });
}

/** Listings may lag behind uploads. */
async function eventually(assertion: () => Promise<void>): Promise<void> {
  for (const deadline = Date.now() + 5_000; ; ) {
    try {
      await assertion();
      return;
    } catch (thrown) {
      if (Date.now() > deadline) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

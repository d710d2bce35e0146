import { encodeFileName, treePath } from '../../../src/contract/tree-path.js';
import { codeOf, textOf, WHOLE } from '../helpers/asked.js';
import { AWKWARD_NAMES, type StoreContract } from './setup.js';

export function describeRead(contract: StoreContract): void {
  const { unit: UNIT, entryAt, read, seed } = contract;

  describe('read', () => {
    test('reads a whole file and any range of it', async () => {
      await seed({ 'a.txt': '0123456789' });
      const entry = await entryAt(treePath(`${UNIT}/a.txt`));
      expect(textOf((await read(entry)).bytes)).toBe('0123456789');
      expect(textOf((await read(entry, { start: 2, end: 5 })).bytes)).toBe('234');
      expect((await read(entry, { start: 2, end: 5 })).size).toBe(10);
    });

    test('leaves out what lies behind the end', async () => {
      await seed({ 'a.txt': '0123456789' });
      const entry = await entryAt(treePath(`${UNIT}/a.txt`));
      expect(textOf((await read(entry, { start: 8, end: 20 })).bytes)).toBe('89');
      for (const start of [10, 11, 1000]) {
        const { bytes, size } = await read(entry, { start, end: start + 5 });
        expect([bytes.byteLength, size]).toEqual([0, 10]);
      }
    });

    test('reads an empty file', async () => {
      await seed({ empty: '' });
      const entry = await entryAt(treePath(`${UNIT}/empty`));
      expect(entry.size).toBe(0);
      const { bytes, size } = await read(entry, { start: 0, end: 1024 });
      expect([bytes.byteLength, size]).toEqual([0, 0]);
    });

    test('goes on with the etag of an earlier range', async () => {
      await seed({ 'a.txt': 'first, and long enough' });
      const entry = await entryAt(treePath(`${UNIT}/a.txt`));
      const { etag } = await read(entry, { start: 0, end: 5 });
      expect(textOf((await read(entry, { start: 5, end: 8 }, etag)).bytes)).toBe(', a');
    });

    test('brings bytes that own their memory', async () => {
      await seed({ 'a.txt': '0123456789' });
      const { bytes } = await read(await entryAt(treePath(`${UNIT}/a.txt`)), { start: 2, end: 5 });
      expect([bytes.byteOffset, bytes.buffer.byteLength]).toEqual([0, 3]);
    });
  });
}

export function describeNames(contract: StoreContract): void {
  const { unit: UNIT, lookup, entryAt, read, paths, seed } = contract;

  describe('names', () => {
    test('of any script and of awkward signs are found, listed and read', async () => {
      const names = [...AWKWARD_NAMES, '%2E%2E/x'];
      await seed(Object.fromEntries(names.map((file) => [file, file])));
      expect(await paths(UNIT)).toEqual(names.map((file) => `${UNIT}/${encodeFileName(file)}`).sort());
      for (const file of names) {
        const entry = await entryAt(treePath(`${UNIT}/${encodeFileName(file)}`));
        expect(textOf((await read(entry)).bytes)).toBe(file);
      }
      expect((await lookup(treePath(`${UNIT}/日本語`))).found).toBe('prefix');
      expect((await lookup(treePath(`${UNIT}/héllo`))).found).toBeNull();
    });
  });
}

export function describeAbort(contract: StoreContract): void {
  const { unit: UNIT, lookup, entryAt, seed } = contract;

  describe('abort', () => {
    test('a caller that leaves gets ECANCELED; others go on', async () => {
      await seed({ 'a.txt': 'hello' });
      const entry = await entryAt(treePath(`${UNIT}/a.txt`));
      const controller = new AbortController();
      const { signal } = controller;
      const left = [
        contract.store.lookup(treePath(`${UNIT}/a.txt`), { listing: false, signal }),
        contract.store.read(entry, WHOLE, { etag: null, signal }),
      ].map(codeOf);
      const stayed = lookup(treePath(`${UNIT}/a.txt`));
      controller.abort();
      expect(await Promise.all(left)).toEqual(['ECANCELED', 'ECANCELED']);
      expect((await stayed).found).toMatchObject({ size: 5 });
    });
  });
}

/** What no store meets whose units are versions. */
export function describeForeignChanges(contract: StoreContract): void {
  const { unit: UNIT, entryAt, read, seed } = contract;

  describe('read of what changes', () => {
    test('pins a version by its etag: other bytes at the storage are ESTALE', async () => {
      await seed({ 'a.txt': 'first, and long enough' });
      const entry = await entryAt(treePath(`${UNIT}/a.txt`));
      const { etag } = await read(entry, { start: 0, end: 5 });
      expect(etag).not.toBeNull();
      expect(textOf((await read(entry, { start: 5, end: 8 }, etag)).bytes)).toBe(', a');
      await seed({ 'a.txt': 'other, and long enough' });
      expect(await codeOf(read(entry, { start: 5, end: 8 }, etag))).toBe('ESTALE');
    });

    test('verifies a whole read against the listed MD5: EBADMSG', async () => {
      await seed({ 'a.txt': 'first' });
      const entry = await entryAt(treePath(`${UNIT}/a.txt`));
      await seed({ 'a.txt': 'other' });
      expect(await codeOf(read(entry))).toBe('EBADMSG');
    });

    test('takes an unexpected size for a stale listing: EBADMSG', async () => {
      await seed({ 'a.txt': 'first' });
      const entry = await entryAt(treePath(`${UNIT}/a.txt`));
      await seed({ 'a.txt': 'something longer' });
      expect(await codeOf(read(entry, { start: 0, end: 2 }))).toBe('EBADMSG');
    });

    test('reads what the storage has whatever is listed, if its tag vouches for it', async () => {
      await seed({ 'a.txt': 'first' });
      const entry = await entryAt(treePath(`${UNIT}/a.txt`));
      await seed({ 'a.txt': 'something longer' });
      const { bytes, size, md5 } = await contract.store.readNewest(entry, { limit: 100 });
      expect([textOf(bytes), size]).toEqual(['something longer', 16]);
      expect(md5).toBe((await entryAt(treePath(`${UNIT}/a.txt`))).md5);
      expect(await codeOf(contract.store.readNewest(entry, { limit: 10 }))).toBe('EBADMSG');
    });
  });
}

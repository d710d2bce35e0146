import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Entry, Page } from '../../src/contract/entry.js';
import type { Store } from '../../src/contract/store.js';
import { encodeFileName, type TreePath, treePath } from '../../src/contract/tree-path.js';
import type { OpenSource } from '../../src/contract/uploads.js';
import { fileSource } from '../helpers/file-source.js';
import { asked, bytesSource, chainOf, codeOf, md5Of, parentOf, textOf, WHOLE } from './helpers/asked.js';

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

/** What every store must do, whatever stands behind it. */
export function describeStore(name: string, setup: () => Promise<StoreSetup>, units: Units = RUNS): void {
  const UNIT = units.unit;
  describe(`the store contract: ${name}`, () => {
    let current: StoreSetup;
    let store: Store;
    beforeEach(async () => {
      current = await setup();
      store = current.store;
    });
    afterEach(async () => {
      await store.close?.();
      await current.close?.();
    });

    const seed = (files: Record<string, string | Uint8Array>): Promise<void> => current.seed(UNIT, files);
    const { lookup, entryAt, read, list, paths } = asked(() => store);
    const upload = async (files: Readonly<Record<string, OpenSource>>): Promise<void> => {
      const { uploads } = store;
      if (!uploads) throw new Error('the store has no uploads');
      const tickets = await uploads.declare(Object.keys(files).map(treePath), {});
      await Promise.all(
        tickets.map((ticket) => {
          const source = files[ticket.path];
          if (!source) throw new Error(`no such file was declared: '${ticket.path}'`);
          return uploads.put(ticket, source, {});
        }),
      );
      await uploads.finish(tickets, {});
    };
    /** A path below each directory above the unit, and the unit itself, where there is nothing. */
    const missing = chainOf(UNIT)
      .slice(1)
      .map((path) => `${parentOf(path)}/nothing`);

    test('has units at the depth that it tells', () => {
      const { levels, areUnitsImmutable } = store.shape;
      expect([levels.length, areUnitsImmutable]).toEqual([UNIT.split('/').length, units.areVersions]);
    });

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
          if (units.areVersions && path === UNIT && listing === null) continue;
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
        expect(
          found.map((each) => (each.found === 'prefix' ? 'prefix' : (each.found?.size ?? null))),
        ).toEqual([1, 2, null]);
      });
    });

    describe('list', () => {
      test('lists the directories above the unit, one level each', async () => {
        await seed({ 'a.txt': 'x' });
        await current.seed(units.sibling, { 'b.txt': 'y' });
        const directories = async (path: TreePath): Promise<string[]> =>
          (await list(path)).flatMap((entry) => (entry.kind === 'directory' ? entry.path : [])).sort();
        expect(await directories(treePath(''))).toContain(chainOf(UNIT)[0]);
        const above = chainOf(parentOf(UNIT));
        for (const [index, path] of above.slice(1).entries())
          expect(await directories(above[index] ?? treePath(''))).toEqual([path]);
        expect(await directories(parentOf(UNIT))).toEqual([UNIT, units.sibling]);
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
            const page: Page<Iterable<Entry>> | null = (await store.page?.(path, { after })) ?? null;
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

    describe('names', () => {
      test('of any script and of awkward signs are found, listed and read', async () => {
        const names = [
          'héllo wörld.txt',
          '日本語/ファイル.txt',
          'a+b&c=d #1?.txt',
          '100%/"quoted".txt',
          '😀.txt',
          '%2E%2E/x',
        ];
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

    describe('abort', () => {
      test('a caller that leaves gets ECANCELED; others go on', async () => {
        await seed({ 'a.txt': 'hello' });
        const entry = await entryAt(treePath(`${UNIT}/a.txt`));
        const controller = new AbortController();
        const { signal } = controller;
        const left = [
          store.lookup(treePath(`${UNIT}/a.txt`), { listing: false, signal }),
          store.read(entry, WHOLE, { etag: null, signal }),
        ].map(codeOf);
        const stayed = lookup(treePath(`${UNIT}/a.txt`));
        controller.abort();
        expect(await Promise.all(left)).toEqual(['ECANCELED', 'ECANCELED']);
        expect((await stayed).found).toMatchObject({ size: 5 });
      });
    });

    if (!units.areVersions) describeForeignChanges();
    if (!units.areVersions && !units.isReadOnly) describeChanges();

    /** What no store meets whose units are versions. */
    function describeForeignChanges(): void {
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
          const { bytes, size, md5 } = await store.readNewest(entry, { limit: 100 });
          expect([textOf(bytes), size]).toEqual(['something longer', 16]);
          expect(md5).toBe((await entryAt(treePath(`${UNIT}/a.txt`))).md5);
          expect(await codeOf(store.readNewest(entry, { limit: 10 }))).toBe('EBADMSG');
        });
      });
    }

    /** What no store does whose units are versions. */
    function describeChanges(): void {
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
          const names = [
            'héllo wörld.txt',
            '日本語/ファイル.txt',
            'a+b&c=d #1?.txt',
            '100%/"quoted".txt',
            '😀.txt',
          ];
          await upload(Object.fromEntries(names.map((file) => [`${UNIT}/${file}`, bytesSource(file)])));
          const expected = names.map((file) => `${UNIT}/${file}`).sort();
          await eventually(async () => expect(await paths(UNIT)).toEqual(expected));
          for (const path of expected) {
            expect(textOf((await read(await entryAt(treePath(path)))).bytes)).toBe(
              path.slice(UNIT.length + 1),
            );
          }
        });

        test('that were only declared are not listed', async () => {
          await seed({ 'a.txt': 'x' });
          await store.uploads?.declare([treePath(`${UNIT}/declared.txt`)], {});
          expect((await lookup(treePath(`${UNIT}/declared.txt`))).found).toBeNull();
          expect(await paths(UNIT)).toEqual([`${UNIT}/a.txt`]);
        });

        test('into a unit that is not there are ENOENT', async () => {
          await seed({});
          expect(await codeOf(upload({ 'entity/project/nothing/a.txt': bytesSource('x') }))).toBe('ENOENT');
        });
      });

      describe('remove', () => {
        test('removes several files at once, with and without their ids', async () => {
          await seed({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
          const { id } = await entryAt(treePath(`${UNIT}/a.txt`));
          await store.remove?.(
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
          await store.remove?.([file], {});
          await store.remove?.([file], {});
          await store.remove?.([{ path: treePath(`${UNIT}/never.txt`), id: null }], {});
          expect((await lookup(treePath(file.path))).found).toBeNull();
        });
      });

      describe('directories', () => {
        test('mkdir makes a unit, once: then it is EEXIST', async () => {
          await seed({});
          const path = 'entity/project/made';
          expect(await store.mkdir?.(treePath(path), {})).toMatchObject({ path, kind: 'directory' });
          expect((await lookup(treePath(path))).found).toMatchObject({ path, kind: 'directory' });
          expect(await codeOf(store.mkdir?.(treePath(path), {}))).toBe('EEXIST');
          await upload({ [`${path}/a.txt`]: bytesSource('x') });
          await eventually(async () => expect(await paths(treePath(path))).toEqual([`${path}/a.txt`]));
        });

        test('rmdir removes a unit with all that is in it, or refuses', async () => {
          await seed({ 'a.txt': 'x' });
          if (current.canRemoveUnits) {
            await store.rmdir?.(UNIT, {});
            expect((await lookup(treePath(`${UNIT}/a.txt`))).found).toBeNull();
            expect((await lookup(UNIT)).found).toBeNull();
          } else {
            expect(await codeOf(store.rmdir?.(UNIT, {}))).toBe('EPERM');
            expect((await lookup(treePath(`${UNIT}/a.txt`))).found).not.toBeNull();
          }
        });
      });
    }
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

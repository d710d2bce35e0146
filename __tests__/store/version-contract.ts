import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommitOptions, Committed, DraftFile } from '../../src/contract/drafts.js';
import type { Entry } from '../../src/contract/entry.js';
import type { Facts } from '../../src/contract/knowledge/facts.js';
import type { Store } from '../../src/contract/store.js';
import type { TreePath } from '../../src/contract/tree-path.js';
import { treePath } from '../../src/contract/tree-path.js';
import { fileSource } from '../helpers/file-source.js';
import type { StoreSetup } from './contract/setup.js';
import { asked, bytesSource, codeOf, md5Of, textOf, WHOLE } from './helpers/asked.js';

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

const TYPE = 'entity/project/dataset';
const FLOWERS = `${TYPE}/flowers`;
const OTHER = `${TYPE}/other`;
const URI = 's3://bucket/key';

/** What every store of versions must do beside `describeStore`. */
export function describeVersions(name: string, setup: () => Promise<VersionsSetup>): void {
  describe(`the contract of stores of versions: ${name}`, () => {
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

    const { lookup, entryAt, read, text, list, paths } = asked(() => store);
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
    /** What the aliases of a collection point to. */
    const aliases = async (collection: TreePath): Promise<Record<string, string | undefined>> =>
      Object.fromEntries(
        (await list(collection)).flatMap(({ kind, path, target }) =>
          kind === 'symlink' ? [[path.slice(collection.length + 1), target]] : [],
        ),
      );
    /** What a change said that listings will show is what they show. */
    const expectListed = async (collection: TreePath, entries: readonly Entry[]): Promise<void> => {
      expect(entries.length).toBeGreaterThan(0);
      expect(await list(collection)).toEqual(expect.arrayContaining([...entries]));
    };

    describe('aliases', () => {
      test('are listed beside versions, as links to them', async () => {
        await seedTwo();
        expect(await paths(treePath(FLOWERS))).toEqual(
          below(treePath(FLOWERS), 'latest', 'old', 'prod', 'v0', 'v1'),
        );
        expect(await aliases(treePath(FLOWERS))).toEqual({ latest: 'v1', old: 'v0', prod: 'v1' });
        for (const entry of await list(treePath(FLOWERS))) expect(await entryAt(entry.path)).toEqual(entry);
      });

      test('are found as links, and prove the version behind them', async () => {
        await seedTwo();
        const { found, ancestors } = await lookup(treePath(`${FLOWERS}/old`));
        expect(found).toMatchObject({ path: `${FLOWERS}/old`, kind: 'symlink', target: 'v0', size: 2 });
        expect(ancestors.at(-1)).toEqual(await entryAt(treePath(`${FLOWERS}/v0`)));
      });

      test('lead to the files of the version, under its own path', async () => {
        await seedTwo();
        const { found, ancestors } = await lookup(treePath(`${FLOWERS}/old/a.txt`));
        expect(found).toEqual(await entryAt(treePath(`${FLOWERS}/v0/a.txt`)));
        expect(ancestors.slice(-2)).toEqual([
          await entryAt(treePath(`${FLOWERS}/old`)),
          await entryAt(treePath(`${FLOWERS}/v0`)),
        ]);
        expect(await text(treePath(`${FLOWERS}/prod/a.txt`))).toBe('second');
        expect((await lookup(treePath(`${FLOWERS}/prod/dir`))).found).toBe('prefix');
        expect((await lookup(treePath(`${FLOWERS}/prod/none`))).found).toBeNull();
      });

      test('list what their version holds, under its own path', async () => {
        await seedTwo();
        expect(await list(treePath(`${FLOWERS}/old`))).toEqual(await list(treePath(`${FLOWERS}/v0`)));
      });
    });

    describe('content', () => {
      test('that two versions share has one version in both', async () => {
        await seedTwo();
        const [first, second] = await Promise.all([
          entryAt(treePath(`${FLOWERS}/v0/dir/b.txt`)),
          entryAt(treePath(`${FLOWERS}/v1/dir/b.txt`)),
        ]);
        expect([first.version, second.version]).toEqual(Array(2).fill(`md5:${md5Of('same')}`));
      });

      test('that was copied into a draft is read where it comes from', async () => {
        await seedTwo();
        const origin = treePath(`${FLOWERS}/v0/a.txt`);
        const entry = { ...(await entryAt(origin)), path: treePath(`${FLOWERS}/draft/copy.txt`), origin };
        expect(textOf((await read(entry)).bytes)).toBe('first');
        expect(textOf((await read(entry, { start: 1, end: 3 })).bytes)).toBe('ir');
      });

      test('that lies elsewhere is a link to its URI, and says why it can not be read', async () => {
        await seedTwo();
        const entry = await entryAt(treePath(`${FLOWERS}/v1/ref`));
        expect(entry).toMatchObject({ kind: 'symlink', target: URI, md5: null });
        expect(entry.refusal).toEqual(expect.any(String));
        expect(await list(treePath(`${FLOWERS}/v1`))).toContainEqual(entry);
      });

      test('is never newer than what is listed', async () => {
        await seedTwo();
        const entry = await entryAt(treePath(`${FLOWERS}/v0/a.txt`));
        expect(await codeOf(store.readNewest(entry, { limit: 100 }))).toBe('EBADMSG');
      });
    });

    describe('commit', () => {
      const content = (name: string, body: string): DraftFile => ({
        name,
        kind: 'content',
        source: bytesSource(body),
      });

      test('makes a draft a version, and `latest` point to it', async () => {
        await seedTwo();
        const made = await commit([content('a.txt', 'third'), content('dir/c.txt', '')], {
          aliases: ['best'],
        });
        expect(made).toMatchObject({ version: 'v2', deduplicated: false });
        expect([...made.aliases].sort()).toEqual(['best', 'latest']);
        expect(made.digest).toMatch(/^[0-9a-f]{32}$/);
        expect(made.id).toEqual(expect.any(String));
        expect(await aliases(treePath(FLOWERS))).toEqual({ best: 'v2', latest: 'v2', old: 'v0', prod: 'v1' });
        expect(await paths(treePath(`${FLOWERS}/v2`))).toEqual(
          below(treePath(`${FLOWERS}/v2`), 'a.txt', 'dir/c.txt'),
        );
        expect(await text(treePath(`${FLOWERS}/latest/a.txt`))).toBe('third');
        expect(await text(treePath(`${FLOWERS}/v1/a.txt`))).toBe('second');
      });

      test('tells what the next listing shows: the version and its aliases', async () => {
        await seedTwo();
        const { entries } = await commit([content('a.txt', 'third')], { aliases: ['best'] });
        expect(entries.map(({ path }) => path).sort()).toEqual(
          below(treePath(FLOWERS), 'best', 'latest', 'v2'),
        );
        await expectListed(treePath(FLOWERS), entries);
      });

      test('begins a collection, and its type', async () => {
        const net = 'entity/project/model/net';
        expect(await commit([content('w', '1')], {}, net)).toMatchObject({ version: 'v0' });
        expect(await paths(treePath(net))).toEqual(below(treePath(net), 'latest', 'v0'));
        expect(await paths(treePath('entity/project'))).toContain('entity/project/model');
      });

      test('takes content from a file, from other versions, and from elsewhere', async () => {
        await seedTwo();
        const directory = await mkdtemp(join(tmpdir(), 'wandb-fs-contract-'));
        try {
          const file = join(directory, 'source');
          const body = 'x'.repeat(100_000);
          await writeFile(file, body);
          await commit(
            [
              { name: 'large', kind: 'content', source: fileSource(file, body.length) },
              { name: 'copy', kind: 'copy', origin: treePath(`${FLOWERS}/v0/a.txt`) },
              { name: 'copied ref', kind: 'copy', origin: treePath(`${FLOWERS}/v1/ref`) },
              { name: 'made', kind: 'reference', uri: 'gs://bucket/other' },
            ],
            {},
            OTHER,
          );
          expect(await entryAt(treePath(`${OTHER}/v0/large`))).toMatchObject({
            size: body.length,
            version: `md5:${md5Of(body)}`,
          });
          expect(await text(treePath(`${OTHER}/v0/copy`))).toBe('first');
          expect(await entryAt(treePath(`${OTHER}/v0/copied ref`))).toMatchObject({
            kind: 'symlink',
            target: URI,
          });
          expect(await entryAt(treePath(`${OTHER}/v0/made`))).toMatchObject({ target: 'gs://bucket/other' });
        } finally {
          await rm(directory, { recursive: true });
        }
      });

      test('of what the latest version is makes none, and sets the aliases', async () => {
        await commit([content('a', '1')]);
        const again = await commit([content('a', '1')], { aliases: ['again'] });
        expect(again).toMatchObject({ version: 'v0', deduplicated: true });
        expect(await aliases(treePath(FLOWERS))).toEqual({ latest: 'v0', again: 'v0' });
        await expectListed(treePath(FLOWERS), again.entries);
      });

      test('of an increment keeps what the latest version has', async () => {
        await commit([content('a', '1'), content('b', '1')]);
        await commit([content('b', '2')], { incremental: true });
        expect(await paths(treePath(`${FLOWERS}/v1`))).toEqual(below(treePath(`${FLOWERS}/v1`), 'a', 'b'));
        expect([await text(treePath(`${FLOWERS}/v1/a`)), await text(treePath(`${FLOWERS}/v1/b`))]).toEqual([
          '1',
          '2',
        ]);
      });

      test('of several drafts gives each its own number', async () => {
        const made = await Promise.all(['1', '2', '3'].map((body) => commit([content('a', body)])));
        expect(made.map(({ version }) => version).sort()).toEqual(['v0', 'v1', 'v2']);
        for (const [index, { version }] of made.entries())
          expect(await text(treePath(`${FLOWERS}/${version}/a`))).toBe(`${index + 1}`);
      });

      test.each<readonly [string, readonly DraftFile[], CommitOptions, string]>([
        [
          'a copy of nothing',
          [{ name: 'x', kind: 'copy', origin: treePath(`${FLOWERS}/v0/none`) }],
          {},
          'ENOENT',
        ],
        ['two files of one name', [content('a', '1'), content('a', '2')], {}, 'EINVAL'],
        ['an alias that is a number', [content('a', '1')], { aliases: ['v7'] }, 'EINVAL'],
        ['a reference that is no URI', [{ name: 'x', kind: 'reference', uri: 'elsewhere' }], {}, 'EINVAL'],
      ])('of %s is refused, and nothing is made', async (_what, files, options, code) => {
        await seedTwo();
        const before = await list(treePath(FLOWERS));
        expect(await codeOf(commit(files, options))).toBe(code);
        expect(await list(treePath(FLOWERS))).toEqual(before);
      });

      test('into a project that is not there is ENOENT', async () => {
        const nowhere = 'entity/nothing/dataset/flowers';
        expect(await codeOf(commit([content('a', '1')], {}, nowhere))).toBe('ENOENT');
      });
    });

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
        await store.remove?.([{ path: treePath(`${FLOWERS}/old`), id }], {});
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

    describe('info', () => {
      test('tells what is there, at every depth', async () => {
        await seedTwo();
        const kinds = [
          ['entity', 'entity'],
          ['entity/project', 'project'],
          [TYPE, 'artifactType'],
          [FLOWERS, 'collection'],
          [`${FLOWERS}/v0`, 'version'],
          [`${FLOWERS}/v0/a.txt`, 'file'],
        ] as const;
        for (const [path, kind] of kinds) expect(await info(treePath(path))).toMatchObject({ kind });
      });

      test('tells of an alias what it tells of the version', async () => {
        await seedTwo();
        expect(await info(treePath(`${FLOWERS}/old`))).toEqual(await info(treePath(`${FLOWERS}/v0`)));
      });

      test('of what is not there is ENOENT', async () => {
        await seedTwo();
        const missing = ['nobody', `${TYPE}/nothing`, `${FLOWERS}/v9`, `${FLOWERS}/v0/nothing`];
        for (const path of missing)
          expect([path, await codeOf(info(treePath(path)))]).toEqual([path, 'ENOENT']);
      });
    });

    test('a caller that leaves gets ECANCELED; others go on', async () => {
      await seedTwo();
      const entry = await entryAt(treePath(`${FLOWERS}/v1/a.txt`));
      const controller = new AbortController();
      const { signal } = controller;
      const left = [
        store.lookup(treePath(`${FLOWERS}/old/a.txt`), { listing: false, signal }),
        store.read(entry, WHOLE, { etag: null, signal }),
        store.info?.(treePath(`${FLOWERS}/v0`), { signal }),
      ].map(codeOf);
      const stayed = lookup(treePath(`${FLOWERS}/old/a.txt`));
      controller.abort();
      expect(await Promise.all(left)).toEqual(Array(3).fill('ECANCELED'));
      expect((await stayed).found).toMatchObject({ size: 5 });
    });
  });
}

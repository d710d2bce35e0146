import { treePath } from '../../../src/contract/tree-path.js';
import { codeOf, md5Of, textOf, WHOLE } from '../helpers/asked.js';
import { FLOWERS, TYPE, URI, type VersionsContract } from './setup.js';

export function describeAliases(contract: VersionsContract): void {
  const { lookup, entryAt, text, list, paths, below, seedTwo, aliases } = contract;

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
}

export function describeContent(contract: VersionsContract): void {
  const { entryAt, read, list, seedTwo } = contract;

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
      expect(await codeOf(contract.store.readNewest(entry, { limit: 100 }))).toBe('EBADMSG');
    });
  });
}

export function describeInfo(contract: VersionsContract): void {
  const { seedTwo, info } = contract;

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
}

export function testLeaving(contract: VersionsContract): void {
  const { lookup, entryAt, seedTwo } = contract;

  test('a caller that leaves gets ECANCELED; others go on', async () => {
    await seedTwo();
    const entry = await entryAt(treePath(`${FLOWERS}/v1/a.txt`));
    const controller = new AbortController();
    const { signal } = controller;
    const left = [
      contract.store.lookup(treePath(`${FLOWERS}/old/a.txt`), { listing: false, signal }),
      contract.store.read(entry, WHOLE, { etag: null, signal }),
      contract.store.info?.(treePath(`${FLOWERS}/v0`), { signal }),
    ].map(codeOf);
    const stayed = lookup(treePath(`${FLOWERS}/old/a.txt`));
    controller.abort();
    expect(await Promise.all(left)).toEqual(Array(3).fill('ECANCELED'));
    expect((await stayed).found).toMatchObject({ size: 5 });
  });
}

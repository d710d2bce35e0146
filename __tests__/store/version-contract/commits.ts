import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommitOptions, DraftFile } from '../../../src/contract/drafts.js';
import { treePath } from '../../../src/contract/tree-path.js';
import { fileSource } from '../../helpers/file-source.js';
import { bytesSource, codeOf, md5Of } from '../helpers/asked.js';
import { FLOWERS, OTHER, URI, type VersionsContract } from './setup.js';

export function describeCommit(contract: VersionsContract): void {
  const { entryAt, text, list, paths, below, seedTwo, commit, aliases, expectListed } = contract;

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
}

import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Entry } from '../../src/contract/entry.js';
import { treePath } from '../../src/contract/tree-path.js';
import { ARTIFACT_FEATURES, RUN_FEATURES } from '../../src/testing/index.js';
import { makeDirectory } from '../helpers/directories.js';
import { openArtifacts } from './helpers/artifact-store.js';
import { FLOWERS } from './helpers/artifacts.js';
import { failureOf, WHOLE } from './helpers/asked.js';
import { DIGITS, openVersion } from './helpers/version-to-read.js';

describe('content that is not what was recorded', () => {
  const wrong = (entry: Entry): Entry => ({
    ...entry,
    version: `md5:${createHash('md5').update('other').digest('base64')}`,
  });

  test('is EBADMSG, by either digest', async () => {
    const versions = [
      { files: { a: 'one' } },
      { files: { a: 'two' }, digestAlgorithm: 'MANIFEST_XXH128' as const },
    ];
    const { wandb, found, store } = await openArtifacts(
      { [FLOWERS]: { versions } },
      { features: [...RUN_FEATURES, ...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM'] },
    );
    for (const version of ['v0', 'v1']) {
      const entry = await found(treePath(`${FLOWERS}/${version}/a`));
      await wandb.faults([{ match: { side: 'storage' }, isCorrupted: true }]);
      expect((await failureOf(store.read(entry, WHOLE, { etag: null }))).code).toBe('EBADMSG');
      expect(Buffer.from((await store.read(entry, WHOLE, { etag: null })).bytes).toString()).toMatch(
        /one|two/,
      );
    }
  });

  test('is EBADMSG by its digest, whatever its size, and ESTALE by its tag', async () => {
    const { found, store } = await openVersion();
    const entry = await found(treePath(DIGITS));
    const { etag } = await store.read(entry, { start: 0, end: 2 }, { etag: null });
    const reads: [Promise<unknown>, string][] = [
      [store.read(wrong(entry), WHOLE, { etag: null }), 'EBADMSG'],
      [store.read({ ...wrong(entry), size: 9 }, { start: 0, end: 2 }, { etag: null }), 'EBADMSG'],
      [store.read(entry, { start: 0, end: 2 }, { etag: '"another"' }), 'ESTALE'],
    ];
    for (const [read, code] of reads) expect((await failureOf(read)).code).toBe(code);
    expect((await store.read(entry, { start: 4, end: 6 }, { etag })).bytes).toHaveLength(2);
    // Of a size and a digest that contradict each other the digest counts.
    const learned = await store.read({ ...entry, size: 9 }, { start: 0, end: 2 }, { etag: null });
    expect(learned.size).toBe(10);
  });
});

describe('with the SDK’s cache', () => {
  const large = new Uint8Array(randomBytes(50_000));
  const tree = { [FLOWERS]: { versions: [{ files: { 'a.txt': '0123456789', large } }] } };
  const md5 = (bytes: string | Uint8Array): string => createHash('md5').update(bytes).digest('hex');
  const fileOf = (directory: string, hex: string): string =>
    join(directory, 'artifacts/obj/md5', hex.slice(0, 2), hex.slice(2));

  test('a file that Python downloaded takes no request', async () => {
    const artifactCache = await makeDirectory();
    const { found, read, counted } = await openArtifacts(tree, {}, { artifactCache });
    const file = fileOf(artifactCache, md5('0123456789'));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, '0123456789');
    const entry = await found(treePath(DIGITS));
    expect(await counted(() => read(entry))).toEqual({ value: '0123456789', requests: [] });
    expect(await counted(() => read(entry, { start: 3, end: 5 }))).toEqual({ value: '34', requests: [] });
  });

  test('what was read whole and verified is kept for others', async () => {
    const artifactCache = await makeDirectory();
    const { text, again, found, counted } = await openArtifacts(tree, {}, { artifactCache });
    await text(treePath(DIGITS));
    expect(await readFile(fileOf(artifactCache, md5('0123456789')), 'utf8')).toBe('0123456789');
    const entry = await found(treePath(DIGITS));
    const { read } = again();
    expect((await counted(() => read(entry))).requests).toEqual([]);
  });

  test('what was read in ranges is kept once all of it came', async () => {
    const artifactCache = await makeDirectory();
    const { found, store } = await openArtifacts(tree, {}, { artifactCache });
    const entry = await found(treePath(`${FLOWERS}/v0/large`));
    for (const start of [40_000, 0, 20_000]) {
      await store.read(entry, { start, end: start + 20_000 }, { etag: null });
    }
    expect(new Uint8Array(await readFile(fileOf(artifactCache, md5(large))))).toEqual(large);
    expect(await readdir(join(artifactCache, 'artifacts/tmp'))).toEqual([]);
  });

  test('nothing is kept that was not verified, nor parts of it when the store closes', async () => {
    const artifactCache = await makeDirectory();
    const { wandb, found, store } = await openArtifacts(tree, {}, { artifactCache });
    const entry = await found(treePath(DIGITS));
    await wandb.faults([{ match: { side: 'storage' }, isCorrupted: true }]);
    expect((await failureOf(store.read(entry, WHOLE, { etag: null }))).code).toBe('EBADMSG');
    await store.read(entry, { start: 0, end: 2 }, { etag: null });
    await store.close?.();
    expect(await readdir(join(artifactCache, 'artifacts'))).toEqual(['tmp']);
    expect(await readdir(join(artifactCache, 'artifacts/tmp'))).toEqual([]);
  });
});

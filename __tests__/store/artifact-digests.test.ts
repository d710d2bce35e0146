import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Failure } from '../../src/contract/failure.js';
import type { Source } from '../../src/contract/uploads.js';
import type { DigestAlgorithm } from '../../src/store/artifacts/content.js';
import { digestManifest, sortedByPath } from '../../src/store/artifacts/manifest/writer.js';
import { digestContent } from '../../src/store/artifacts/writing/files/digests.js';
import { fileSource } from '../helpers/file-source.js';

const text = (content: string): Source => ({ kind: 'bytes', bytes: Buffer.from(content) });

async function manifestOf(contents: Readonly<Record<string, string>>, algorithm: DigestAlgorithm = 'md5') {
  const entries = Object.entries(contents).map(async ([path, content]) => ({
    path,
    digest: (await digestContent(text(content), { algorithm, partBytes: null })).digest,
  }));
  return digestManifest(sortedByPath(await Promise.all(entries)), algorithm);
}

/** As the official SDK computes them. */
describe("the digests are the SDK's", () => {
  test.each([
    ['hello', 'XUFAKrxLKna5cZ2REBfFkg=='],
    ['world', 'fXkwN6B2AYZXSwKC8vQ15w=='],
    ['', '1B2M2Y8AsgTpgAmY7PhCfg=='],
  ])('of the content %j', async (content, digest) => {
    const digests = await digestContent(text(content), { algorithm: 'md5', partBytes: null });
    expect(digests).toEqual({ digest, md5: digest, parts: null });
  });

  const TWO = { 'a.txt': 'hello', 'dir/b.txt': 'world' };
  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['two files', TWO, 'd5c8ee9d0f3d9920eac09930283deda9'],
    ['none', {}, '64e7c61456b10382e2f3b571ac24b659'],
    ['an empty file', { empty: '' }, '96743a9b25c5c9fe3480f65327301e00'],
    [
      'names that sort by byte',
      { b: '2', B: '1', 'a/z': '3', 'a.': '4', a: '5' },
      '6a94d40d1233d019add3dc074dc74316',
    ],
    [
      'astral names',
      { '\u{1F600}.txt': 'x', '\uFF01.txt': 'x', '\u00E9.txt': 'x' },
      '28299aaa07b5f5dad412b9bd38d2baed',
    ],
  ])('of a manifest of %s', async (_name, contents, digest) => {
    expect(await manifestOf(contents)).toBe(digest);
  });

  test('of a reference', async () => {
    const entries = [{ path: 'r', digest: 'foo://b/k' }];
    expect(await digestManifest(entries, 'md5')).toBe('8788180c45ec3a89c805e5cef01c3501');
  });

  test('by XXH128', async () => {
    expect(await manifestOf(TWO, 'xxh128')).toBe('6c646d2e89d59a2ba329c524d5abda80');
  });
});

test('paths sort as their bytes in UTF-8 do', () => {
  const path = fc.string({ unit: 'grapheme', minLength: 1 });
  fc.assert(
    fc.property(fc.uniqueArray(path), (paths) => {
      const byBytes = [...paths].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(sortedByPath(paths.map((each) => ({ path: each }))).map((entry) => entry.path)).toEqual(byBytes);
      // One name outside of the basic plane, and all are compared otherwise.
      const wide = sortedByPath([...paths, '\u{10ffff}\u{10ffff}'].map((each) => ({ path: each })));
      expect(wide.map((entry) => entry.path).slice(0, -1)).toEqual(byBytes);
    }),
  );
});

test('the manifest of 200,000 files is digested in moments', async () => {
  const entries = Array.from({ length: 200_000 }, (_, index) => ({
    path: `images/${(index * 7919) % 200_000}/file-${index}.jpg`,
    digest: 'XUFAKrxLKna5cZ2REBfFkg==',
  }));
  const start = performance.now();
  await digestManifest(sortedByPath(entries), 'md5');
  expect(performance.now() - start).toBeLessThan(10_000);
});

describe('a file', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wandb-fs-digests-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const bytes = Buffer.alloc(3_500_000, 'wandb-fs');
  const md5 = (part: Uint8Array, form: 'hex' | 'base64') => createHash('md5').update(part).digest(form);
  const fileOf = async (size: number): Promise<Source> => {
    const file = join(directory, 'content');
    await writeFile(file, bytes);
    return fileSource(file, size);
  };

  test.each([1_000_000, 1_048_576, 3_499_999, 3_500_000, 4_000_000])(
    'has digests of its parts of %i bytes, in the same pass',
    async (partBytes) => {
      const source = await fileOf(bytes.byteLength);
      const digests = await digestContent(source, { algorithm: 'md5', partBytes });
      const parts: string[] = [];
      for (let at = 0; at < bytes.byteLength; at += partBytes)
        parts.push(md5(bytes.subarray(at, at + partBytes), 'hex'));
      expect(digests).toEqual({ digest: md5(bytes, 'base64'), md5: md5(bytes, 'base64'), parts });
    },
  );

  test('has the same digests as its bytes', async () => {
    const options = { algorithm: 'xxh128', partBytes: null } as const;
    const source = await fileOf(bytes.byteLength);
    expect(await digestContent(source, options)).toEqual(
      await digestContent({ kind: 'bytes', bytes }, options),
    );
  });

  test('that has shrunk since is EIO', async () => {
    const failure = await digestContent(await fileOf(3_500_001), { algorithm: 'md5', partBytes: null }).catch(
      (error: unknown) => error,
    );
    expect(failure instanceof Failure && failure.code).toBe('EIO');
  });

  test('that was closed is EIO', async () => {
    const source: Source = { kind: 'file', fd: 2 ** 30, size: 3 };
    const failure = await digestContent(source, { algorithm: 'md5', partBytes: null }).catch(
      (error: unknown) => error,
    );
    expect(failure instanceof Failure && failure.code).toBe('EIO');
  });
});

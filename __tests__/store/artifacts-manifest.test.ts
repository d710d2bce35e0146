import fc from 'fast-check';
import type { Failure } from '../../src/contract/failure.js';
import { encodeFileName } from '../../src/contract/tree-path.js';
import { MOST_MANIFEST_BYTES, parseManifest } from '../../src/store/artifacts/manifest/format.js';
import { expectEqual } from '../helpers/equal.js';
import { bytesOf, FILE, manifestOf, parse, refusalOf, UNSAFE } from './helpers/manifests.js';

describe('a manifest', () => {
  test('tells of its files, and of where they are stored', () => {
    const { entries, layout, region } = parse(
      {
        'dir/b.txt': { ...FILE, local_path: '/home/somebody/b.txt', skip_cache: false },
        r: { digest: 'etag', ref: 's3://bucket/key', extra: { etag: '"etag"', versionID: '7' } },
      },
      { storagePolicyConfig: { storageLayout: 'V2', storageRegion: 'coreweave-us' } },
    );
    expect({ layout, region }).toEqual({ layout: 'V2', region: 'coreweave-us' });
    expect(entries.get('dir/b.txt')).toEqual({
      path: 'dir/b.txt',
      digest: FILE.digest,
      algorithm: 'md5',
      size: 5,
      ref: null,
      birthArtifactId: FILE.birthArtifactID,
      extra: {},
    });
    expect(entries.get('r')).toMatchObject({
      size: null,
      ref: 's3://bucket/key',
      extra: { etag: '"etag"', versionID: '7' },
    });
  });

  test('without a configuration is of layout V1, in the default region', () => {
    for (const others of [{}, { storagePolicyConfig: {} }, { storagePolicyConfig: null }]) {
      expect(parse({}, others)).toMatchObject({ layout: 'V1', region: 'default' });
    }
  });

  test('never tells what the uploader’s disk was like', () => {
    const { entries } = parse({ a: { ...FILE, local_path: '/home/somebody/secret' } });
    expect(JSON.stringify([...entries])).not.toContain('somebody');
  });

  test('says which digests are XXH128', () => {
    const { entries } = parse({ a: { ...FILE, extra: { alg: 'XXH128' } }, b: FILE });
    expect([...entries.values()].map(({ algorithm }) => algorithm)).toEqual(['xxh128', 'md5']);
  });

  test('knows directories by what lies below them', () => {
    const { isDirectory } = parse({ 'a/b/c': FILE, 'a.txt': FILE, 'a-b/x': FILE, d: FILE, 'd/e': FILE });
    const paths = ['a', 'a/b', 'a/b/c', 'a.txt', 'a-b', 'd', 'd/e', 'x', '', 'a/'];
    expect(paths.filter(isDirectory)).toEqual(['a', 'a/b', 'a-b', 'd']);
  });

  test('keeps a path that is a directory too: who lists it decides', () => {
    const { entries, isDirectory } = parse({ a: FILE, 'a/b': FILE });
    expect([[...entries.keys()], isDirectory('a')]).toEqual([['a', 'a/b'], true]);
  });

  test('takes sizes that old writers noted as text', () => {
    expect(parse({ r: { digest: 'x', ref: 'https://host/x', size: '12' } }).entries.get('r')?.size).toBe(12);
  });

  test('takes every name that the SDK takes', () => {
    const names = [
      '..a',
      'a..b',
      'a\\b',
      ' spaces ',
      'line\nbreak',
      '...',
      'a/..b',
      '😀',
      '100%',
      'a:b',
      'é',
      '%2E',
    ];
    // A letter and a colon are a drive.
    const taken = names.filter((name) => name !== 'a:b');
    expect([...parse(Object.fromEntries(taken.map((name) => [name, FILE]))).entries.keys()].sort()).toEqual(
      [...taken].sort(),
    );
  });

  test('takes the last of keys that stand twice', () => {
    const twice = `{"version":1,"contents":{"a":{"digest":"first","size":1},"a":{"digest":"last","size":2}}}`;
    expect(parseManifest(bytesOf(twice)).entries.get('a')).toMatchObject({ digest: 'last', size: 2 });
  });

  test('takes keys that mean something to JavaScript for names', () => {
    const text = `{"version":1,"contents":{"__proto__":{"digest":"x","size":1},"constructor":{"digest":"y","__proto__":{"ref":"s3://b"}}}}`;
    const { entries } = parseManifest(bytesOf(text));
    expect([...entries.keys()]).toEqual(['__proto__', 'constructor']);
    expect(entries.get('constructor')).toMatchObject({ digest: 'y', ref: null, size: null });
    expect(({} as { digest?: string }).digest).toBeUndefined();
  });
});

describe('a manifest is refused', () => {
  test.each(UNSAFE)('with an entry %j, which it names', (path) => {
    const { code, detail } = refusalOf(manifestOf({ 'good.txt': FILE, [path]: FILE }));
    expect(code).toBe('EPROTO');
    expect(detail).toContain(JSON.stringify(path));
  });

  test('with a path that no system can open, of which it quotes the beginning', () => {
    const { code, detail } = refusalOf(manifestOf({ ['x'.repeat(1024 * 1024)]: FILE }));
    expect(code).toBe('EPROTO');
    expect(detail?.length).toBeLessThan(400);
    expect(refusalOf(manifestOf({ ['é'.repeat(513)]: FILE })).code).toBe('EPROTO');
    const names = `${'é'.repeat(511)}/`.repeat(4);
    expect(refusalOf(manifestOf({ [`${names}12345`]: FILE })).code).toBe('EPROTO');
    expect(parse({ [`${names}1234`]: FILE }).entries.size).toBe(1);
  });

  test.each([
    ['not JSON', bytesOf('<html>')],
    ['nothing', bytesOf('')],
    ['cut short', manifestOf({ a: FILE }).subarray(0, 40)],
    ['not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
    ['nested without an end', bytesOf('['.repeat(2_000_000))],
    ['a list', bytesOf('[]')],
    ['null', bytesOf('null')],
    ['of version 2', bytesOf('{"version":2,"contents":{}}')],
    ['without a version', bytesOf('{"contents":{}}')],
    ['of version "1"', bytesOf('{"version":"1","contents":{}}')],
    ['without contents', bytesOf('{"version":1}')],
    ['with a list as contents', bytesOf('{"version":1,"contents":[]}')],
    [
      'of an unknown layout',
      bytesOf('{"version":1,"contents":{},"storagePolicyConfig":{"storageLayout":"V3"}}'),
    ],
  ])('when it is %s', (_, text) => {
    expect(refusalOf(text)).toMatchObject({ code: 'EPROTO' });
  });

  test.each([
    ['null', null],
    ['text', 'x'],
    ['no digest', { size: 1 }],
    ['a number as digest', { digest: 1 }],
    ['a negative size', { digest: 'x', size: -1 }],
    ['half a byte', { digest: 'x', size: 1.5 }],
    ['a size beyond all numbers', { digest: 'x', size: 2 ** 60 }],
    ['a list as reference', { digest: 'x', ref: [] }],
    ['a number as artifact', { digest: 'x', birthArtifactID: 1 }],
    ['text as extra', { digest: 'x', extra: 'x' }],
    ['an unknown digest', { digest: 'x', extra: { alg: 'CRC32' } }],
  ])('with %s as an entry', (_, value) => {
    const { code, detail } = refusalOf(manifestOf({ 'some/name': value }));
    expect([code, detail]).toEqual(['EPROTO', expect.stringContaining('"some/name"')]);
  });

  test('above its limit, with both sizes told', () => {
    // As large, yet it takes no memory: pages that were never written.
    const { code, detail } = refusalOf(new Uint8Array(MOST_MANIFEST_BYTES + 1));
    expect(code).toBe('EFBIG');
    expect(detail).toContain(String(MOST_MANIFEST_BYTES));
  });
});

test('a manifest weighs what its entries note beside, too', () => {
  const text = manifestOf({ a: { ...FILE, extra: { note: 'x'.repeat(1_000_000) } } });
  expect(parseManifest(text).weight).toBeGreaterThanOrEqual(1_000_000);
});

describe('any manifest', () => {
  const component = fc.oneof(
    fc.constantFrom('..', '.', '', 'a', 'C:', '\\', '..\\..', '\0', '%2E%2E', '%2F'),
    fc.string({ maxLength: 8 }),
  );
  const path = fc.array(component, { maxLength: 5 }).map((components) => components.join('/'));

  test('has no path that leaves its directory, whatever it names', () => {
    fc.assert(
      fc.property(path, (name) => {
        const parts = name.split(/[/\\]/);
        const isAnchored = parts[0] === '' || /^[a-z]:/i.test(name);
        if (isAnchored || parts.includes('..') || parts.every((part) => part === '' || part === '.')) {
          expectEqual(refusalOf(manifestOf({ [name]: FILE })).code, 'EPROTO');
          return;
        }
        const [found] = parseManifest(manifestOf({ [name]: FILE })).entries.keys();
        const components = encodeFileName(found ?? '').split('/');
        expectEqual(
          components.filter((each) => ['', '.', '..'].includes(each) || each.includes('\0')),
          [],
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('is read or refused, whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const text = bytesOf(`{"version":1,"contents":{"a":${json}}}`);
        try {
          expect(parseManifest(text).entries.has('a')).toBe(true);
        } catch (thrown) {
          expect((thrown as Failure).code).toBe('EPROTO');
        }
      }),
    );
  });

  test('of 200,000 files is read in a time that is like that of its JSON', () => {
    const contents = Object.fromEntries(
      Array.from({ length: 200_000 }, (_, index) => [`shard-${index % 500}/file-${index}.bin`, FILE]),
    );
    const text = manifestOf(contents);
    const took = (work: () => unknown): number => {
      const start = performance.now();
      work();
      return performance.now() - start;
    };
    const json = took(() => JSON.parse(Buffer.from(text).toString()));
    let manifest: ReturnType<typeof parseManifest> | undefined;
    expect(
      took(() => {
        manifest = parseManifest(text);
      }),
    ).toBeLessThan(json * 50);
    expect(manifest?.entries.size).toBe(200_000);
    expect([manifest?.isDirectory('shard-7'), manifest?.isDirectory('shard')]).toEqual([true, false]);
    expect(manifest?.weight).toBeLessThan(200_000 * 600);
  });

  test('of few paths with many components takes no more than it is long', () => {
    const contents = Object.fromEntries(
      Array.from({ length: 2000 }, (_, index) => [`${index}/${'a/'.repeat(2040)}x`, FILE]),
    );
    const start = performance.now();
    const { isDirectory } = parse(contents);
    expect(isDirectory(`7/${'a/'.repeat(1000)}a`)).toBe(true);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

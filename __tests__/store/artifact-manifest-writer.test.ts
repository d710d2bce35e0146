import { createHash } from 'node:crypto';
import { writeManifest } from '../../src/store/artifacts/manifest/writer.js';

type Entry = Parameters<typeof writeManifest>[0][number];

const entry = (path: string, about: Partial<Entry> = {}): Entry => ({
  path,
  digest: 'XUFAKrxLKna5cZ2REBfFkg==',
  size: 5,
  ref: null,
  birthArtifactId: 'QXJ0aWZhY3Q6MTA0',
  extra: {},
  ...about,
});

const textOf = (entries: readonly Entry[]): string => Buffer.from(writeManifest(entries).bytes).toString();

test('a manifest file is compact, its keys in the order of the core', () => {
  const head =
    '{"version":1,"storagePolicy":"wandb-storage-policy-v1","storagePolicyConfig":{"storageLayout":"V2"},"contents":';
  const file = '{"digest":"XUFAKrxLKna5cZ2REBfFkg==","size":5,"birthArtifactID":"QXJ0aWZhY3Q6MTA0"}';
  expect(textOf([])).toBe(`${head}{}}`);
  expect(textOf([entry('a.txt'), entry('dir/b.txt')])).toBe(`${head}{"a.txt":${file},"dir/b.txt":${file}}}`);
});

test('a reference has its address, and a size of 0 where nobody knows it', () => {
  const uri = 's3://bucket/key';
  const reference = entry('r', { digest: uri, ref: uri, size: null, birthArtifactId: null });
  expect(textOf([reference])).toContain(`"r":{"digest":"${uri}","ref":"${uri}","size":0}`);
});

test('what else an entry carries is kept', () => {
  expect(textOf([entry('a', { extra: { alg: 'XXH128', note: { z: 1 } } })])).toContain(
    '"extra":{"alg":"XXH128","note":{"z":1}}}',
  );
  expect(textOf([entry('a', { extra: {} })])).not.toContain('extra');
});

test('names that JavaScript treats specially are names like others, in their place', () => {
  const names = ['10', '9', '__proto__', 'a"b\n'];
  const { contents } = JSON.parse(textOf(names.map((name) => entry(name))));
  expect(Object.getOwnPropertyNames(contents).sort()).toEqual([...names].sort());
  expect(textOf(names.map((name) => entry(name)))).toMatch(/"10":.*"9":.*"__proto__":/);
});

test('its digest is the MD5 of its bytes', () => {
  const { bytes, digest } = writeManifest([entry('a')]);
  expect(digest).toBe(createHash('md5').update(bytes).digest('base64'));
});

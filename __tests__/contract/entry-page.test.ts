import { createHash } from 'node:crypto';
import type { Entry } from '../../src/contract/entry.js';
import { EntryPage } from '../../src/contract/entry-page.js';
import { treePath } from '../../src/contract/tree-path.js';

function file(name: string, more: Partial<Entry> = {}): Entry {
  const md5 = createHash('md5').update(name).digest('base64');
  return {
    path: treePath(`e/p/r/${name}`),
    kind: 'file',
    size: name.length,
    mtimeMs: 1_700_000_000_123,
    birthtimeMs: 1_600_000_000_456,
    version: `md5:${md5}`,
    md5,
    id: `id of ${name}`,
    isReadOnly: false,
    ...more,
  };
}

const crossed = (entries: readonly Entry[]): readonly Entry[] => [
  ...new EntryPage(structuredClone(EntryPage.of(entries).columns)),
];

test('entries are the same on the other side, in their order, whatever they are', () => {
  const entries = [
    file('of no row', { md5: null, version: 'row:3:2025', size: null }),
    file('a'),
    file('size unknown', { size: null }),
    file('日本語/ファイル.txt'),
    file('made here', { isReadOnly: true }),
    file('without id', { id: null }),
    file('odd id', { id: 'a\0b' }),
    file('empty id', { id: '' }),
    file('link', { kind: 'symlink', target: 'a' }),
    file('elsewhere', { refusal: 'not allowed', origin: treePath('e/p/x') }),
    file('other version', { version: 'xxh128:AAAAAAAAAAAAAAAAAAAAAA==' }),
    file('large', { size: 2 ** 48 }),
    file('untold', { isUntold: true }),
  ];
  expect(crossed(entries)).toEqual(entries);
  expect(crossed([...entries].reverse())).toEqual([...entries].reverse());
});

test.each([[[]], [[file('one')]], [[file('', { id: '' })]], [[file('link', { kind: 'symlink' })]]])(
  'few entries are, too',
  (entries) => {
    expect(crossed(entries)).toEqual(entries);
  },
);

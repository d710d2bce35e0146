import { treePath } from '../../src/contract/tree-path.js';
import { Scope } from '../../src/kernel/namespace/listing/scope.js';
import { runSync } from '../../src/kernel/operation/operation.js';
import type { DirectoryPages, Kernel } from '../../src/kernel/syscalls.js';
import { codeOf, mount } from './helpers/mount.js';

const FILES = Array.from({ length: 7 }, (_, index) => `${index}.txt`);

/** A run of seven files, in pages of two. */
function mountLarge(options?: Parameters<typeof mount>[0]) {
  const mounted = mount(options);
  for (const name of FILES) mounted.server.write(`e/p/r/${name}`, 'x');
  mounted.server.pageSize = 2;
  return mounted;
}

const open = (kernel: Kernel): DirectoryPages =>
  runSync((op) => kernel.opendir(op, treePath('e/p/r'), 'always'));

const read = (pages: DirectoryPages): string[] | null =>
  runSync((op) => pages.next(op))?.map(({ name }) => name) ?? null;

function rest(pages: DirectoryPages): string[] {
  const names: string[] = [];
  for (let page = read(pages); page !== null; page = read(pages)) names.push(...page);
  return names;
}

test('a directory is read page by page, and known when it was read to its end', () => {
  const { kernel, remote, names } = mountLarge();
  const pages = open(kernel);
  expect([read(pages), read(pages), read(pages)]).toEqual([
    ['0.txt', '1.txt'],
    ['2.txt', '3.txt'],
    ['4.txt', '5.txt'],
  ]);
  expect(rest(pages)).toEqual(['6.txt']);
  expect(read(pages)).toBeNull();
  remote.log.length = 0;
  expect(names('e/p/r')).toEqual(FILES);
  expect(codeOf(() => runSync((op) => kernel.stat(op, treePath('e/p/r/none'))))).toBe('ENOENT');
  expect(remote.log).toEqual([]);
});

test('what the server lost meanwhile is gone when the directory was read to its end', () => {
  const { kernel, server, clock, names } = mountLarge();
  expect(names('e/p/r')).toEqual(FILES);
  clock.now += 30_001;
  server.delete('e/p/r/3.txt');
  expect(rest(open(kernel)).sort()).toEqual(FILES.filter((name) => name !== '3.txt'));
  expect(names('e/p/r')).not.toContain('3.txt');
});

test('what was made here while pages came slowly stays', () => {
  const { kernel, server, remote, clock, writeFile, names } = mountLarge({ listingTtl: 300_000 });
  const pages = open(kernel);
  expect(read(pages)).toEqual(['0.txt', '1.txt']);
  expect(read(pages)).toEqual(['2.txt', '3.txt']);
  writeFile('e/p/r/0-new.txt', 'new');
  remote.settle();
  server.finalise('e/p/r/0-new.txt');
  // All that is known of the change has settled; the pages before are from before it.
  clock.now += 61_000;
  writeFile('e/p/r/8.txt', 'another');
  remote.settle();
  expect(rest(pages)).toEqual(expect.arrayContaining(['8.txt']));
  expect(names('e/p/r')).toEqual(['0-new.txt', ...FILES, '8.txt'].sort());
});

test('a page that was asked for later outlasts the end of a reading that began before', () => {
  const { kernel, server, remote, writeFile, names } = mountLarge();
  const slow = open(kernel);
  expect([read(slow), read(slow)]).toEqual([
    ['0.txt', '1.txt'],
    ['2.txt', '3.txt'],
  ]);
  writeFile('e/p/r/0-mine.txt', 'mine');
  remote.settle();
  server.finalise('e/p/r/0-mine.txt');
  server.write('e/p/r/0-theirs.txt', 'theirs');
  const other = open(kernel);
  for (let page = read(other); !page?.includes('0-theirs.txt'); page = read(other))
    expect(page).not.toBeNull();
  rest(slow);
  expect(names('e/p/r')).toEqual(['0-mine.txt', '0-theirs.txt', ...FILES].sort());
});

test.each([
  ['where a look-up has brought a newer part of the listing', 30_001],
  ['where pages came slowly', 61_000],
])('what was sent while a directory was read is shown, %s', (_, age) => {
  const { kernel, server, remote, clock, writeFile, names } = mountLarge();
  expect(names('e/p/r')).toEqual(FILES);
  clock.now += age;
  const pages = open(kernel);
  expect([read(pages), read(pages)]).toEqual([
    ['0.txt', '1.txt'],
    ['2.txt', '3.txt'],
  ]);
  writeFile('e/p/r/0-new.txt', 'new');
  remote.settle();
  server.finalise('e/p/r/0-new.txt');
  clock.now += age;
  expect(codeOf(() => runSync((op) => kernel.stat(op, treePath('e/p/r/none'))))).toBe('ENOENT');
  expect(rest(pages).sort()).toEqual(['0-new.txt', '4.txt', '5.txt', '6.txt']);
});

test('who removes what a page shows, and reads on, misses none: a server that counts rows leaves some out', () => {
  const { kernel, remote, names } = mountLarge();
  const pages = open(kernel);
  const seen: string[] = [];
  for (let page = read(pages); page !== null; page = read(pages)) {
    for (const name of page) {
      seen.push(name);
      runSync((op) => kernel.unlink(op, treePath(`e/p/r/${name}`)));
      remote.settle();
    }
  }
  expect(seen.sort()).toEqual(FILES);
  expect(names('e/p/r')).toEqual([]);
});

test('what a removal has pages leave out is neither missed nor gone', () => {
  const { kernel, remote, names } = mountLarge();
  const pages = open(kernel);
  expect(read(pages)).toEqual(['0.txt', '1.txt']);
  runSync((op) => kernel.unlink(op, treePath('e/p/r/0.txt')));
  remote.settle();
  expect(rest(pages).sort()).toEqual(FILES.slice(2));
  expect(names('e/p/r')).toEqual(FILES.slice(1));
});

test('nothing is asked for an open directory when its filesystem is closed', () => {
  const { kernel, remote, sync } = mountLarge();
  const pages = open(kernel);
  read(pages);
  sync((op) => kernel.shutdown(op));
  remote.log.length = 0;
  expect(codeOf(() => rest(pages))).toBe('EBADF');
  expect(remote.log).toEqual([]);
});

test('a server whose pages have no end isn’t listened to for ever', () => {
  const { kernel, server } = mountLarge();
  server.page = (path) => ({ entries: server.filesOf(path).slice(0, 2), rows: 2, next: 'again' });
  const pages = open(kernel);
  expect(codeOf(() => rest(pages))).toBe('EPROTO');
});

test('each page is merged when it comes, and none once more behind the last one', () => {
  const { kernel } = mountLarge();
  const merged = jest.spyOn(Scope.prototype, 'mergeRows');
  try {
    const pages = open(kernel);
    const counts = (): number[] => merged.mock.calls.map(([page]) => page.count).filter((count) => count > 0);
    expect(rest(pages)).toHaveLength(FILES.length);
    // The first one came with the look-up, too.
    expect(counts()).toEqual([2, 2, 2, 2, 1]);
  } finally {
    merged.mockRestore();
  }
});

import { treePath } from '../../../src/contract/tree-path.js';
import { mount } from '../helpers/mount.js';

const TTL = 10;

/** A run with a directory, all of it listed. */
function listed() {
  const mounted = mount({ listingTtl: TTL });
  const { server, sync, kernel, clock } = mounted;
  server.bornAt = clock.now;
  server.write('e/p/r/dir/file', 'text');
  const timeOf = (path: string): number => sync((op) => kernel.stat(op, treePath(path))).mtimeMs;
  const told = timeOf('e/p/r/dir');
  mounted.names('e/p/r/dir');
  clock.now += 1000;
  return { ...mounted, timeOf, told };
}

test('what a listing tells first moves no time', () => {
  const { timeOf, told, names } = listed();
  expect(names('e/p/r/dir')).toEqual(['file']);
  expect(timeOf('e/p/r/dir')).toBe(told);
});

type Listed = ReturnType<typeof listed>;

const CHANGES: Readonly<Record<string, (mounted: Listed) => void>> = {
  'a file is made': ({ writeFile }) => writeFile('e/p/r/dir/new', 'x'),
  'a directory is made': ({ sync, kernel }) =>
    sync((op) => kernel.mkdir(op, treePath('e/p/r/dir/new'), 0o777)),
  'a file is removed': ({ sync, kernel }) => sync((op) => kernel.unlink(op, treePath('e/p/r/dir/file'))),
  'a file leaves': ({ sync, kernel }) =>
    sync((op) => kernel.rename(op, treePath('e/p/r/dir/file'), treePath('e/p/r/file'))),
  'somebody else makes a file': ({ server }) => server.write('e/p/r/dir/new', 'x'),
  'somebody else removes a file': ({ server }) => {
    server.write('e/p/r/dir/other', 'x');
    server.delete('e/p/r/dir/file');
  },
};

test.each(Object.entries(CHANGES))('the time of a directory moves when %s', (_title, change) => {
  const mounted = listed();
  change(mounted);
  mounted.names('e/p/r/dir');
  const { clock, timeOf } = mounted;
  expect(timeOf('e/p/r/dir')).toBe(clock.now);
  const moved = clock.now;
  clock.now += 1000;
  mounted.names('e/p/r/dir');
  expect(timeOf('e/p/r/dir')).toBe(moved);
});

test('neither a rewritten file nor what is made further down moves it', () => {
  const { server, writeFile, clock, names, timeOf, told, sync, kernel } = listed();
  writeFile('e/p/r/dir/file', 'other');
  server.write('e/p/r/dir/file', 'foreign');
  clock.now += 1000;
  names('e/p/r/dir');
  expect(timeOf('e/p/r/dir')).toBe(told);
  sync((op) => kernel.mkdir(op, treePath('e/p/r/dir/sub'), 0o777));
  const moved = clock.now;
  clock.now += 1000;
  writeFile('e/p/r/dir/sub/new', 'x');
  expect(timeOf('e/p/r/dir')).toBe(moved);
  expect(timeOf('e/p/r/dir/sub')).toBe(clock.now);
});

test('times that a caller sets count until the next change', () => {
  const { writeFile, clock, timeOf, sync, kernel } = listed();
  writeFile('e/p/r/dir/one', 'x');
  sync((op) => kernel.utimes(op, treePath('e/p/r/dir'), 1, 2e12));
  expect(timeOf('e/p/r/dir')).toBe(2e12);
  writeFile('e/p/r/dir/two', 'x');
  expect(timeOf('e/p/r/dir')).toBe(clock.now);
  expect(sync((op) => kernel.stat(op, treePath('e/p/r/dir')))).toMatchObject({
    atimeMs: 1,
    ctimeMs: clock.now,
  });
});

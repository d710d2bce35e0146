import { constants } from 'node:fs';
import { type TreePath, treePath } from '../../../../src/contract/tree-path.js';
import { codeOf, type Mount, mount, turn } from '../../helpers/mount.js';

const FILE = treePath('e/p/r/f');

const whole = ({ sync, kernel }: Mount, path: TreePath = FILE, isOwned = true): string | null =>
  sync((op) => kernel.readWhole(op, path, isOwned))?.toString() ?? null;

test('a small file that is here is read at once, by one look at its page', () => {
  const mounted = mount();
  mounted.server.write(FILE, 'text');
  expect(whole(mounted)).toBeNull();
  mounted.readFile(FILE);
  const { pageHits = 0, downloads } = mounted.kernel.counters();
  const before = mounted.remote.log.length;
  expect([whole(mounted), whole(mounted, FILE, false)]).toEqual(['text', 'text']);
  expect(mounted.kernel.counters()).toMatchObject({ pageHits: pageHits + 2, downloads });
  expect(mounted.remote.log).toHaveLength(before);
});

test('whoever changes what he was given changes it for nobody else', () => {
  const mounted = mount();
  const { sync, kernel, readFile, server } = mounted;
  server.write(FILE, 'text');
  readFile(FILE);
  const bytes = sync((op) => kernel.readWhole(op, FILE, true));
  expect(bytes?.buffer.byteLength).toBe(4);
  bytes?.fill('x');
  expect(whole(mounted)).toBe('text');
});

test('what was changed here is read as it is now, by whomever it is open', () => {
  const mounted = mount();
  const { sync, kernel, writeFile } = mounted;
  for (const text of ['first', 'a longer second', '']) {
    writeFile(FILE, text);
    expect(whole(mounted)).toBe(text);
  }
  const fd = sync((op) => kernel.open(op, FILE, constants.O_RDWR, 0));
  sync((op) => kernel.write(op, fd, Buffer.from('open'), 0));
  expect(whole(mounted)).toBe('open');
  sync((op) => kernel.ftruncate(op, fd, 2));
  expect(whole(mounted)).toBe('op');
  sync((op) => kernel.close(op, fd));
  expect(whole(mounted)).toBe('op');
});

test('what needs more than a look has to be opened', async () => {
  const mounted = mount({ blockBytes: 8, cacheBytes: 4096 });
  const { sync, kernel, readFile, writeFile, server, remote } = mounted;
  server.write('e/p/r/longer', '123456789');
  readFile('e/p/r/longer');
  // On the disk.
  writeFile('e/p/r/spooled', 'x'.repeat(1024));
  for (const path of ['e/p/r/longer', 'e/p/r/spooled', 'e/p/r'])
    expect([path, whole(mounted, treePath(path))]).toEqual([path, null]);
  await turn();
  remote.settle();
  sync((op) => kernel.shutdown(op));
});

test('what somebody else has rewritten is not what was read', () => {
  const mounted = mount();
  const { clock, readFile, server } = mounted;
  server.write(FILE, 'text');
  readFile(FILE);
  server.write(FILE, 'newer');
  clock.now += 60_000;
  expect(whole(mounted)).toBeNull();
  readFile(FILE);
  expect(whole(mounted)).toBe('newer');
});

test('it fails as open does', () => {
  const mounted = mount();
  const { kernel, sync, server, readFile } = mounted;
  server.write(FILE, 'text');
  readFile(FILE);
  for (const path of ['e/p/r/none', 'e/p/r/f/below', 'e/p/r/f/', 'e/p/none/f']) {
    const opened = codeOf(() => sync((op) => kernel.open(op, treePath(path), constants.O_RDONLY, 0)));
    expect([path, codeOf(() => whole(mounted, treePath(path)))]).toEqual([path, opened]);
  }
});

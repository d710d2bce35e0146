import { constants } from 'node:fs';
import { treePath } from '../../src/contract/tree-path.js';
import { codeOf, mount, outcome, readAll, turn } from './helpers/mount.js';

const { O_APPEND, O_RDONLY, O_RDWR, O_WRONLY } = constants;
const FILE = 'e/p/r/f';

test('a directory that became a file elsewhere is read as one', () => {
  const { server, clock, names, readFile } = mount({ listingTtl: 10 });
  server.write('e/p/r/a/b', 'below');
  expect(names('e/p/r/a')).toEqual(['b']);
  server.delete('e/p/r/a/b');
  server.write('e/p/r/a', 'text');
  clock.now += 100;
  expect(readFile('e/p/r/a')).toBe('text');
});

test('and still is after several listings', () => {
  const { server, clock, names, sync, kernel } = mount({ listingTtl: 10 });
  server.write('e/p/r/a/b', 'below');
  expect(names('e/p/r/a')).toEqual(['b']);
  server.delete('e/p/r/a/b');
  server.write('e/p/r/a', 'text');
  for (let i = 0; i < 3; i++) {
    clock.now += 100;
    names('e/p/r');
  }
  expect(sync((op) => kernel.stat(op, treePath('e/p/r/a'))).kind).toBe('file');
});

test('a run that was removed elsewhere while it holds unsent content answers without asking again and again', () => {
  const { kernel, remote, server, clock, sync, writeFile } = mount({ listingTtl: 10 });
  writeFile(FILE, 'mine');
  server.units.delete('e/p/r');
  server.units.add('e/p/other');
  clock.now += 100;
  remote.log.length = 0;
  expect(codeOf(() => sync((op) => kernel.stat(op, treePath('e/p/r/other'))))).toBe('ENOENT');
  expect(remote.log.length).toBeLessThan(5);
});

test('so does one that holds a local directory only', () => {
  const { kernel, remote, server, clock, sync } = mount({ listingTtl: 10 });
  sync((op) => kernel.mkdir(op, treePath('e/p/r/d'), 0o777));
  server.units.delete('e/p/r');
  server.units.add('e/p/other');
  clock.now += 100;
  remote.log.length = 0;
  expect(codeOf(() => sync((op) => kernel.stat(op, treePath('e/p/r/other'))))).toBe('ENOENT');
  expect(remote.log.length).toBeLessThan(5);
});

test('what is written through an fd after a foreign rewrite was listed is sent: the last writer wins', () => {
  const { kernel, remote, server, clock, sync, names } = mount({ listingTtl: 10 });
  server.write(FILE, 'old');
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDWR | O_APPEND, 0));
  server.write(FILE, 'foreign');
  clock.now += 100;
  names('e/p/r');
  const codes = [
    codeOf(() => sync((op) => kernel.ftruncate(op, fd, 0))),
    codeOf(() => sync((op) => kernel.write(op, fd, Buffer.from('mine'), null))),
    codeOf(() => sync((op) => kernel.fsync(op, fd))),
  ];
  sync((op) => kernel.close(op, fd));
  remote.settle();
  // last writer wins, or an error tells it
  expect({ codes, text: server.text(FILE) }).not.toEqual({
    codes: ['success', 'success', 'success'],
    text: 'foreign',
  });
});

test('so is what is written after a foreign removal was listed', () => {
  const { kernel, remote, server, clock, sync, names } = mount({ listingTtl: 10 });
  server.write(FILE, 'old');
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_WRONLY, 0));
  server.delete(FILE);
  clock.now += 100;
  names('e/p/r');
  const codes = [
    codeOf(() => sync((op) => kernel.ftruncate(op, fd, 0))),
    codeOf(() => sync((op) => kernel.write(op, fd, Buffer.from('mine'), null))),
    codeOf(() => sync((op) => kernel.fsync(op, fd))),
  ];
  sync((op) => kernel.close(op, fd));
  remote.settle();
  expect({ codes, text: server.text(FILE) }).not.toEqual({
    codes: ['success', 'success', 'success'],
    text: undefined,
  });
});

test('a write into a run that was removed elsewhere says so, and nothing is uploaded', () => {
  const { kernel, remote, server, clock, sync, names } = mount({ listingTtl: 10 });
  server.write(FILE, 'old');
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_WRONLY, 0));
  server.delete(FILE);
  server.units.delete('e/p/r');
  server.units.add('e/p/other');
  clock.now += 100;
  expect(names('e/p')).toEqual(['other']);
  expect(codeOf(() => sync((op) => kernel.ftruncate(op, fd, 0)))).toBe('ESTALE');
  expect(codeOf(() => sync((op) => kernel.write(op, fd, Buffer.from('mine'), null)))).toBe('ESTALE');
  sync((op) => kernel.close(op, fd));
  expect(remote.steps().map(({ name }) => name)).toEqual([]);
});

test('a handle that turned to a new version writes to it', () => {
  const { kernel, server, clock, sync } = mount();
  server.write(FILE, 'old');
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDWR, 0));
  server.write(FILE, 'foreign');
  clock.now += 1;
  sync((op) => kernel.write(op, fd, Buffer.from('MINE'), 0));
  const reader = sync((op) => kernel.open(op, treePath(FILE), O_RDONLY, 0));
  sync((op) => kernel.close(op, fd));
  sync((op) => kernel.flush(op));
  expect(server.text(FILE)).toBe('MINEign');
  sync((op) => kernel.close(op, reader));
});

test('a listing that overtakes the reply of a directory rename does not empty the directory', async () => {
  const { kernel, remote, server, clock, async: later, names, readFile } = mount({ listingTtl: 10 });
  server.write('e/p/r/d/x', 'text');
  expect(names('e/p/r/d')).toEqual(['x']);
  const renamed = outcome(later((op) => kernel.rename(op, treePath('e/p/r/d'), treePath('e/p/r/e'))));
  await turn();
  // The server has done it; its answer to the rename is slower than its answer to a listing.
  const bytes = server.bytes.get('e/p/r/d/x') ?? Buffer.alloc(0);
  server.delete('e/p/r/d/x');
  server.write('e/p/r/e/x', 'text');
  clock.now += 100;
  expect(remote.steps().map(({ name }) => name)).toEqual(['move e/p/r/d/x e/p/r/e/x']);
  remote.choose = (count) => count - 1;
  expect(names('e/p/r')).toContain('e');
  server.bytes.set('e/p/r/d/x', bytes);
  remote.run('move e/p/r/d/x e/p/r/e/x');
  remote.settle();
  await renamed;
  expect(names('e/p/r/e')).toEqual(['x']);
  expect(readFile('e/p/r/e/x')).toBe('text');
});

test('a dirty file that was removed elsewhere is sent by fsync', () => {
  const { kernel, server, clock, sync, names } = mount({ listingTtl: 10 });
  server.write(FILE, 'old');
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDWR, 0));
  sync((op) => kernel.write(op, fd, Buffer.from('MINE'), 0));
  server.delete(FILE);
  clock.now += 100;
  names('e/p/r');
  sync((op) => kernel.fsync(op, fd));
  expect(server.text(FILE)).toBe('MINE');
  expect(readAll(kernel, sync, fd)).toBe('MINE');
});

test('a file open here that became a directory elsewhere gives way to it', () => {
  const { kernel, server, clock, sync, names, readFile } = mount({ listingTtl: 10 });
  server.write('e/p/r/a', 'file');
  const fd = sync((op) => kernel.open(op, treePath('e/p/r/a'), O_RDONLY, 0));
  server.delete('e/p/r/a');
  server.write('e/p/r/a/b', 'below');
  clock.now += 100;
  names('e/p/r');
  expect(readFile('e/p/r/a/b')).toBe('below');
  sync((op) => kernel.close(op, fd));
});

test('content written after a failed rename is sent', () => {
  const { kernel, remote, server, sync, writeFile } = mount();
  void remote;
  server.write(FILE, 'old');
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDWR, 0));
  server.delete(FILE);
  expect(codeOf(() => sync((op) => kernel.rename(op, treePath(FILE), treePath('e/p/r/g'))))).toBe('ENOENT');
  sync((op) => kernel.ftruncate(op, fd, 0));
  sync((op) => kernel.write(op, fd, Buffer.from('n'), 0));
  sync((op) => kernel.close(op, fd));
  sync((op) => kernel.flush(op));
  expect(server.text(FILE)).toBe('n');
  void writeFile;
});

test('a file that is rewritten again and again is read as one of its versions', () => {
  const { kernel, remote, server, clock, sync } = mount();
  server.write(FILE, 'version 0');
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDWR, 0));
  let left = 5;
  remote.onBlockedStep = () => {
    // Each time the listing has come, and the content hasn't.
    if (left > 0 && remote.steps().some(({ name }) => name === `read ${FILE}`)) {
      clock.now++;
      server.write(FILE, `version ${left--}`);
    }
  };
  expect(readAll(kernel, sync, fd)).toBe('version 1');
});

test('new bytes behind a listing that lags are read as what they are, if the storage vouches for them', () => {
  const { remote, server, names, readFile } = mount({ listingTtl: 10 });
  server.write(FILE, 'old');
  expect(names('e/p/r')).toEqual(['f']);
  server.isLagging = true;
  server.store(FILE, Buffer.from('new, and longer'));
  expect(readFile(FILE)).toBe('new, and longer');
  remote.log.length = 0;
  expect(readFile(FILE)).toBe('new, and longer');
  expect(remote.log).toEqual([]);
  server.finalise(FILE);
  expect(readFile(FILE)).toBe('new, and longer');
});

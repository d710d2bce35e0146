import { constants } from 'node:fs';
import { treePath } from '../../src/contract/tree-path.js';
import { codeOf, mount, outcome, turn } from './helpers/mount.js';

const { O_CREAT, O_RDWR, O_SYNC, O_WRONLY } = constants;
const RUN = 'e/p/r';
const FILE = 'e/p/r/f';

test('through: a failing upload fails the close, fd is closed, content is kept and goes at next flush', () => {
  const { kernel, remote, server, sync, readFile } = mount({ writeback: 'through' });
  remote.failingPuts.set(FILE, 1);
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_WRONLY | O_CREAT, 0o666));
  sync((op) => kernel.write(op, fd, Buffer.from('x'), null));
  expect(codeOf(() => sync((op) => kernel.close(op, fd)))).toBe('EIO');
  expect(codeOf(() => sync((op) => kernel.close(op, fd)))).toBe('EBADF');
  expect(readFile(FILE)).toBe('x');
  sync((op) => kernel.flush(op));
  expect(server.text(FILE)).toBe('x');
});

test('fsync fails, then succeeds', () => {
  const { kernel, remote, server, sync } = mount();
  remote.failingPuts.set(FILE, 1);
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_WRONLY | O_CREAT, 0o666));
  sync((op) => kernel.write(op, fd, Buffer.from('x'), null));
  expect(codeOf(() => sync((op) => kernel.fsync(op, fd)))).toBe('EIO');
  sync((op) => kernel.fsync(op, fd));
  expect(server.text(FILE)).toBe('x');
});

test('O_SYNC close waits', () => {
  const { kernel, server, sync } = mount();
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_WRONLY | O_CREAT | O_SYNC, 0o666));
  sync((op) => kernel.write(op, fd, Buffer.from('x'), null));
  sync((op) => kernel.close(op, fd));
  expect(server.text(FILE)).toBe('x');
});

test('a failed rmdir of a run releases its locks, keeps all', () => {
  const { kernel, server, sync, readFile, writeFile } = mount();
  server.write(FILE, 'x');
  expect(codeOf(() => sync((op) => kernel.removeTree(op, treePath(RUN))))).toBe('EPERM');
  expect(readFile(FILE)).toBe('x');
  writeFile(`${RUN}/g`, 'y');
  expect(codeOf(() => sync((op) => kernel.rmdir(op, treePath(RUN))))).toBe('ENOTEMPTY');
});

test('a just made run survives a listing that lags', () => {
  const { kernel, remote, server, sync, clock } = mount({ listingTtl: 10 });
  sync((op) => kernel.mkdir(op, treePath('e/p/new'), 0o777));
  server.units.delete('e/p/new');
  clock.now += 100;
  expect(codeOf(() => sync((op) => kernel.stat(op, treePath('e/p/new'))))).toBe('success');
  void remote;
});

test('a file unlinked after a rename over a queued one stays gone', () => {
  const { kernel, remote, server, sync, writeFile } = mount();
  writeFile(FILE, 'old');
  const fd = sync((op) => kernel.open(op, treePath('e/p/r/tmp'), O_WRONLY | O_CREAT, 0o666));
  sync((op) => kernel.write(op, fd, Buffer.from('new'), null));
  sync((op) => kernel.rename(op, treePath('e/p/r/tmp'), treePath(FILE)));
  sync((op) => kernel.unlink(op, treePath(FILE)));
  sync((op) => kernel.close(op, fd));
  sync((op) => kernel.flush(op));
  remote.settle();
  expect([...server.bytes.keys()]).toEqual([]);
});

test('a writer of a replaced file changes nothing under its former name', () => {
  const { kernel, remote, server, sync, writeFile, readFile } = mount();
  writeFile(FILE, 'target');
  remote.run(`send ${FILE}`);
  const old = sync((op) => kernel.open(op, treePath(FILE), O_RDWR, 0));
  writeFile('e/p/r/tmp', 'new');
  sync((op) => kernel.rename(op, treePath('e/p/r/tmp'), treePath(FILE)));
  sync((op) => kernel.write(op, old, Buffer.from('ghost'), 0));
  sync((op) => kernel.close(op, old));
  sync((op) => kernel.flush(op));
  remote.settle();
  expect(readFile(FILE)).toBe('new');
  expect(server.text(FILE)).toBe('new');
  expect([...server.bytes.keys()]).toEqual([FILE]);
});

test('a removed tree with queued and open files leaves nothing behind', () => {
  const { kernel, remote, server, sync, writeFile, names } = mount();
  sync((op) => kernel.mkdir(op, treePath('e/p/r/d'), 0o777));
  writeFile('e/p/r/d/a', 'a');
  remote.run('send e/p/r/d/a');
  writeFile('e/p/r/d/b', 'b');
  const fd = sync((op) => kernel.open(op, treePath('e/p/r/d/c'), O_WRONLY | O_CREAT, 0o666));
  sync((op) => kernel.write(op, fd, Buffer.from('c'), null));
  sync((op) => kernel.removeTree(op, treePath('e/p/r/d')));
  sync((op) => kernel.write(op, fd, Buffer.from('c'), null));
  sync((op) => kernel.close(op, fd));
  sync((op) => kernel.flush(op));
  remote.settle();
  expect([...server.bytes.keys()]).toEqual([]);
  expect(names('e/p/r')).toEqual([]);
  expect(kernel.counters()).toMatchObject({ dirty: 0, overlayBytes: 0 });
});

test('a flush after the end is EBADF', () => {
  const { kernel, sync } = mount();
  sync((op) => kernel.shutdown(op));
  expect(codeOf(() => sync((op) => kernel.flush(op)))).not.toBe('success');
});

test('what is acknowledged while the filesystem shuts down is sent, too', async () => {
  const { kernel, remote, server, async: later, writeFile } = mount();
  writeFile(FILE, 'first');
  const down = outcome(later((op) => kernel.shutdown(op)));
  await turn();
  writeFile('e/p/r/g', 'second');
  for (let round = 0; round < 6; round++) {
    remote.settle();
    await turn();
  }
  expect(await down).toBe('done');
  expect(server.text('e/p/r/g')).toBe('second');
});

test('an fs that can not send what it holds does not shut down, and can be asked again', () => {
  const { kernel, remote, server, sync, writeFile } = mount();
  remote.failingPuts.set(FILE, 1);
  writeFile(FILE, 'text');
  expect(codeOf(() => sync((op) => kernel.shutdown(op)))).toBe('EIO');
  sync((op) => kernel.shutdown(op));
  expect(server.text(FILE)).toBe('text');
  expect(codeOf(() => sync((op) => kernel.stat(op, treePath(FILE))))).toBe('EBADF');
});

test('who waited for a change that failed checks again', async () => {
  const { kernel, remote, server, async: later, names } = mount();
  server.write(FILE, 'text');
  names('e/p/r');
  const removed = outcome(later((op) => kernel.removeTree(op, treePath('e/p/r'))));
  await turn();
  const opened = outcome(later((op) => kernel.open(op, treePath(FILE), O_WRONLY, 0)));
  const unlinked = outcome(later((op) => kernel.unlink(op, treePath(FILE))));
  for (let round = 0; round < 6; round++) {
    await turn();
    remote.settle();
  }
  expect(await removed).toBe('EPERM');
  expect(typeof (await opened)).toBe('number');
  expect(await unlinked).toBe('done');
});

test('a still open file that replaced a queued one can be renamed again', () => {
  const { kernel, remote, server, sync, writeFile, readFile } = mount();
  writeFile(FILE, 'old');
  const fd = sync((op) => kernel.open(op, treePath('e/p/r/tmp'), O_WRONLY | O_CREAT, 0o666));
  sync((op) => kernel.write(op, fd, Buffer.from('new'), null));
  sync((op) => kernel.rename(op, treePath('e/p/r/tmp'), treePath(FILE)));
  sync((op) => kernel.rename(op, treePath(FILE), treePath('e/p/r/g')));
  sync((op) => kernel.close(op, fd));
  sync((op) => kernel.flush(op));
  remote.settle();
  expect(readFile('e/p/r/g')).toBe('new');
  expect([...server.bytes].map(([path]) => [path, server.text(path)])).toEqual([['e/p/r/g', 'new']]);
});

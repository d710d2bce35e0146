import { constants } from 'node:fs';
import { treePath } from '../../src/contract/tree-path.js';
import { codeOf, mount, outcome, readAll, turn } from './helpers/mount.js';

const { O_APPEND, O_CREAT, O_RDONLY, O_RDWR, O_TRUNC } = constants;
const FILE = 'e/p/r/f';

test('a caller that comes after a cancelled load is not cancelled with it', async () => {
  const { kernel, remote, server, sync, async: later } = mount();
  server.write(FILE, 'text');
  const [a, b] = [1, 2].map(() => sync((op) => kernel.open(op, treePath(FILE), O_RDONLY, 0))) as [
    number,
    number,
  ];
  const leaving = new AbortController();
  const first = outcome(later((op) => kernel.read(op, a, Buffer.alloc(4), 0), leaving.signal));
  await turn();
  leaving.abort();
  expect(await first).toBe('ECANCELED');
  const second = outcome(later((op) => kernel.read(op, b, Buffer.alloc(4), 0)));
  for (let i = 0; i < 4; i++) {
    await turn();
    remote.settle();
  }
  expect(await second).toBe(4);
});

test('two reads of one block are one request, however far one of them reads ahead', async () => {
  const { kernel, remote, server, sync, async: later } = mount({ blockBytes: 16, cacheBytes: 1024 });
  server.write(FILE, 'x'.repeat(160));
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDONLY, 0));
  const both = Promise.all([0, 4].map((at) => later((op) => kernel.read(op, fd, Buffer.alloc(4), at))));
  for (let i = 0; i < 4; i++) {
    await turn();
    remote.settle();
  }
  await both;
  expect(remote.log.filter((each) => each === 'read')).toHaveLength(1);
});

test('a positional write of an appending fd leaves its position alone', () => {
  const { kernel, sync } = mount();
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDWR | O_CREAT | O_APPEND, 0o666));
  sync((op) => kernel.write(op, fd, Buffer.from('abcd'), 0));
  expect(readAll(kernel, sync, fd)).toBe('abcd');
});

test('concurrent reads at the position take turns', async () => {
  const { kernel, remote, server, sync, async: later } = mount();
  server.write(FILE, 'abcdefgh');
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDONLY, 0));
  const [a, b] = [Buffer.alloc(4), Buffer.alloc(4)];
  const both = Promise.all([a, b].map((buffer) => outcome(later((op) => kernel.read(op, fd, buffer, null)))));
  for (let i = 0; i < 4; i++) {
    await turn();
    remote.settle();
  }
  await both;
  expect([a.toString(), b.toString()].sort()).toEqual(['abcd', 'efgh']);
});

test('a cache of one block holds one block', () => {
  const { kernel, remote, server, sync } = mount({ blockBytes: 1024, cacheBytes: 1024 });
  server.write(FILE, 'x'.repeat(1024));
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDONLY, 0));
  for (let i = 0; i < 4; i++) sync((op) => kernel.read(op, fd, Buffer.alloc(16), null));
  expect(remote.log.filter((each) => each === 'read')).toHaveLength(1);
});

test('a refresh reaches names in a large run', () => {
  const { kernel, server, sync } = mount();
  server.pageSize = 1;
  for (const name of ['a', 'b', 'c', 'd/y']) server.write(`e/p/r/${name}`, 'x');
  expect(codeOf(() => sync((op) => kernel.stat(op, treePath('e/p/r/d/x'))))).toBe('ENOENT');
  server.write('e/p/r/d/x', 'new');
  kernel.refresh(treePath('e/p/r/d'));
  expect(codeOf(() => sync((op) => kernel.stat(op, treePath('e/p/r/d/x'))))).toBe('success');
});

test('O_RDONLY with O_TRUNC truncates, as on Linux', () => {
  const { kernel, server, sync, readFile } = mount();
  server.write(FILE, 'text');
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDONLY | O_TRUNC, 0));
  sync((op) => kernel.close(op, fd));
  expect(readFile(FILE)).toBe('');
});

test('a run just made costs no request to stat or to write to', () => {
  const { kernel, remote, sync, writeFile } = mount();
  sync((op) => kernel.mkdir(op, treePath('e/p/new'), 0o777));
  remote.log.length = 0;
  sync((op) => kernel.stat(op, treePath('e/p/new')));
  writeFile('e/p/new/f', 'x');
  expect(remote.log).toEqual([]);
});

test('a file of unknown size shows 0 until it was read', () => {
  const { kernel, server, sync, readFile } = mount({ blockBytes: 16, cacheBytes: 64 });
  server.write(FILE, 'x'.repeat(40));
  const real = server.entryFor.bind(server);
  const rows = (server as unknown as { rows: Map<string, { entry: unknown }> }).rows;
  rows.set(FILE, { entry: { ...real(FILE, server.bytes.get(FILE) as Uint8Array), size: null } });
  expect(sync((op) => kernel.stat(op, treePath(FILE))).size).toBe(0);
  expect(readFile(FILE)).toHaveLength(40);
  expect(sync((op) => kernel.stat(op, treePath(FILE))).size).toBe(40);
});

test('what the server keeps itself can neither be written, removed nor moved, and takes nothing with it', () => {
  const { kernel, server, sync, readFile, names } = mount();
  server.write('e/p/r/d/m', 'x');
  server.write('e/p/r/d/n', 'y');
  const rows = (server as unknown as { rows: Map<string, { entry: object }> }).rows;
  rows.set('e/p/r/d/m', { entry: { ...(rows.get('e/p/r/d/m')?.entry as object), isReadOnly: true } });
  expect(codeOf(() => sync((op) => kernel.open(op, treePath('e/p/r/d/m'), O_RDWR, 0)))).toBe('EACCES');
  expect(codeOf(() => sync((op) => kernel.unlink(op, treePath('e/p/r/d/m'))))).toBe('EACCES');
  expect(codeOf(() => sync((op) => kernel.rename(op, treePath('e/p/r/d'), treePath('e/p/r/e'))))).toBe(
    'EACCES',
  );
  expect(codeOf(() => sync((op) => kernel.removeTree(op, treePath('e/p/r/d'))))).toBe('EACCES');
  expect(names('e/p/r/d')).toEqual(['m', 'n']);
  expect(readFile('e/p/r/d/m')).toBe('x');
});

test('two writers share one copy of what they change', async () => {
  const { kernel, remote, server, sync, async: later } = mount({ blockBytes: 16, cacheBytes: 64 });
  server.write(FILE, 'abcdefgh'.repeat(20));
  const [a, b] = [1, 2].map(() => sync((op) => kernel.open(op, treePath(FILE), O_RDWR, 0))) as [
    number,
    number,
  ];
  const both = Promise.all([
    outcome(later((op) => kernel.write(op, a, Buffer.from('A'), 0))),
    outcome(later((op) => kernel.write(op, b, Buffer.from('B'), 1))),
  ]);
  for (let i = 0; i < 40; i++) {
    await turn();
    remote.settle();
  }
  expect(await both).toEqual([1, 1]);
  expect(readAll(kernel, sync, a)).toBe(`AB${'abcdefgh'.repeat(20).slice(2)}`);
});

test('content uploaded here is read under its own tag', () => {
  const { kernel, remote, server, sync } = mount({ blockBytes: 16, cacheBytes: 64 });
  server.write(FILE, 'a'.repeat(40));
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDWR, 0));
  sync((op) => kernel.write(op, fd, Buffer.from('b'), 0));
  sync((op) => kernel.close(op, fd));
  sync((op) => kernel.flush(op));
  remote.log.length = 0;
  const reader = sync((op) => kernel.open(op, treePath(FILE), O_RDONLY, 0));
  sync((op) => kernel.unlink(op, treePath(FILE)));
  expect(readAll(kernel, sync, reader)).toBe(`b${'a'.repeat(39)}`);
  expect(remote.log).not.toContain('lookup');
});

test("a sync read between another read's answer and its return takes its turn", async () => {
  const { kernel, remote, server, sync, async: later } = mount({ blockBytes: 4, cacheBytes: 1024 });
  server.write(FILE, 'abcdefgh');
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDONLY, 0));
  const [a, b] = [Buffer.alloc(4), Buffer.alloc(4)];
  const first = outcome(later((op) => kernel.read(op, fd, a, null)));
  await turn();
  remote.settle();
  sync((op) => kernel.read(op, fd, b, null));
  await first;
  expect([a.toString(), b.toString()].sort()).toEqual(['abcd', 'efgh']);
});

import { constants, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { treePath } from '../../src/contract/tree-path.js';
import { ContentFiles } from '../../src/kernel/content/local/content-files.js';
import { Leases } from '../../src/kernel/content/local/leases.js';
import { Spool } from '../../src/kernel/content/spool/spool.js';
import { codeOf, mount, readAll } from './helpers/mount.js';

const { O_APPEND, O_CREAT, O_RDWR, O_WRONLY } = constants;
const FILE = 'e/p/r/f';
const MIB = 1024 * 1024;

test('small content lives in memory, large content on disk, and both read the same', () => {
  const { kernel, sync, writeFile, readFile } = mount({ cacheBytes: 16 * 1024 });
  writeFile('e/p/r/small', 'x'.repeat(1024));
  expect(kernel.counters()).toMatchObject({ overlayBytes: 1024, spooledBytes: 0 });
  writeFile('e/p/r/large', 'y'.repeat(4096));
  expect(kernel.counters()).toMatchObject({ overlayBytes: 1024, spooledBytes: 4096 });
  expect(readFile('e/p/r/small')).toBe('x'.repeat(1024));
  expect(readFile('e/p/r/large')).toBe('y'.repeat(4096));
  sync((op) => kernel.shutdown(op));
});

test('a file that grows past the limit moves to disk without losing a byte', () => {
  const { kernel, sync, readFile } = mount({ cacheBytes: 16 * 1024 });
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_WRONLY | O_CREAT | O_APPEND, 0o666));
  for (let index = 0; index < 20; index++)
    sync((op) => kernel.write(op, fd, Buffer.alloc(100, 97 + index), null));
  sync((op) => kernel.close(op, fd));
  expect(kernel.counters()).toMatchObject({ overlayBytes: 0, spooledBytes: 2000 });
  expect(readFile(FILE)).toBe(
    Array.from({ length: 20 }, (_, index) => String.fromCharCode(97 + index).repeat(100)).join(''),
  );
  sync((op) => kernel.shutdown(op));
});

test.each([
  ['in memory', 16 * MIB, 4096],
  ['on the disk', 16 * 1024, 4096],
  ['on the disk, and large', 16 * 1024, 32 * 1024],
])(
  'what is being uploaded, %s, is not changed by writes that come after it was handed over',
  (_, cacheBytes, size) => {
    const { kernel, remote, server, sync, writeFile } = mount({ cacheBytes });
    writeFile(FILE, 'a'.repeat(size));
    remote.run(`send ${FILE}`);
    const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDWR, 0));
    sync((op) => kernel.write(op, fd, Buffer.alloc(size, 'b'), 0));
    remote.run(`put ${FILE}`);
    expect(server.text(FILE)).toBe('a'.repeat(size));
    sync((op) => kernel.close(op, fd));
    sync((op) => kernel.flush(op));
    expect(server.text(FILE)).toBe('b'.repeat(size));
    sync((op) => kernel.shutdown(op));
  },
);

test('what lies on the disk is handed to an upload as bytes where it is small, else as an fd', () => {
  const files = new ContentFiles(new Spool());
  const leases = new Leases();
  const opened = [1024, 64 * 1024].map((size) => {
    const file = files.create(true);
    file.write(Buffer.alloc(size, 'x'), 0);
    file.park();
    const { kind } = leases.open(leases.grant(file.snapshot(size)).id);
    return { kind, isOpen: file.isOpen };
  });
  expect(opened).toEqual([
    { kind: 'bytes', isOpen: false },
    { kind: 'file', isOpen: true },
  ]);
  files.close();
});

test('a write behind the end leaves zeros between', () => {
  for (const cacheBytes of [16 * 1024, 16 * MIB]) {
    const { kernel, server, sync } = mount({ cacheBytes });
    const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDWR | O_CREAT, 0o666));
    sync((op) => kernel.write(op, fd, Buffer.from('ab'), 0));
    sync((op) => kernel.write(op, fd, Buffer.from('z'), 2000));
    sync((op) => kernel.ftruncate(op, fd, 2003));
    sync((op) => kernel.fsync(op, fd));
    expect(server.text(FILE)).toBe(`ab${'\0'.repeat(1998)}z\0\0`);
    expect(readAll(kernel, sync, fd)).toHaveLength(2003);
    sync((op) => kernel.close(op, fd));
    sync((op) => kernel.shutdown(op));
  }
});

test('clean content is evicted within the budget and read from the server again; dirty content never', () => {
  const { kernel, remote, sync, writeFile, readFile } = mount({ cacheBytes: 4096, blockBytes: 256 });
  for (let index = 0; index < 50; index++) writeFile(`e/p/r/${index}`, String(index).padEnd(200, '.'));
  expect(kernel.counters().overlayBytes as number).toBeLessThanOrEqual(2048 + 200);
  sync((op) => kernel.flush(op));
  expect(kernel.counters().overlayBytes as number).toBeLessThanOrEqual(1024);
  expect(kernel.counters().spooledBytes).toBeLessThanOrEqual(1024);
  expect(readFile('e/p/r/0')).toBe('0'.padEnd(200, '.'));
  expect(remote.log.filter((each) => each === 'read')).toHaveLength(1);
  sync((op) => kernel.shutdown(op));
});

test('writers wait for uploads when the disk budget is used up, and get ENOSPC when none can be made', () => {
  const { remote, server, writeFile } = mount({ cacheBytes: 1024, spoolBytes: 10_000 });
  for (let index = 0; index < 8; index++) writeFile(`e/p/r/${index}`, 'x'.repeat(4000));
  expect(server.bytes.size).toBeGreaterThan(0);
  for (let index = 0; index < 20; index++) remote.failingPuts.set(`e/p/r/full${index}`, 1000);
  const codes = Array.from({ length: 20 }, (_, index) =>
    codeOf(() => writeFile(`e/p/r/full${index}`, 'x'.repeat(4000))),
  );
  expect(codes).toContain('ENOSPC');
});

test('the private directory goes with the mount', () => {
  const spools = (): string[] =>
    readdirSync(tmpdir()).filter((name) => name.startsWith(`wandb-fs-spool-${process.pid}-`));
  const before = spools();
  const { kernel, sync, writeFile } = mount({ cacheBytes: 1024 });
  writeFile(FILE, 'x'.repeat(1000));
  expect(spools()).toHaveLength(before.length + 1);
  sync((op) => kernel.shutdown(op));
  expect(spools()).toEqual(before);
});

import { constants } from 'node:fs';
import { treePath } from '../../src/contract/tree-path.js';
import { codeOf, mount, readAll, turn } from './helpers/mount.js';

const { O_RDONLY, O_RDWR } = constants;
const FILE = 'e/p/r/f';

describe('uploads and what happens meanwhile', () => {
  test('an older PUT in flight never overwrites a newer acknowledged one', async () => {
    const { remote, server, writeFile, readFile } = mount();
    writeFile(FILE, 'old');
    remote.run(`send ${FILE}`);
    writeFile(FILE, 'new');
    await turn();
    expect(remote.steps().map(({ name }) => name)).not.toContain(`send ${FILE}`);
    remote.settle();
    expect(server.text(FILE)).toBe('new');
    expect(readFile(FILE)).toBe('new');
  });

  test('a file unlinked during an upload stays gone', () => {
    const { kernel, remote, server, sync, names, writeFile } = mount();
    writeFile(FILE, 'text');
    remote.run(`send ${FILE}`);
    sync((op) => kernel.unlink(op, treePath(FILE)));
    remote.settle();
    expect(server.bytes.has(FILE)).toBe(false);
    expect(names('e/p/r')).toEqual([]);
  });

  test('content written during a rename is not lost', async () => {
    const { kernel, remote, server, sync, async: later, readFile } = mount();
    server.write(FILE, 'old');
    const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDWR, 0));
    sync((op) => kernel.write(op, fd, Buffer.from('mid'), 0));
    const renamed = later((op) => kernel.rename(op, treePath(FILE), treePath('e/p/r/g')));
    expect(remote.steps().map(({ name }) => name)).toEqual([`move ${FILE} e/p/r/g`]);
    sync((op) => kernel.write(op, fd, Buffer.from('new'), 0));
    sync((op) => kernel.close(op, fd));
    expect(remote.steps().map(({ name }) => name)).toEqual([`move ${FILE} e/p/r/g`]);
    remote.settle();
    await renamed;
    remote.settle();
    expect(readFile('e/p/r/g')).toBe('new');
    expect(server.text('e/p/r/g')).toBe('new');
    expect(server.bytes.has(FILE)).toBe(false);
  });

  test('a rename of a file that the server was never told of costs no request, and it never sees the first name', () => {
    const { kernel, remote, server, sync, readFile, writeFile } = mount();
    server.write(FILE, 'old');
    expect(readFile(FILE)).toBe('old');
    remote.log.length = 0;
    writeFile('e/p/r/tmp', 'new');
    sync((op) => kernel.rename(op, treePath('e/p/r/tmp'), treePath(FILE)));
    expect(readFile(FILE)).toBe('new');
    remote.settle();
    expect(remote.log).toEqual([`put ${FILE}`]);
    expect([...server.bytes.keys()]).toEqual([FILE]);
  });

  test('a failed upload is reported by flush, kept, and tried again at the next flush', () => {
    const { kernel, remote, server, sync, readFile, writeFile } = mount();
    remote.failingPuts.set(FILE, 1);
    writeFile(FILE, 'text');
    expect(codeOf(() => sync((op) => kernel.flush(op)))).toBe('EIO');
    expect(readFile(FILE)).toBe('text');
    sync((op) => kernel.flush(op));
    expect(server.text(FILE)).toBe('text');
  });
});

describe('listings and what happened meanwhile', () => {
  test('a listing sent before an unlink and landing after it does not resurrect the file', async () => {
    const { kernel, remote, server, sync, async: later, names, writeFile, clock } = mount({ listingTtl: 10 });
    server.write(FILE, 'text');
    expect(names('e/p/r')).toEqual(['f']);
    clock.now += 9;
    writeFile('e/p/r/g', 'text');
    sync((op) => kernel.flush(op));
    clock.now += 9;
    const listed = later((op) => kernel.readdir(op, treePath('e/p/r')));
    remote.run('lookup e/p/r');
    const unlinked = later((op) => kernel.unlink(op, treePath('e/p/r/g')));
    remote.run('delete e/p/r/g');
    remote.run('reply remove');
    await unlinked;
    remote.run('answer lookup');
    remote.settle();
    await listed;
    expect(names('e/p/r')).toEqual(['f']);
    expect(codeOf(() => sync((op) => kernel.stat(op, treePath('e/p/r/g'))))).toBe('ENOENT');
  });

  test('nor does a listing sent before that shows a version this instance never saw', async () => {
    const { kernel, remote, server, async: later, names, clock } = mount({ listingTtl: 10 });
    server.write(FILE, 'text');
    server.write('e/p/r/g', 'text');
    expect(names('e/p/r')).toEqual(['f', 'g']);
    const unlinked = later((op) => kernel.unlink(op, treePath('e/p/r/g')));
    clock.now += 100;
    server.write('e/p/r/g', 'foreign');
    const listed = later((op) => kernel.readdir(op, treePath('e/p/r')));
    remote.run('lookup e/p/r');
    remote.run('delete e/p/r/g');
    remote.run('reply remove');
    await unlinked;
    remote.settle();
    await listed;
    expect(names('e/p/r')).toEqual(['f']);
  });

  test('a listing that lags behind an upload or a removal does not undo it', () => {
    const { kernel, remote, server, clock, sync, names, writeFile, readFile } = mount({ listingTtl: 10 });
    server.write('e/p/r/g', 'text');
    server.isLagging = true;
    writeFile(FILE, 'new');
    sync((op) => kernel.flush(op));
    clock.now += 100;
    expect(server.filesOf('e/p/r').map(({ path }) => path)).toEqual(['e/p/r/g']);
    expect(names('e/p/r')).toEqual(['f', 'g']);
    server.finalise(FILE);
    clock.now += 100;
    expect(names('e/p/r')).toEqual(['f', 'g']);
    server.write(FILE, 'foreign');
    clock.now += 100;
    expect(readFile(FILE)).toBe('foreign');
    expect(remote.steps()).toEqual([]);
  });

  test('a listing slower than its TTL ends', () => {
    const { remote, server, clock, names } = mount({ listingTtl: 10 });
    server.write(FILE, 'text');
    remote.onBlockedStep = () => {
      clock.now += 1000;
    };
    expect(names('e/p/r')).toEqual(['f']);
    expect(remote.log).toEqual(['lookup']);
  });
});

describe('open files and their names', () => {
  test('an unlinked open file keeps its bytes', () => {
    const { kernel, server, remote, sync } = mount();
    server.write(FILE, 'text');
    const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDONLY, 0));
    sync((op) => kernel.unlink(op, treePath(FILE)));
    remote.settle();
    expect(readAll(kernel, sync, fd)).toBe('text');
    expect(sync((op) => kernel.fstat(op, fd))).toMatchObject({ nlink: 0, size: 4 });
    sync((op) => kernel.close(op, fd));
  });

  test('a renamed-over open file keeps its bytes', () => {
    const { kernel, server, sync, readFile, writeFile } = mount();
    server.write(FILE, 'old');
    const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDONLY, 0));
    writeFile('e/p/r/tmp', 'new');
    sync((op) => kernel.rename(op, treePath('e/p/r/tmp'), treePath(FILE)));
    expect(readFile(FILE)).toBe('new');
    expect(readAll(kernel, sync, fd)).toBe('old');
  });

  test('a file that a foreign writer replaced is ESTALE for who has read from it, and the new version for who opens it', () => {
    const { kernel, server, sync, readFile, clock } = mount({
      blockBytes: 4,
      cacheBytes: 16,
      listingTtl: 10,
    });
    server.write(FILE, 'old old old old old');
    const read = sync((op) => kernel.open(op, treePath(FILE), O_RDONLY, 0));
    const unread = sync((op) => kernel.open(op, treePath(FILE), O_RDONLY, 0));
    const buffer = Buffer.alloc(4);
    sync((op) => kernel.read(op, read, buffer, null));
    server.write(FILE, 'new new new new new');
    clock.now += 1;
    expect(codeOf(() => sync((op) => kernel.read(op, read, buffer, 16)))).toBe('ESTALE');
    expect(readAll(kernel, sync, unread)).toBe('new new new new new');
    expect(readFile(FILE)).toBe('new new new new new');
  });
});

describe('the page cache', () => {
  test('a read of 65 blocks through a 64-block cache ends', () => {
    const { kernel, server, sync } = mount({ blockBytes: 16, cacheBytes: 64 * 16 });
    const content = 'x'.repeat(65 * 16);
    server.write(FILE, content);
    const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDONLY, 0));
    const buffer = Buffer.alloc(content.length);
    expect(sync((op) => kernel.read(op, fd, buffer, 0))).toBe(content.length);
    expect(buffer.toString()).toBe(content);
  });

  test('content that is not what the server lists is EIO, after a second look', () => {
    const { remote, server, readFile } = mount();
    server.write(FILE, 'text');
    server.bytes.set(FILE, Buffer.from('torn'));
    server.broken.add(FILE);
    expect(codeOf(() => readFile(FILE))).toBe('EIO');
    expect(remote.log.filter((each) => each === 'read')).toHaveLength(2);
  });
});

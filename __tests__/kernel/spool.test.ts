import { constants, readdirSync, readlinkSync } from 'node:fs';
import { treePath } from '../../src/contract/tree-path.js';
import { mount, outcome, turn } from './helpers/mount.js';

const { O_RDWR } = constants;
const FILE = 'e/p/r/f';

test('a removed large file gives its disk space back', () => {
  const { kernel, sync, writeFile } = mount({ cacheBytes: 1024, spoolBytes: 10_000 });
  for (let i = 0; i < 5; i++) {
    writeFile(FILE, 'x'.repeat(4000));
    sync((op) => kernel.unlink(op, treePath(FILE)));
  }
  expect(kernel.counters().spooledBytes).toBe(0);
});

test('a large file that was replaced by a rename gives its disk space back', () => {
  const { kernel, sync, remote, writeFile } = mount({ cacheBytes: 1024, spoolBytes: 10_000 });
  for (let i = 0; i < 5; i++) {
    writeFile('e/p/r/tmp', String(i).repeat(4000));
    sync((op) => kernel.rename(op, treePath('e/p/r/tmp'), treePath(FILE)));
  }
  sync((op) => kernel.flush(op));
  remote.settle();
  expect(kernel.counters().spooledBytes).toBe(0);
});

test('a copy that was begun for an aborted change is given back', async () => {
  const { kernel, remote, server, sync, async: later } = mount({ blockBytes: 256, cacheBytes: 4096 });
  server.write(FILE, 'x'.repeat(2000));
  const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDWR, 0));
  const leaving = new AbortController();
  const written = outcome(later((op) => kernel.write(op, fd, Buffer.from('y'), 0), leaving.signal));
  for (let i = 0; i < 3; i++) {
    await turn();
    remote.settle();
  }
  leaving.abort();
  expect(await written).toBe('ECANCELED');
  remote.settle();
  sync((op) => kernel.close(op, fd));
  const { overlayBytes, spooledBytes } = kernel.counters();
  expect({ overlayBytes, spooledBytes }).toEqual({ overlayBytes: 0, spooledBytes: 0 });
});

test('fds of content on disk are closed with the mount', () => {
  const { kernel, sync, writeFile } = mount({ cacheBytes: 16 * 1024 });
  const open = (): number =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).includes('wandb-fs-spool-');
      } catch {
        return false;
      }
    }).length;
  const before = open();
  writeFile(FILE, 'x'.repeat(2000));
  sync((op) => kernel.shutdown(op));
  expect(open()).toBe(before);
});

import { constants } from 'node:fs';
import { Failure } from '../../src/contract/failure.js';
import { treePath } from '../../src/contract/tree-path.js';
import type { Operation } from '../../src/kernel/operation/operation.js';
import { mount, turn } from './helpers/mount.js';

const { O_RDONLY } = constants;
const FILE = 'e/p/r/f';

describe('several callers', () => {
  test('of two concurrent unlinks of one name, one wins', async () => {
    const { kernel, remote, server, async: later } = mount();
    server.write(FILE, 'text');
    const both = [1, 2].map(() =>
      later((op) => kernel.unlink(op, treePath(FILE))).then(
        () => 'done',
        (failure: Failure) => failure.code,
      ),
    );
    for (let round = 0; round < 4; round++) {
      await turn();
      remote.settle();
    }
    expect((await Promise.all(both)).sort()).toEqual(['ENOENT', 'done']);
  });

  test("one caller's abort does not reject the others, and the last one's cancels the load", async () => {
    const { kernel, remote, server, async: later } = mount();
    server.write(FILE, 'text');
    const leaving = new AbortController();
    const first = later((op) => kernel.stat(op, treePath(FILE)), leaving.signal).then(
      () => 'done',
      (failure: Failure) => failure.code,
    );
    const second = later((op) => kernel.stat(op, treePath(FILE))).then(({ size }) => size);
    await turn();
    leaving.abort();
    expect(await first).toBe('ECANCELED');
    remote.settle();
    expect(await second).toBe(4);
    expect(remote.log).toEqual(['lookup']);
  });

  test('a sync call joins the load that an async one of the same thing started', async () => {
    const { kernel, remote, server, sync, async: later } = mount();
    server.write(FILE, 'text');
    const first = later((op) => kernel.stat(op, treePath(FILE)));
    await turn();
    expect(sync((op) => kernel.stat(op, treePath(FILE))).size).toBe(4);
    expect((await first).size).toBe(4);
    expect(remote.log).toEqual(['lookup']);
  });
});

describe('a sync call that can not wait', () => {
  const refusedWith = (code: string): Error => expect.objectContaining({ code });

  test('leaves its load, out of time, to those who wait for it in the event loop', async () => {
    const { kernel, remote, server, sync, async: later } = mount();
    server.write(FILE, 'text');
    const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDONLY, 0));
    const read = (op: Operation) => kernel.read(op, fd, Buffer.alloc(4), 0);
    const waiting = later(read);
    await turn();
    remote.refusal = new Failure('ETIMEDOUT');
    expect(() => sync(read)).toThrow(refusedWith('ETIMEDOUT'));
    remote.settle();
    expect(await waiting).toBe(4);
    expect(remote.log.filter((each) => each === 'read')).toHaveLength(1);
  });

  test('cancels its load, out of time, where nobody else waits; the next one begins another', async () => {
    const { kernel, remote, server, sync, async: later } = mount();
    server.write(FILE, 'text');
    const fd = sync((op) => kernel.open(op, treePath(FILE), O_RDONLY, 0));
    const read = (op: Operation) => kernel.read(op, fd, Buffer.alloc(4), 0);
    remote.refusal = new Failure('ETIMEDOUT');
    expect(() => sync(read)).toThrow(refusedWith('ETIMEDOUT'));
    const next = later(read);
    await turn();
    remote.settle();
    expect(await next).toBe(4);
    expect(remote.log.filter((each) => each === 'read')).toHaveLength(2);
  });

  test('never cancels what changes something', async () => {
    const { kernel, remote, server, sync } = mount();
    server.write(FILE, 'text');
    sync((op) => kernel.stat(op, treePath(FILE)));
    remote.refusal = new Failure('ETIMEDOUT');
    expect(() => sync((op) => kernel.unlink(op, treePath(FILE)))).toThrow(refusedWith('ETIMEDOUT'));
    expect(() => sync((op) => kernel.unlink(op, treePath(FILE)))).toThrow(refusedWith('ETIMEDOUT'));
    expect(remote.steps()).toHaveLength(1);
    remote.settle();
    expect(server.text(FILE)).toBeUndefined();
    remote.refusal = null;
    expect(() => sync((op) => kernel.stat(op, treePath(FILE)))).toThrow(refusedWith('ENOENT'));
  });

  test('joins by its retries the load that the first one began', async () => {
    const { kernel, remote, server, sync } = mount();
    server.write(FILE, 'text');
    remote.refusal = new Failure('EAGAIN');
    for (let retry = 0; retry < 3; retry++) {
      expect(() => sync((op) => kernel.stat(op, treePath(FILE)))).toThrow(refusedWith('EAGAIN'));
    }
    remote.settle();
    expect(sync((op) => kernel.stat(op, treePath(FILE))).size).toBe(4);
    expect(remote.log).toEqual(['lookup']);
  });
});

import type { Failure } from '../../src/contract/failure.js';
import { treePath } from '../../src/contract/tree-path.js';
import { createInProcessRemote } from '../../src/io/client/in-process.js';
import { createOwner } from '../../src/io/owner/owner.js';
import { defaults } from '../helpers/defaults.js';
import { createMemoryStore } from '../store/helpers/memory-store.js';
import { hand } from './helpers/handed.js';
import { codeOf, owned, UNIT } from './helpers/owned.js';

const thrownBy = (call: () => unknown): Failure | null => {
  try {
    call();
  } catch (thrown) {
    return thrown as Failure;
  }
  return null;
};

describe('the owner in the same thread', () => {
  test('answers each message once, later', async () => {
    const { remote } = owned({ files: { [`${UNIT}/a`]: treePath('a') } });
    const replies: unknown[] = [];
    const call = remote.call('lookup', { path: treePath(`${UNIT}/a`), listing: true }, (reply) =>
      replies.push(reply),
    );
    expect([call.isSettled, replies.length]).toEqual([false, 0]);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect([call.isSettled, replies.length]).toEqual([true, 1]);
    expect(replies).toMatchObject([
      { ok: true, value: { found: { size: 1 }, listing: { isComplete: true } } },
    ]);
  });

  test('lists a directory whole, whatever the size of its pages', async () => {
    const files = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`${UNIT}/${index}`, 'x']));
    const { ask } = owned({ files, pageSize: 4 });
    expect((await ask('list', { path: treePath(UNIT) })).entries).toHaveLength(25);
  });

  test('cannot be waited for: ENOTSUP names the way out', async () => {
    const { remote } = owned();
    const call = remote.call('list', { path: treePath('') }, () => {});
    const failure = thrownBy(() => remote.wait(call));
    expect(failure).toMatchObject({ code: 'ENOTSUP' });
    expect(failure?.detail).toMatch(/promise/);
    await new Promise((resolve) => setTimeout(resolve, 10));
    remote.wait(call);
  });

  test("with 'cache-only' a sync caller gets EAGAIN, and the load goes on", async () => {
    const store = createMemoryStore({ directories: [treePath(UNIT)] });
    const remote = createInProcessRemote((contents) => createOwner({ ...defaults, store, contents }), {
      ...defaults,
      sync: 'cache-only',
    });
    const replied = new Promise((resolve) => {
      const call = remote.call('list', { path: treePath('') }, resolve);
      expect(thrownBy(() => remote.wait(call))).toMatchObject({ code: 'EAGAIN' });
    });
    expect(await replied).toMatchObject({ ok: true });
  });

  test('what a refused sync call began ends with the owner', async () => {
    const { remote, recorded } = owned();
    recorded.gate(`lookup ${UNIT}`);
    const reply = new Promise((resolve) => {
      const call = remote.call('lookup', { path: treePath(UNIT), listing: false }, resolve);
      expect(thrownBy(() => remote.wait(call))).toMatchObject({ code: 'ENOTSUP' });
    });
    await new Promise((resolve) => remote.call('close', {}, resolve));
    expect(await reply).toMatchObject({ ok: false, failure: { code: 'ECANCELED' } });
  });

  test('a cancelled call is committed with ECANCELED, whatever the work behind it does', async () => {
    const { remote, recorded } = owned();
    const gate = recorded.gate(`lookup ${UNIT}`);
    const reply = new Promise((resolve) => {
      const call = remote.call('lookup', { path: treePath(UNIT), listing: false }, resolve);
      void gate.reached.then(() => remote.cancel(call));
    });
    expect(await reply).toMatchObject({ ok: false, failure: { code: 'ECANCELED' } });
  });

  test('a store that can only be read refuses changes with EROFS', async () => {
    const { shape, lookup, list, read, readNewest } = createMemoryStore({ directories: [treePath(UNIT)] });
    const store = { shape, lookup, list, read, readNewest };
    const remote = createInProcessRemote(
      (contents) => createOwner({ ...defaults, store, contents }),
      defaults,
    );
    const code = (method: 'submit' | 'mkdir' | 'rmdir' | 'remove', args: never): Promise<string> =>
      new Promise((resolve) => {
        remote.call(method, args, (reply) => resolve(reply.ok ? 'success' : reply.failure.code));
      });
    const submission = {
      ino: 1,
      generation: 1,
      path: `${UNIT}/a`,
      source: hand(''),
    };
    expect(await code('submit', submission as never)).toBe('EROFS');
    expect(await code('mkdir', { path: 'e/p/q' } as never)).toBe('EROFS');
    expect(await code('rmdir', { path: UNIT } as never)).toBe('EROFS');
    expect(await code('remove', { files: [{ ino: 1, path: `${UNIT}/a`, entry: null }] } as never)).toBe(
      'EROFS',
    );
  });

  test('closing waits for nothing that is queued, and aborts what is on its way', async () => {
    const { submit, flush, ask, recorded, content } = owned();
    const gate = recorded.gate(`put ${UNIT}/a`);
    void submit('a', 'a', { ino: 1 });
    const flushed = codeOf(flush());
    await gate.reached;
    void submit('b', 'b', { ino: 2 });
    await ask('close', {});
    expect(await flushed).toBe('ECANCELED');
    expect([content('a'), content('b')]).toEqual([null, null]);
    expect(await codeOf(submit('c', 'c'))).toBe('EIO');
  });
});

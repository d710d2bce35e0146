import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Content, Entry } from '../../src/contract/entry.js';
import { Failure } from '../../src/contract/failure.js';
import type { Call } from '../../src/contract/remote.js';
import { treePath } from '../../src/contract/tree-path.js';
import { makeDirectory } from '../helpers/directories.js';
import { eventually } from '../semantics/helpers/waiting.js';
import { codeOf, sourceOf, UNIT } from './helpers/owned.js';
import { threaded, threadNamed } from './helpers/threaded.js';

const submission = (name: string, text: string, ino = 1) => ({
  ...{ ino, generation: 1, path: treePath(`${UNIT}/${name}`) },
  source: sourceOf(text),
});

const thrownBy = (call: () => unknown): Failure | null => {
  try {
    call();
  } catch (thrown) {
    return thrown as Failure;
  }
  return null;
};

const wholeOf = (entry: Entry) => ({ entry, start: 0, end: Number.MAX_SAFE_INTEGER, etag: null });

describe('a blocked thread', () => {
  test('gets its answers without a turn of the event loop', async () => {
    const { askSync } = await threaded();
    askSync('submit', submission('a', 'hello'));
    expect(askSync('flush', { inos: null })).toEqual({ failed: [] });
    const { found } = askSync('lookup', { path: treePath(`${UNIT}/a`), listing: true });
    const content: Content = askSync('read', wholeOf(found as Entry));
    expect(Buffer.from(content.bytes).toString()).toBe('hello');
  });

  test('gets failures as failures', async () => {
    const { askSync } = await threaded();
    const failure = thrownBy(() => askSync('list', { path: treePath('e/nothing') }));
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toEqual(new Failure('ENOENT'));
  });

  test('joins a call that was made before, and its commit runs once', async () => {
    const { remote } = await threaded();
    let commits = 0;
    const call = remote.call('list', { path: treePath('') }, () => commits++);
    remote.wait(call);
    expect([call.isSettled, commits]).toEqual([true, 1]);
    remote.wait(call);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(commits).toBe(1);
  });

  test('commits what comes before its own answer, in the order in which it was sent; the event loop commits the rest', async () => {
    const { remote, ask } = await threaded();
    const committed: number[] = [];
    const calls = Array.from({ length: 100 }, (_, index) =>
      remote.call('lookup', { path: treePath(UNIT), listing: false }, () => committed.push(index)),
    );
    const middle = calls[50];
    if (middle) remote.wait(middle);
    expect(committed).toEqual(Array.from({ length: committed.length }, (_, index) => index));
    expect(committed.length).toBeGreaterThan(50);
    await ask('list', { path: treePath('') });
    expect(committed).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  test('hears of uploads before the flush that waited for them returns', async () => {
    const { askSync, events } = await threaded();
    for (const ino of [1, 2, 3]) askSync('submit', submission(`${ino}`, 'x', ino));
    askSync('flush', { inos: null });
    expect(events.filter(({ type }) => type !== 'progress').map(({ type }) => type)).toEqual([
      'uploaded',
      'uploaded',
      'uploaded',
      'idle',
    ]);
  });

  test('may call and wait inside a commit', async () => {
    const { remote, askSync } = await threaded();
    const seen: unknown[] = [];
    const call = remote.call('list', { path: treePath('') }, () => {
      seen.push(askSync('lookup', { path: treePath(UNIT), listing: false }).found !== null);
    });
    remote.wait(call);
    expect(seen).toEqual([true]);
  });

  test('is freed with ETIMEDOUT if the thread stays silent', async () => {
    const { remote } = await threaded({ workerUrl: threadNamed('silent.mjs'), syncTimeout: 200 });
    const call = remote.call('list', { path: treePath('') }, () => {});
    expect(thrownBy(() => remote.wait(call))).toMatchObject({ code: 'ETIMEDOUT' });
  });

  test('that is freed with ETIMEDOUT leaves the work to go on, for whoever else waits for it', async () => {
    const { remote } = await threaded({ syncTimeout: 50, latencyMs: 1000 });
    let call: Call | undefined;
    const reply = new Promise((resolve) => {
      call = remote.call('list', { path: treePath(UNIT) }, resolve);
    });
    expect(thrownBy(() => call && remote.wait(call))).toMatchObject({ code: 'ETIMEDOUT' });
    expect(await reply).toMatchObject({ ok: true });
  });
});

describe('bytes', () => {
  test('of large files come whole, and own their memory', async () => {
    const size = 10 * 1024 * 1024;
    const { ask } = await threaded({ files: { large: new Uint8Array(size).fill(7) } });
    const { found } = await ask('lookup', { path: treePath(`${UNIT}/large`), listing: false });
    const { bytes } = await ask('read', wholeOf(found as Entry));
    expect([bytes.byteLength, bytes.buffer.byteLength, bytes.byteOffset, bytes[size - 1]]).toEqual([
      size,
      size,
      0,
      7,
    ]);
  });
});

test('a cancelled call is committed with ECANCELED', async () => {
  const { remote } = await threaded({ latencyMs: 10_000 });
  const reply = new Promise((resolve) => {
    const call = remote.call('lookup', { path: treePath(UNIT), listing: false }, resolve);
    remote.cancel(call);
  });
  expect(await reply).toMatchObject({ ok: false, failure: { code: 'ECANCELED' } });
});

describe('a thread that dies', () => {
  const workerUrl = threadNamed('dying.mjs');

  test('is noticed by a blocked caller at once, and replaced at the next call', async () => {
    const { askSync } = await threaded({ workerUrl });
    askSync('list', { path: treePath('') });
    const before = performance.now();
    const failure = thrownBy(() => askSync('mkdir', { path: treePath('e/p/exit') }));
    expect(performance.now() - before).toBeLessThan(5000);
    expect(failure).toMatchObject({ code: 'EIO', cause: 'exit code 3' });
    expect([...askSync('list', { path: treePath('e/p') }).entries]).toHaveLength(1);
  });

  test('fails every call that it had not answered', async () => {
    const { ask } = await threaded({ workerUrl });
    await ask('submit', submission('a', 'a'));
    const codes = await Promise.all(
      [ask('mkdir', { path: treePath('e/p/exit') }), ask('list', { path: treePath('') })].map(codeOf),
    );
    expect(codes).toContain('EIO');
    expect(await codeOf(ask('list', { path: treePath('') }))).toBe('success');
  });

  test('by an exception tells which, without secrets', async () => {
    const { askSync } = await threaded({ workerUrl, latencyMs: 10_000 });
    expect(thrownBy(() => askSync('mkdir', { path: treePath('e/p/throw') }))).toMatchObject({
      code: 'EIO',
      cause: 'exit code 1: a bug at https://storage.example/x',
    });
  });

  test('hands the uploads that it had to the next one, and no flush hears of it', async () => {
    const { ask, events } = await threaded({ workerUrl });
    await ask('submit', submission('a', 'a', 1));
    await ask('submit', submission('b', 'b', 2));
    const ended = codeOf(ask('mkdir', { path: treePath('e/p/exit') }));
    expect(await ask('flush', { inos: null })).toEqual({ failed: [] });
    expect(await ended).toBe('EIO');
    expect(events.filter(({ type }) => type === 'failed')).toEqual([]);
    for (const name of ['a', 'b']) {
      const { found } = await ask('lookup', { path: treePath(`${UNIT}/${name}`), listing: false });
      expect(found).toMatchObject({ size: 1 });
    }
  });

  test('is replaced by one thread alone, whatever the commits of the failed calls ask for', async () => {
    const threads = (): number =>
      process.getActiveResourcesInfo().filter((resource) => resource === 'MessagePort').length;
    const { remote, ask, events } = await threaded({ workerUrl });
    await ask('submit', submission('a', 'a', 1));
    const before = threads();
    const asked = new Promise((resolve) => {
      remote.call('mkdir', { path: treePath('e/p/exit') }, () => {
        remote.call('submit', submission('b', 'b', 2), resolve);
      });
    });
    const flushed = ask('flush', { inos: null });
    await asked;
    await flushed;
    await ask('flush', { inos: null });
    const uploaded = events.flatMap((event) => (event.type === 'uploaded' ? [event.path] : []));
    expect(uploaded.sort()).toEqual([`${UNIT}/a`, `${UNIT}/b`]);
    await ask('close', {});
    // The one that has ended may be about to go, and those of earlier tests may end meanwhile.
    await eventually(
      async () => threads(),
      (count) => count <= before,
    );
  });

  test("again and again fails its flush with the reason, and the next call starts anew with what wasn't sent", async () => {
    const file = join(await makeDirectory(), 'file');
    process.env.LIVES_WITH = file;
    const { ask, events } = await threaded({ workerUrl: threadNamed('short-lived.mjs') });
    await ask('submit', submission('a', 'a', 1));
    await expect(ask('flush', { inos: null })).rejects.toMatchObject({ code: 'EIO', cause: 'exit code 7' });
    expect(events).toMatchObject([{ type: 'failed', path: `${UNIT}/a`, failure: { code: 'EIO' } }]);
    await expect(ask('flush', { inos: null })).rejects.toMatchObject({ code: 'EIO' });
    writeFileSync(file, '');
    await ask('flush', { inos: null });
    expect(events).toContainEqual(expect.objectContaining({ type: 'uploaded', path: `${UNIT}/a` }));
    delete process.env.LIVES_WITH;
  });
});

test("a thread's file that isn't there is ENOTSUP, and names the option", async () => {
  const { askSync } = await threaded({ workerUrl: threadNamed('missing.mjs') });
  const failure = thrownBy(() => askSync('list', { path: treePath('') }));
  expect(failure).toMatchObject({ code: 'ENOTSUP' });
  expect(failure?.detail).toContain('workerUrl');
});

test('after close the next call starts anew', async () => {
  const { ask } = await threaded();
  await ask('close', {});
  await ask('close', {});
  expect([...(await ask('list', { path: treePath('') })).entries]).toHaveLength(1);
});

test("arguments that can't leave the thread fail their call, and no other of the same turn", async () => {
  const { remote, ask } = await threaded();
  const path = (() => UNIT) as unknown as string;
  const refused = new Promise((resolve) => {
    remote.call('lookup', { path: treePath(path), listing: false }, resolve);
  });
  const others = Promise.all([ask('list', { path: treePath('') }), ask('submit', submission('a', 'hello'))]);
  expect(await refused).toMatchObject({ ok: false, failure: { code: 'EINVAL' } });
  await others;
  expect(await ask('flush', { inos: null })).toEqual({ failed: [] });
});

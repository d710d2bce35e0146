import type { Entry } from '../../src/contract/entry.js';
import { Failure } from '../../src/contract/failure.js';
import { treePath } from '../../src/contract/tree-path.js';
import { hand } from './helpers/handed.js';
import { codeOf, owned, sourceOf, turns, UNIT } from './helpers/owned.js';

const refused = new Failure('EIO', 'The server refused it.', 'HTTP 500');

/** What the server lists at a path. */
async function entryAt({ ask }: Pick<ReturnType<typeof owned>, 'ask'>, name: string): Promise<Entry> {
  const { found } = await ask('lookup', { path: treePath(`${UNIT}/${name}`), listing: false });
  if (!found || found === 'prefix') throw new Error(`'${name}' is no file`);
  return found;
}

describe('removing', () => {
  test('a file that the server was never told of costs no request', async () => {
    const { submit, remove, flush, recorded } = owned();
    void submit('a', 'a');
    await remove('a');
    expect(await flush()).toEqual([]);
    expect(recorded.log).toEqual([]);
  });

  test('a file while half of it is sent: the upload is aborted, and it stays gone', async () => {
    const { submit, remove, flush, recorded, names } = owned();
    const gate = recorded.gate(`put ${UNIT}/a`);
    void submit('a', 'a');
    const flushed = flush();
    await gate.reached;
    await remove('a');
    await flushed;
    expect(recorded.log).not.toContain(`sent ${UNIT}/a`);
    expect(names()).toEqual([]);
  });

  test('a file while its answer is awaited: it is deleted after that, and stays gone', async () => {
    const { submit, remove, flush, recorded, names } = owned();
    const gate = recorded.gate(`sent ${UNIT}/a`);
    void submit('a', 'a');
    void flush();
    await gate.reached;
    const removed = remove('a');
    await turns();
    expect(recorded.counts()).toEqual({ declare: 1, put: 1 });
    gate.open();
    await removed;
    expect(recorded.log.slice(-2)).toEqual([`finish ${UNIT}/a`, `remove ${UNIT}/a`]);
    expect(names()).toEqual([]);
  });

  test('a file whose name was declared deletes the name too', async () => {
    const { submit, remove, flush, recorded, names } = owned();
    recorded.fail(`put ${UNIT}/a`, refused);
    void submit('a', 'a');
    await flush();
    expect(names()).toEqual(['a']);
    await remove('a');
    expect(names()).toEqual([]);
  });

  test('many files in one turn is one request', async () => {
    const { ask, recorded, names } = owned({
      files: { [`${UNIT}/a`]: treePath('a'), [`${UNIT}/b`]: 'b', [`${UNIT}/c`]: 'c' },
    });
    const file = (name: string, ino: number) => ({ ino, path: treePath(`${UNIT}/${name}`), entry: null });
    await Promise.all([
      ask('remove', { files: [file('a', 1)] }),
      ask('remove', { files: [file('b', 2), file('c', 3)] }),
    ]);
    expect(recorded.counts()).toEqual({ remove: 1 });
    expect(names()).toEqual([]);
  });

  test('a file that may not be removed does not keep the others of its turn', async () => {
    const { remove, recorded, names } = owned({
      files: { [`${UNIT}/a`]: treePath('a'), [`${UNIT}/b`]: 'b' },
    });
    recorded.fail(`remove ${UNIT}/a,${UNIT}/b`, new Failure('EACCES'));
    recorded.fail(`remove ${UNIT}/a`, new Failure('EACCES'));
    const outcomes = await Promise.all([remove('a', 1), remove('b', 2)].map(codeOf));
    expect(outcomes).toEqual(['EACCES', 'success']);
    expect(names()).toEqual(['a']);
  });

  test('that fails leaves what was queued in its place', async () => {
    const setup = owned({ files: { [`${UNIT}/a`]: treePath('on the server') } });
    const { submit, ask, flush, recorded, content } = setup;
    const entry = await entryAt(setup, 'a');
    void submit('a', 'newer');
    recorded.fail(`remove ${UNIT}/a`, refused);
    expect(await codeOf(ask('remove', { files: [{ ino: 1, path: treePath(`${UNIT}/a`), entry }] }))).toBe(
      'EIO',
    );
    expect(await flush()).toEqual([]);
    expect(content('a')).toBe('newer');
  });

  test('a unit drops what is queued for it', async () => {
    const { submit, ask, flush, recorded } = owned();
    void submit('a', 'a');
    await ask('rmdir', { path: treePath(UNIT) });
    expect(await flush()).toEqual([]);
    expect(recorded.counts()).toEqual({ rmdir: 1 });
  });
});

describe('renaming', () => {
  test('a file that the server was never told of: one declare, one PUT, one finish, and it never sees the old name', async () => {
    const { submit, move, flush, recorded, content, names } = owned({
      files: { [`${UNIT}/f`]: treePath('old') },
    });
    void submit('f.tmp', 'new');
    expect(await move('f.tmp', 'f')).toBeNull();
    expect(content('f')).toBe('old');
    await flush();
    expect(content('f')).toBe('new');
    expect(recorded.counts()).toEqual({ declare: 1, put: 1, finish: 1 });
    expect(recorded.log.join()).not.toContain('tmp');
    expect(names()).toEqual(['f']);
  });

  test('a file of the server uploads it under its new name, then removes the old one', async () => {
    const setup = owned({ files: { [`${UNIT}/a`]: treePath('content') } });
    const { move, recorded, content, names } = setup;
    const entry = await entryAt(setup, 'a');
    recorded.log.length = 0;
    expect(await move('a', 'b', { entry })).toMatchObject({
      path: `${UNIT}/b`,
      size: 7,
      version: entry.version,
    });
    expect(recorded.log.map((step) => step.split(' ')[0])).toEqual([
      ...['declare', 'read', 'put', 'sent', 'answer', 'finish', 'remove'],
    ]);
    expect([content('b'), names()]).toEqual(['content', ['b']]);
  });

  test('a file with newer local content uploads that', async () => {
    const setup = owned({ files: { [`${UNIT}/a`]: treePath('on the server') } });
    const { move, recorded, content, names } = setup;
    await move('a', 'b', { entry: await entryAt(setup, 'a'), source: sourceOf('newer'), generation: 2 });
    expect([content('b'), names()]).toEqual(['newer', ['b']]);
    expect(recorded.log).not.toContain(`read ${UNIT}/a`);
  });

  test('a file that failed to upload is sent under its new name', async () => {
    const { submit, move, flush, recorded, content, names } = owned();
    recorded.fail(`put ${UNIT}/a`, refused);
    void submit('a', 'content');
    await flush();
    expect(await move('a', 'b', { source: hand('content') })).toMatchObject({ path: `${UNIT}/b`, size: 7 });
    expect([content('b'), names()]).toEqual(['content', ['b']]);
    expect(await flush()).toEqual([]);
  });

  test.each(['put', 'sent', 'answer', 'finish'])('a file whose upload is at the %s', async (step) => {
    const { submit, move, flush, recorded, content, names } = owned();
    const gate = recorded.gate(`${step} ${UNIT}/a`);
    void submit('a', 'content');
    void flush();
    await gate.reached;
    const moved = move('a', 'b', { source: hand('content') });
    await turns();
    gate.open();
    expect(await moved).toMatchObject({ path: `${UNIT}/b`, size: 7 });
    expect([content('b'), names()]).toEqual(['content', ['b']]);
    expect(await flush()).toEqual([]);
  });

  test('a file that was just uploaded, before its listing shows it', async () => {
    const { submit, move, flush, content, names } = owned({ finalize: { delayMs: 60_000 } });
    void submit('a', 'content');
    await flush();
    await move('a', 'b');
    expect([content('b'), names()]).toEqual(['content', ['b']]);
  });

  test('over a file that is queued: that one is never sent', async () => {
    const setup = owned({ files: { [`${UNIT}/a`]: treePath('a') } });
    const { submit, move, flush, recorded, content } = setup;
    void submit('b', 'replaced', { ino: 2 });
    await move('a', 'b', { entry: await entryAt(setup, 'a') });
    expect(await flush()).toEqual([]);
    expect(content('b')).toBe('a');
    expect(recorded.counts()).toMatchObject({ put: 1 });
  });

  test('over a file that is on its way ends with the renamed content', async () => {
    const setup = owned({ files: { [`${UNIT}/a`]: treePath('a') } });
    const { submit, move, flush, recorded, content, names } = setup;
    const gate = recorded.gate(`sent ${UNIT}/b`);
    void submit('b', 'replaced', { ino: 2 });
    void flush();
    await gate.reached;
    const moved = move('a', 'b', { entry: await entryAt(setup, 'a') });
    await turns();
    gate.open();
    await moved;
    expect([content('b'), names()]).toEqual(['a', ['b']]);
  });

  test('that fails changes nothing: what was queued is still sent under its old name', async () => {
    const setup = owned({ files: { [`${UNIT}/a`]: treePath('on the server') } });
    const { submit, move, flush, recorded, content } = setup;
    const entry = await entryAt(setup, 'a');
    void submit('a', 'newer');
    recorded.fail(`put ${UNIT}/b`, refused);
    expect(await codeOf(move('a', 'b', { entry }))).toBe('EIO');
    expect(await flush()).toEqual([]);
    expect([content('a'), content('b')]).toEqual(['newer', null]);
  });

  test('of a whole directory uploads all, and removes the old names last, at once', async () => {
    const names = ['1', '2', '3'];
    const setup = owned({ files: Object.fromEntries(names.map((name) => [`${UNIT}/old/${name}`, name])) });
    const { ask, recorded } = setup;
    const moves = await Promise.all(
      names.map(async (name, ino) => ({
        ...{ ino, generation: 0, source: null, entry: await entryAt(setup, `old/${name}`) },
        ...{ from: treePath(`${UNIT}/old/${name}`), to: treePath(`${UNIT}/new/${name}`) },
      })),
    );
    recorded.log.length = 0;
    const { moved } = await ask('rename', { moves });
    expect(moved.map(({ ino, entry }) => [ino, entry?.path])).toEqual(
      names.map((name, ino) => [ino, `${UNIT}/new/${name}`]),
    );
    expect(recorded.counts()).toEqual({ declare: 1, read: 3, put: 3, finish: 1, remove: 1 });
    expect(recorded.log.at(-1)).toMatch(/^remove /);
    expect(setup.names()).toEqual(['new/1', 'new/2', 'new/3']);
  });

  test('a large file goes through the disk, window by window', async () => {
    const large = 'x'.repeat(9 * 1024 * 1024);
    const setup = owned({ files: { [`${UNIT}/a`]: treePath(large) } });
    const entry = await entryAt(setup, 'a');
    expect(await setup.move('a', 'b', { entry })).toMatchObject({ size: large.length, md5: entry.md5 });
    expect(setup.recorded.counts()).toMatchObject({ read: 3, put: 1 });
    expect(setup.content('b') === large).toBe(true);
  });

  test('a file that somebody else rewrote meanwhile moves what is there now', async () => {
    const setup = owned({ files: { [`${UNIT}/a`]: treePath('listed') } });
    const entry = await entryAt(setup, 'a');
    setup.recorded.memory.write(treePath(`${UNIT}/a`), 'rewritten');
    await setup.move('a', 'b', { entry });
    expect([setup.content('b'), setup.names()]).toEqual(['rewritten', ['b']]);
  });
});

import { createHash } from 'node:crypto';
import { treePath } from '../../src/contract/tree-path.js';
import { STANDARD } from '../helpers/server.js';
import { failureOf } from './helpers/asked.js';
import { RunsBench, summary, UNIT } from './helpers/runs.js';

let bench: RunsBench;
afterEach(() => bench[Symbol.asyncDispose]());

describe('what the server holds', () => {
  beforeEach(async () => {
    bench = await RunsBench.start();
  });

  test('rows that were declared and never uploaded are not there', async () => {
    await bench.wandb.seed({ [UNIT]: {} });
    await bench.store.uploads?.declare([treePath(`${UNIT}/a/declared`)], {});
    expect((await bench.ask.lookup(treePath(`${UNIT}/a/declared`))).found).toBeNull();
    expect((await bench.ask.lookup(treePath(`${UNIT}/a`))).found).toBeNull();
    expect((await bench.ask.lookup(treePath(UNIT), true)).listing?.entries).toEqual([]);
  });

  test('the manifest of an artifact is read-only and tells its size with its content', async () => {
    const name = 'artifact/123/wandb_manifest.json';
    await bench.wandb.seed({ [UNIT]: { [name]: '{"version":1}' } });
    const entry = await bench.ask.entryAt(treePath(`${UNIT}/${name}`));
    expect(entry).toMatchObject({ size: null, md5: null, isReadOnly: true });
    expect(await bench.read(entry)).toBe('{"version":1}');
    const { size, bytes } = await bench.store.read(entry, { start: 3, end: 6 }, { etag: null });
    expect([size, bytes.byteLength]).toEqual([13, 3]);
  });

  test('the manifest of an artifact is left out of what is deleted', async () => {
    const name = 'artifact/123/wandb_manifest.json';
    await bench.wandb.seed({ [UNIT]: { [name]: '{}', 'a.txt': 'a' } });
    await bench.store.remove?.(await bench.ask.list(treePath(UNIT)), {});
    expect((await bench.ask.list(treePath(UNIT))).map(({ path }) => path)).toEqual([`${UNIT}/${name}`]);
  });

  test('equal versions mean equal bytes: writing the same again is no new version', async () => {
    await bench.wandb.seed({ [UNIT]: { 'a.txt': 'same' } });
    const { version } = await bench.ask.entryAt(treePath(`${UNIT}/a.txt`));
    await bench.wandb.seed({ [UNIT]: { 'a.txt': 'same' } });
    expect((await bench.ask.entryAt(treePath(`${UNIT}/a.txt`))).version).toBe(version);
    await bench.wandb.seed({ [UNIT]: { 'a.txt': 'other' } });
    expect((await bench.ask.entryAt(treePath(`${UNIT}/a.txt`))).version).not.toBe(version);
    expect(version).toBe(`md5:${createHash('md5').update('same').digest('base64')}`);
  });

  test('names that POSIX can not hold are listed encoded, and open by what was listed', async () => {
    const names = ['a//b', 'a/../b', '/abs', 'c/', './x', '%2E', 'ü/日本 #?.txt'];
    await bench.wandb.seed({ [UNIT]: Object.fromEntries(names.map((name) => [name, name])) });
    const entries = await bench.ask.list(treePath(UNIT));
    expect(entries).toHaveLength(names.length);
    for (const { path } of entries) {
      expect(path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')).toBe(true);
      expect(names).toContain(await bench.ask.text(path));
    }
  });

  test('where both a file and files below it are, it is a directory', async () => {
    await bench.wandb.seed({ [UNIT]: { a: 'file', 'a/b': 'below' } });
    expect((await bench.ask.lookup(treePath(`${UNIT}/a`))).found).toBe('prefix');
  });

  test('the times of a run are those of its creation and its last heartbeat', async () => {
    const createdAt = Date.parse('2026-01-02T03:04:05Z');
    await bench.wandb.seed({ [UNIT]: {} }, { createdAt, heartbeatAt: createdAt + 60_000 });
    expect((await bench.ask.lookup(treePath(UNIT))).found).toMatchObject({
      birthtimeMs: createdAt,
      mtimeMs: createdAt + 60_000,
    });
  });

  test('the root lists the viewer and the teams', async () => {
    await bench.wandb.seed({ team: {} });
    const paths = (await bench.ask.list(treePath(''))).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['viewer', 'team']));
    expect(new Set(paths).size).toBe(paths.length);
  });
});

describe('what the server does not hold', () => {
  beforeEach(async () => {
    bench = await RunsBench.start();
  });

  test.each(['nobody', 'nobody/project', 'nobody/project/run', 'nobody/project/run/a.txt'])(
    'a look-up of %s finds nothing',
    async (path) => {
      expect(await bench.ask.lookup(treePath(path), true)).toMatchObject({ found: null, listing: null });
    },
  );

  test('lists of what is not there are ENOENT', async () => {
    for (const path of ['nobody', 'nobody/project', 'nobody/project/run']) {
      expect(await failureOf(bench.ask.list(treePath(path)))).toMatchObject({ code: 'ENOENT' });
    }
  });

  test('a file that was removed meanwhile is ESTALE', async () => {
    await bench.wandb.seed({ [UNIT]: { 'a.txt': 'a' } });
    const entry = await bench.ask.entryAt(treePath(`${UNIT}/a.txt`));
    await bench.connect().remove?.([entry], {});
    expect(await failureOf(bench.read(entry))).toMatchObject({ code: 'ESTALE' });
  });

  test('a wrong key is EACCES, not an empty tree', async () => {
    const other = bench.connect({ apiKey: 'w'.repeat(40) });
    expect(await failureOf(other.lookup(treePath(UNIT), { listing: true }))).toMatchObject({
      code: 'EACCES',
    });
    await other.close?.();
  });

  test('a base URL that is no W&B server is EPROTO, not an empty tree', async () => {
    const other = bench.connect({ baseUrl: `${bench.wandb.url}/elsewhere` });
    const failure = await failureOf(other.lookup(treePath(UNIT), { listing: true }));
    expect(failure.code).not.toBe('ENOENT');
    await other.close?.();
  });
});

describe('directories', () => {
  test('a run that was made is finished at once, so that it does not show as crashed', async () => {
    bench = await RunsBench.start();
    await bench.wandb.seed({ 'entity/project': {} });
    const requests = await bench.requestsOf(async () =>
      bench.store.mkdir?.(treePath('entity/project/made'), {}),
    );
    expect(requests).toEqual(['CreateRun 200', 'api POST 200']);
    expect((await bench.wandb.requests())[1]?.path).toBe('/files/entity/project/made/file_stream');
  });

  test('a run that was deleted can not be made again: EEXIST, not retried', async () => {
    bench = await RunsBench.start(STANDARD, { allowDelete: ['run'] });
    await bench.wandb.seed({ [UNIT]: {} });
    await bench.store.rmdir?.(treePath(UNIT), {});
    const requests = await bench.requestsOf(async () => {
      const failure = await failureOf(bench.store.mkdir?.(treePath(UNIT), {}));
      expect(failure).toMatchObject({ code: 'EEXIST' });
      expect(failure.detail).toContain('previously created and deleted');
    });
    expect(requests).toEqual(['CreateRun 409']);
  });

  test('a name that the server refuses is EINVAL with what it says', async () => {
    bench = await RunsBench.start();
    await bench.wandb.seed({ 'entity/project': {} });
    const failure = await failureOf(bench.store.mkdir?.(treePath('entity/project/a:b'), {}));
    expect(failure).toMatchObject({ code: 'EINVAL' });
    expect(failure.detail).toContain('a:b');
  });

  test('a run whose creation was answered by silence is made, not found to be there', async () => {
    bench = await RunsBench.start();
    await bench.wandb.seed({ 'entity/project': {} });
    await bench.wandb.faults([{ match: { operation: 'CreateRun' }, drop: 'after' }]);
    expect(await bench.store.mkdir?.(treePath('entity/project/made'), {})).toMatchObject({
      kind: 'directory',
    });
  });

  test('projects are made; entities are not', async () => {
    bench = await RunsBench.start();
    await bench.wandb.seed({ entity: {} });
    expect(await bench.store.mkdir?.(treePath('entity/made'), {})).toMatchObject({ path: 'entity/made' });
    expect((await bench.ask.list(treePath('entity'))).map(({ path }) => path)).toEqual(['entity/made']);
    expect(await failureOf(bench.store.mkdir?.(treePath('entity/made'), {}))).toMatchObject({
      code: 'EEXIST',
    });
    expect(await failureOf(bench.store.mkdir?.(treePath('another'), {}))).toMatchObject({ code: 'EPERM' });
  });

  test('nothing is deleted whole unless its level was allowed by name', async () => {
    bench = await RunsBench.start(STANDARD, { allowDelete: ['run'] });
    await bench.wandb.seed({ [UNIT]: { 'a.txt': 'a' } });
    const failure = await failureOf(bench.store.rmdir?.(treePath('entity/project'), {}));
    expect(failure).toMatchObject({ code: 'EPERM' });
    expect(failure.detail).toContain("allowDelete: ['project']");
    expect((await bench.wandb.requests()).map(summary)).toEqual([]);
    await bench.store.rmdir?.(treePath(UNIT), {});
    expect((await bench.ask.lookup(treePath(UNIT))).found).toBeNull();
    const other = bench.connect({ allowDelete: ['project'] });
    await other.rmdir?.(treePath('entity/project'), {});
    expect(await failureOf(other.rmdir?.(treePath('entity/project'), {}))).toMatchObject({ code: 'ENOENT' });
    await other.close?.();
  });
});

test('a store that is read-only has nothing that changes anything', async () => {
  bench = await RunsBench.start(STANDARD, { readOnly: true });
  expect(Object.keys(bench.store).sort()).toEqual([
    'alike',
    'close',
    'consoleLines',
    'find',
    'info',
    'list',
    'lookup',
    'onWarning',
    'page',
    'read',
    'readNewest',
    'shape',
    'signedUrl',
  ]);
});

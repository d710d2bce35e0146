import { createHash } from 'node:crypto';
import { resolveConfig } from '../../src/config/config.js';
import type { WandbFsOptions } from '../../src/config/options.js';
import type { Entry } from '../../src/contract/entry.js';
import type { Failure } from '../../src/contract/failure.js';
import type { Store } from '../../src/contract/store.js';
import type { TreePath } from '../../src/contract/tree-path.js';
import { treePath } from '../../src/contract/tree-path.js';
import { createRunsStore } from '../../src/store/runs.js';
import type { FakeWandb, FakeWandbOptions, RequestRecord } from '../../src/testing/index.js';
import { STANDARD, startServer } from '../helpers/server.js';

const UNIT = 'entity/project/run';
const WHOLE = { start: 0, end: Number.MAX_SAFE_INTEGER };

let wandb: FakeWandb;
let store: Store;

const open = async (server: FakeWandbOptions = STANDARD, options: WandbFsOptions = {}): Promise<void> => {
  wandb = await startServer(server);
  store = connect(options);
};
const connect = (options: WandbFsOptions = {}): Store => {
  const given = { baseUrl: wandb.url, apiKey: wandb.apiKey, ...options };
  return createRunsStore(resolveConfig(given, { HOME: '/nonexistent' }).wire.reveal());
};
afterEach(async () => {
  await store.close?.();
  await wandb.close();
});

const lookup = (path: TreePath, listing = false) => store.lookup(path, { listing });
const fileAt = async (path: TreePath): Promise<Entry> => {
  const { found } = await lookup(path);
  if (found === null || found === 'prefix') throw new Error(`'${path}' is no file: ${found}`);
  return found;
};
const list = async (path: TreePath): Promise<Entry[]> => {
  const entries: Entry[] = [];
  for await (const page of store.list(path, {})) entries.push(...page);
  return entries;
};
const read = async (entry: Entry, range = WHOLE, etag: string | null = null): Promise<string> =>
  Buffer.from((await store.read(entry, range, { etag })).bytes).toString();
const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
  const { uploads } = store;
  if (!uploads) throw new Error('the store has no uploads');
  const tickets = await uploads.declare(Object.keys(files).map(treePath), {});
  await Promise.all(
    tickets.map((ticket) =>
      uploads.put(ticket, { kind: 'bytes', bytes: Buffer.from(files[ticket.path] ?? '') }, {}),
    ),
  );
  await uploads.finish(tickets, {});
};
const failureOf = async (call: Promise<unknown> | undefined): Promise<Failure> => {
  try {
    await call;
  } catch (thrown) {
    return thrown as Failure;
  }
  throw new Error('the call succeeded');
};
const summary = ({ side, method, operation, status }: RequestRecord): string =>
  `${operation ?? `${side} ${method}`} ${status}`;
/** The requests of a piece of work, each in a few words. */
const requestsOf = async (work: () => Promise<unknown>): Promise<string[]> => {
  await wandb.requests({ clear: true });
  await work();
  return (await wandb.requests()).map(summary);
};
const files = (count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`d${index % 11}/f${index}.txt`, `${index}`]),
  );

describe('round trips', () => {
  beforeEach(() => open());

  test('the listing of 501 files in 11 directories comes with the first look at the run: one request', async () => {
    await wandb.seed({ [UNIT]: files(501) });
    const requests = await requestsOf(async () => {
      const { found, listing } = await lookup(treePath(UNIT), true);
      expect(found).toMatchObject({ kind: 'directory' });
      expect(listing?.isComplete).toBe(true);
      expect([...(listing?.entries ?? [])]).toHaveLength(501);
    });
    expect(requests).toEqual(['LookUp 200']);
  });

  test('a cold read of one file is one GraphQL request and one GET', async () => {
    await wandb.seed({ [UNIT]: files(501) });
    const requests = await requestsOf(async () => {
      const { found } = await lookup(treePath(`${UNIT}/d0/f0.txt`), true);
      expect(await read(found as Entry)).toBe('0');
    });
    expect(requests).toEqual(['LookUp 200', 'storage GET 200']);
  });

  test('look-ups of one turn in one run are one request, whatever they find', async () => {
    await wandb.seed({ [UNIT]: { 'a.txt': 'a', 'b/c.txt': 'c', '100%_x/y': 'y' } });
    const names = ['a.txt', 'b', 'b/c.txt', 'nothing', '100%_x', '100__x'];
    let found: unknown[] = [];
    const requests = await requestsOf(async () => {
      const looked = await Promise.all(names.map((name) => lookup(treePath(`${UNIT}/${name}`))));
      found = looked.map((each) => (each.found === 'prefix' ? 'prefix' : (each.found?.path ?? null)));
    });
    expect(found).toEqual([`${UNIT}/a.txt`, 'prefix', `${UNIT}/b/c.txt`, null, 'prefix', null]);
    expect(requests).toEqual(['LookUp 200']);
  });

  test('addresses of files read at once are asked for in one request, and kept', async () => {
    await wandb.seed({ [UNIT]: files(50) });
    const entries = await list(treePath(UNIT));
    const requests = await requestsOf(() => Promise.all(entries.map((entry) => read(entry))));
    expect(requests.filter((request) => request === 'FileAddresses 200')).toHaveLength(1);
    expect(requests).toHaveLength(51);
    expect(await requestsOf(() => Promise.all(entries.map((entry) => read(entry))))).toHaveLength(50);
  });

  test('500 new files: one createRunFiles, 500 PUTs, one markRunFilesUploaded, and the features once', async () => {
    await wandb.seed({ [UNIT]: {} });
    const named = Object.fromEntries(
      Object.entries(files(500)).map(([name, text]) => [`${UNIT}/${name}`, text]),
    );
    const requests = await requestsOf(() => write(named));
    const count = (text: string): number => requests.filter((request) => request === text).length;
    expect(count('CreateRunFiles 200')).toBe(1);
    expect(count('storage PUT 200')).toBe(500);
    expect(count('MarkRunFilesUploaded 200')).toBe(1);
    expect(count('ServerFeatures 200')).toBe(1);
    expect(requests).toHaveLength(503);
    // They cost no round trip: they are asked for while the files are sent.
    expect(requests.indexOf('ServerFeatures 200')).toBeLessThan(requests.lastIndexOf('storage PUT 200'));
    expect(await requestsOf(() => write({ [`${UNIT}/more`]: treePath('x') }))).not.toContain(
      'ServerFeatures 200',
    );
  });

  test('files that were looked at are removed by one request', async () => {
    await wandb.seed({ [UNIT]: files(30) });
    const entries = await list(treePath(UNIT));
    expect(await requestsOf(async () => store.remove?.(entries, {}))).toEqual(['DeleteFiles 200']);
    expect(await list(treePath(UNIT))).toEqual([]);
  });

  test('an empty file is read without a request', async () => {
    await wandb.seed({ [UNIT]: { empty: '' } });
    const entry = await fileAt(treePath(`${UNIT}/empty`));
    expect(await requestsOf(() => read(entry))).toEqual([]);
  });
});

describe('a URL that has expired', () => {
  const expired = (times: number) =>
    [{ match: { side: 'storage', method: 'GET' }, isExpired: true, times }] as const;

  test.each(['gcs', 's3'] as const)('is renewed once (%s)', async (storage) => {
    await open({ ...STANDARD, storage });
    await wandb.seed({ [UNIT]: { 'a.txt': 'content' } });
    const entry = await fileAt(treePath(`${UNIT}/a.txt`));
    await wandb.faults(expired(1));
    const refused = storage === 'gcs' ? 400 : 403;
    const requests = await requestsOf(async () => expect(await read(entry)).toBe('content'));
    expect(requests).toEqual([`storage GET ${refused}`, 'FileAddresses 200', 'storage GET 200']);
  });

  test('by its own time is renewed too', async () => {
    await open({ ...STANDARD, urlTtlMs: 200 });
    await wandb.seed({ [UNIT]: { 'a.txt': 'content' } });
    const entry = await fileAt(treePath(`${UNIT}/a.txt`));
    await new Promise((resolve) => setTimeout(resolve, 220));
    expect(await read(entry)).toBe('content');
  });

  test('and can not be renewed gives way to the address of the API', async () => {
    await open();
    await wandb.seed({ [UNIT]: { 'a.txt': 'content' } });
    const entry = await fileAt(treePath(`${UNIT}/a.txt`));
    await wandb.faults(expired(2));
    const requests = await requestsOf(async () => expect(await read(entry)).toBe('content'));
    expect(requests.slice(2)).toEqual(['storage GET 400', 'api GET 302', 'storage GET 200']);
  });

  test('and nothing helps is EACCES without the URL', async () => {
    await open({ ...STANDARD, storage: 's3' });
    await wandb.seed({ [UNIT]: { 'a.txt': 'content' } });
    const entry = await fileAt(treePath(`${UNIT}/a.txt`));
    await wandb.faults(expired(3));
    const failure = await failureOf(read(entry));
    expect(failure.code).toBe('EACCES');
    expect(JSON.stringify(failure)).not.toMatch(/Signature|a\.txt/);
  });

  test('for an upload is declared anew', async () => {
    await open();
    await wandb.seed({ [UNIT]: {} });
    await wandb.faults([{ match: { side: 'storage', method: 'PUT' }, isExpired: true }]);
    const requests = await requestsOf(() => write({ [`${UNIT}/a.txt`]: treePath('content') }));
    expect(requests.filter((request) => request !== 'ServerFeatures 200').slice(0, 4)).toEqual([
      'CreateRunFiles 200',
      'storage PUT 400',
      'CreateRunFiles 200',
      'storage PUT 200',
    ]);
  });
});

describe('what the server holds', () => {
  beforeEach(() => open());

  test('rows that were declared and never uploaded are not there', async () => {
    await wandb.seed({ [UNIT]: {} });
    await store.uploads?.declare([treePath(`${UNIT}/a/declared`)], {});
    expect((await lookup(treePath(`${UNIT}/a/declared`))).found).toBeNull();
    expect((await lookup(treePath(`${UNIT}/a`))).found).toBeNull();
    expect((await lookup(treePath(UNIT), true)).listing?.entries).toEqual([]);
  });

  test('the manifest of an artifact is read-only and tells its size with its content', async () => {
    const name = 'artifact/123/wandb_manifest.json';
    await wandb.seed({ [UNIT]: { [name]: '{"version":1}' } });
    const entry = await fileAt(treePath(`${UNIT}/${name}`));
    expect(entry).toMatchObject({ size: null, md5: null, isReadOnly: true });
    expect(await read(entry)).toBe('{"version":1}');
    const { size, bytes } = await store.read(entry, { start: 3, end: 6 }, { etag: null });
    expect([size, bytes.byteLength]).toEqual([13, 3]);
  });

  test('the manifest of an artifact is left out of what is deleted', async () => {
    const name = 'artifact/123/wandb_manifest.json';
    await wandb.seed({ [UNIT]: { [name]: '{}', 'a.txt': 'a' } });
    await store.remove?.(await list(treePath(UNIT)), {});
    expect((await list(treePath(UNIT))).map(({ path }) => path)).toEqual([`${UNIT}/${name}`]);
  });

  test('equal versions mean equal bytes: writing the same again is no new version', async () => {
    await wandb.seed({ [UNIT]: { 'a.txt': 'same' } });
    const { version } = await fileAt(treePath(`${UNIT}/a.txt`));
    await wandb.seed({ [UNIT]: { 'a.txt': 'same' } });
    expect((await fileAt(treePath(`${UNIT}/a.txt`))).version).toBe(version);
    await wandb.seed({ [UNIT]: { 'a.txt': 'other' } });
    expect((await fileAt(treePath(`${UNIT}/a.txt`))).version).not.toBe(version);
    expect(version).toBe(`md5:${createHash('md5').update('same').digest('base64')}`);
  });

  test('names that POSIX can not hold are listed encoded, and open by what was listed', async () => {
    const names = ['a//b', 'a/../b', '/abs', 'c/', './x', '%2E', 'ü/日本 #?.txt'];
    await wandb.seed({ [UNIT]: Object.fromEntries(names.map((name) => [name, name])) });
    const entries = await list(treePath(UNIT));
    expect(entries).toHaveLength(names.length);
    for (const { path } of entries) {
      expect(path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')).toBe(true);
      expect(names).toContain(await read(await fileAt(path)));
    }
  });

  test('where both a file and files below it are, it is a directory', async () => {
    await wandb.seed({ [UNIT]: { a: 'file', 'a/b': 'below' } });
    expect((await lookup(treePath(`${UNIT}/a`))).found).toBe('prefix');
  });

  test('the times of a run are those of its creation and its last heartbeat', async () => {
    const createdAt = Date.parse('2026-01-02T03:04:05Z');
    await wandb.seed({ [UNIT]: {} }, { createdAt, heartbeatAt: createdAt + 60_000 });
    expect((await lookup(treePath(UNIT))).found).toMatchObject({
      birthtimeMs: createdAt,
      mtimeMs: createdAt + 60_000,
    });
  });

  test('the root lists the viewer and the teams', async () => {
    await wandb.seed({ team: {} });
    const paths = (await list(treePath(''))).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['viewer', 'team']));
    expect(new Set(paths).size).toBe(paths.length);
  });
});

describe('what the server does not hold', () => {
  beforeEach(() => open());

  test.each(['nobody', 'nobody/project', 'nobody/project/run', 'nobody/project/run/a.txt'])(
    'a look-up of %s finds nothing',
    async (path) => {
      expect(await lookup(treePath(path), true)).toMatchObject({ found: null, listing: null });
    },
  );

  test('lists of what is not there are ENOENT', async () => {
    for (const path of ['nobody', 'nobody/project', 'nobody/project/run']) {
      expect(await failureOf(list(treePath(path)))).toMatchObject({ code: 'ENOENT' });
    }
  });

  test('a file that was removed meanwhile is ESTALE', async () => {
    await wandb.seed({ [UNIT]: { 'a.txt': 'a' } });
    const entry = await fileAt(treePath(`${UNIT}/a.txt`));
    await connect().remove?.([entry], {});
    expect(await failureOf(read(entry))).toMatchObject({ code: 'ESTALE' });
  });

  test('a wrong key is EACCES, not an empty tree', async () => {
    const other = connect({ apiKey: 'w'.repeat(40) });
    expect(await failureOf(other.lookup(treePath(UNIT), { listing: true }))).toMatchObject({
      code: 'EACCES',
    });
    await other.close?.();
  });

  test('a base URL that is no W&B server is EPROTO, not an empty tree', async () => {
    const other = connect({ baseUrl: `${wandb.url}/elsewhere` });
    const failure = await failureOf(other.lookup(treePath(UNIT), { listing: true }));
    expect(failure.code).not.toBe('ENOENT');
    await other.close?.();
  });
});

describe('content', () => {
  beforeEach(() => open());

  test('that breaks on its way is EBADMSG', async () => {
    await wandb.seed({ [UNIT]: { 'a.txt': 'content' } });
    const entry = await fileAt(treePath(`${UNIT}/a.txt`));
    await wandb.faults([{ match: { side: 'storage' }, isCorrupted: true }]);
    expect(await failureOf(read(entry))).toMatchObject({ code: 'EBADMSG' });
    expect(await read(entry)).toBe('content');
  });

  test('of a transfer that is cut is read again', async () => {
    await wandb.seed({ [UNIT]: { 'a.txt': 'content' } });
    const entry = await fileAt(treePath(`${UNIT}/a.txt`));
    await wandb.faults([{ match: { side: 'storage' }, truncateAt: 3 }]);
    expect(await read(entry)).toBe('content');
  });
});

describe('directories', () => {
  test('a run that was made is finished at once, so that it does not show as crashed', async () => {
    await open();
    await wandb.seed({ 'entity/project': {} });
    const requests = await requestsOf(async () => store.mkdir?.(treePath('entity/project/made'), {}));
    expect(requests).toEqual(['CreateRun 200', 'api POST 200']);
    expect((await wandb.requests())[1]?.path).toBe('/files/entity/project/made/file_stream');
  });

  test('a run that was deleted can not be made again: EEXIST, not retried', async () => {
    await open(STANDARD, { allowDelete: ['run'] });
    await wandb.seed({ [UNIT]: {} });
    await store.rmdir?.(treePath(UNIT), {});
    const requests = await requestsOf(async () => {
      const failure = await failureOf(store.mkdir?.(treePath(UNIT), {}));
      expect(failure).toMatchObject({ code: 'EEXIST' });
      expect(failure.detail).toContain('previously created and deleted');
    });
    expect(requests).toEqual(['CreateRun 409']);
  });

  test('a name that the server refuses is EINVAL with what it says', async () => {
    await open();
    await wandb.seed({ 'entity/project': {} });
    const failure = await failureOf(store.mkdir?.(treePath('entity/project/a:b'), {}));
    expect(failure).toMatchObject({ code: 'EINVAL' });
    expect(failure.detail).toContain('a:b');
  });

  test('a run whose creation was answered by silence is made, not found to be there', async () => {
    await open();
    await wandb.seed({ 'entity/project': {} });
    await wandb.faults([{ match: { operation: 'CreateRun' }, drop: 'after' }]);
    expect(await store.mkdir?.(treePath('entity/project/made'), {})).toMatchObject({ kind: 'directory' });
  });

  test('projects are made; entities are not', async () => {
    await open();
    await wandb.seed({ entity: {} });
    expect(await store.mkdir?.(treePath('entity/made'), {})).toMatchObject({ path: 'entity/made' });
    expect((await list(treePath('entity'))).map(({ path }) => path)).toEqual(['entity/made']);
    expect(await failureOf(store.mkdir?.(treePath('entity/made'), {}))).toMatchObject({ code: 'EEXIST' });
    expect(await failureOf(store.mkdir?.(treePath('another'), {}))).toMatchObject({ code: 'EPERM' });
  });

  test('nothing is deleted whole unless its level was allowed by name', async () => {
    await open(STANDARD, { allowDelete: ['run'] });
    await wandb.seed({ [UNIT]: { 'a.txt': 'a' } });
    const failure = await failureOf(store.rmdir?.(treePath('entity/project'), {}));
    expect(failure).toMatchObject({ code: 'EPERM' });
    expect(failure.detail).toContain("allowDelete: ['project']");
    expect((await wandb.requests()).map(summary)).toEqual([]);
    await store.rmdir?.(treePath(UNIT), {});
    expect((await lookup(treePath(UNIT))).found).toBeNull();
    const other = connect({ allowDelete: ['project'] });
    await other.rmdir?.(treePath('entity/project'), {});
    expect(await failureOf(other.rmdir?.(treePath('entity/project'), {}))).toMatchObject({ code: 'ENOENT' });
    await other.close?.();
  });
});

test('a store that is read-only has nothing that changes anything', async () => {
  await open(STANDARD, { readOnly: true });
  expect(Object.keys(store).sort()).toEqual([
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

describe('batches', () => {
  test('adapt to a server that takes less, and remember it', async () => {
    await open({ ...STANDARD, limits: { page: 100, names: 100, ids: 100, files: 100 } });
    await wandb.seed({ [UNIT]: {} });
    const named = Object.fromEntries(
      Object.entries(files(300)).map(([name, text]) => [`${UNIT}/${name}`, text]),
    );
    const first = await requestsOf(() => write(named));
    expect(first.filter((request) => request.startsWith('CreateRunFiles')).length).toBeGreaterThan(3);
    const second = await requestsOf(() => write(named));
    const refused = (requests: string[]): number =>
      requests.filter((request) => request.startsWith('CreateRunFiles')).length - 4;
    expect(refused(second)).toBeLessThan(refused(first));
    expect(await list(treePath(UNIT))).toHaveLength(300);
    const listed = await lookup(treePath(UNIT), true);
    expect(listed.listing).toMatchObject({ isComplete: false });
    expect([...(listed.listing?.entries ?? [])]).toHaveLength(100);
  });

  test('one file that the server refuses keeps no other back', async () => {
    await open();
    await wandb.seed({ [UNIT]: {} });
    const long = 'x'.repeat(2000);
    const paths = ['a.txt', long, 'b.txt'].map((name) => treePath(`${UNIT}/${name}`));
    const tickets = await store.uploads?.declare(paths, {});
    expect(tickets?.map(({ path }) => path)).toEqual([`${UNIT}/a.txt`, `${UNIT}/b.txt`]);
    const failure = await failureOf(store.uploads?.declare([treePath(`${UNIT}/${long}`)], {}));
    expect(failure).toMatchObject({ code: 'EIO', cause: expect.stringContaining('1024 bytes') });
  });
});

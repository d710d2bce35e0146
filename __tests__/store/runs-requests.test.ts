import type { Entry } from '../../src/contract/entry.js';
import { treePath } from '../../src/contract/tree-path.js';
import { STANDARD } from '../helpers/server.js';
import { failureOf } from './helpers/asked.js';
import { manyFiles, RunsBench, UNIT } from './helpers/runs.js';

let bench: RunsBench;
afterEach(() => bench[Symbol.asyncDispose]());

describe('round trips', () => {
  beforeEach(async () => {
    bench = await RunsBench.start();
  });

  test('the listing of 501 files in 11 directories comes with the first look at the run: one request', async () => {
    await bench.wandb.seed({ [UNIT]: manyFiles(501) });
    const requests = await bench.requestsOf(async () => {
      const { found, listing } = await bench.ask.lookup(treePath(UNIT), true);
      expect(found).toMatchObject({ kind: 'directory' });
      expect(listing?.isComplete).toBe(true);
      expect([...(listing?.entries ?? [])]).toHaveLength(501);
    });
    expect(requests).toEqual(['LookUp 200']);
  });

  test('a cold read of one file is one GraphQL request and one GET', async () => {
    await bench.wandb.seed({ [UNIT]: manyFiles(501) });
    const requests = await bench.requestsOf(async () => {
      const { found } = await bench.ask.lookup(treePath(`${UNIT}/d0/f0.txt`), true);
      expect(await bench.read(found as Entry)).toBe('0');
    });
    expect(requests).toEqual(['LookUp 200', 'storage GET 200']);
  });

  test('look-ups of one turn in one run are one request, whatever they find', async () => {
    await bench.wandb.seed({ [UNIT]: { 'a.txt': 'a', 'b/c.txt': 'c', '100%_x/y': 'y' } });
    const names = ['a.txt', 'b', 'b/c.txt', 'nothing', '100%_x', '100__x'];
    let found: unknown[] = [];
    const requests = await bench.requestsOf(async () => {
      const looked = await Promise.all(names.map((name) => bench.ask.lookup(treePath(`${UNIT}/${name}`))));
      found = looked.map((each) => (each.found === 'prefix' ? 'prefix' : (each.found?.path ?? null)));
    });
    expect(found).toEqual([`${UNIT}/a.txt`, 'prefix', `${UNIT}/b/c.txt`, null, 'prefix', null]);
    expect(requests).toEqual(['LookUp 200']);
  });

  test('addresses of files read at once are asked for in one request, and kept', async () => {
    await bench.wandb.seed({ [UNIT]: manyFiles(50) });
    const entries = await bench.ask.list(treePath(UNIT));
    const requests = await bench.requestsOf(() => Promise.all(entries.map((entry) => bench.read(entry))));
    expect(requests.filter((request) => request === 'FileAddresses 200')).toHaveLength(1);
    expect(requests).toHaveLength(51);
    expect(await bench.requestsOf(() => Promise.all(entries.map((entry) => bench.read(entry))))).toHaveLength(
      50,
    );
  });

  test('500 new files: one createRunFiles, 500 PUTs, one markRunFilesUploaded, and the features once', async () => {
    await bench.wandb.seed({ [UNIT]: {} });
    const named = Object.fromEntries(
      Object.entries(manyFiles(500)).map(([name, text]) => [`${UNIT}/${name}`, text]),
    );
    const requests = await bench.requestsOf(() => bench.write(named));
    const count = (text: string): number => requests.filter((request) => request === text).length;
    expect(count('CreateRunFiles 200')).toBe(1);
    expect(count('storage PUT 200')).toBe(500);
    expect(count('MarkRunFilesUploaded 200')).toBe(1);
    expect(count('ServerFeatures 200')).toBe(1);
    expect(requests).toHaveLength(503);
    // They cost no round trip: they are asked for while the files are sent.
    expect(requests.indexOf('ServerFeatures 200')).toBeLessThan(requests.lastIndexOf('storage PUT 200'));
    expect(await bench.requestsOf(() => bench.write({ [`${UNIT}/more`]: 'x' }))).not.toContain(
      'ServerFeatures 200',
    );
  });

  test('files that were looked at are removed by one request', async () => {
    await bench.wandb.seed({ [UNIT]: manyFiles(30) });
    const entries = await bench.ask.list(treePath(UNIT));
    expect(await bench.requestsOf(async () => bench.store.remove?.(entries, {}))).toEqual([
      'DeleteFiles 200',
    ]);
    expect(await bench.ask.list(treePath(UNIT))).toEqual([]);
  });

  test('an empty file is read without a request', async () => {
    await bench.wandb.seed({ [UNIT]: { empty: '' } });
    const entry = await bench.ask.entryAt(treePath(`${UNIT}/empty`));
    expect(await bench.requestsOf(() => bench.read(entry))).toEqual([]);
  });
});

describe('a URL that has expired', () => {
  const expired = (times: number) =>
    [{ match: { side: 'storage', method: 'GET' }, isExpired: true, times }] as const;

  test.each(['gcs', 's3'] as const)('is renewed once (%s)', async (storage) => {
    bench = await RunsBench.start({ ...STANDARD, storage });
    await bench.wandb.seed({ [UNIT]: { 'a.txt': 'content' } });
    const entry = await bench.ask.entryAt(treePath(`${UNIT}/a.txt`));
    await bench.wandb.faults(expired(1));
    const refused = storage === 'gcs' ? 400 : 403;
    const requests = await bench.requestsOf(async () => expect(await bench.read(entry)).toBe('content'));
    expect(requests).toEqual([`storage GET ${refused}`, 'FileAddresses 200', 'storage GET 200']);
  });

  test('by its own time is renewed too', async () => {
    bench = await RunsBench.start({ ...STANDARD, urlTtlMs: 200 });
    await bench.wandb.seed({ [UNIT]: { 'a.txt': 'content' } });
    const entry = await bench.ask.entryAt(treePath(`${UNIT}/a.txt`));
    await new Promise((resolve) => setTimeout(resolve, 220));
    expect(await bench.read(entry)).toBe('content');
  });

  test('and can not be renewed gives way to the address of the API', async () => {
    bench = await RunsBench.start();
    await bench.wandb.seed({ [UNIT]: { 'a.txt': 'content' } });
    const entry = await bench.ask.entryAt(treePath(`${UNIT}/a.txt`));
    await bench.wandb.faults(expired(2));
    const requests = await bench.requestsOf(async () => expect(await bench.read(entry)).toBe('content'));
    expect(requests.slice(2)).toEqual(['storage GET 400', 'api GET 302', 'storage GET 200']);
  });

  test('and nothing helps is EACCES without the URL', async () => {
    bench = await RunsBench.start({ ...STANDARD, storage: 's3' });
    await bench.wandb.seed({ [UNIT]: { 'a.txt': 'content' } });
    const entry = await bench.ask.entryAt(treePath(`${UNIT}/a.txt`));
    await bench.wandb.faults(expired(3));
    const failure = await failureOf(bench.read(entry));
    expect(failure.code).toBe('EACCES');
    expect(JSON.stringify(failure)).not.toMatch(/Signature|a\.txt/);
  });

  test('for an upload is declared anew', async () => {
    bench = await RunsBench.start();
    await bench.wandb.seed({ [UNIT]: {} });
    await bench.wandb.faults([{ match: { side: 'storage', method: 'PUT' }, isExpired: true }]);
    const requests = await bench.requestsOf(() => bench.write({ [`${UNIT}/a.txt`]: 'content' }));
    expect(requests.filter((request) => request !== 'ServerFeatures 200').slice(0, 4)).toEqual([
      'CreateRunFiles 200',
      'storage PUT 400',
      'CreateRunFiles 200',
      'storage PUT 200',
    ]);
  });
});

describe('content', () => {
  beforeEach(async () => {
    bench = await RunsBench.start();
  });

  test('that breaks on its way is EBADMSG', async () => {
    await bench.wandb.seed({ [UNIT]: { 'a.txt': 'content' } });
    const entry = await bench.ask.entryAt(treePath(`${UNIT}/a.txt`));
    await bench.wandb.faults([{ match: { side: 'storage' }, isCorrupted: true }]);
    expect(await failureOf(bench.read(entry))).toMatchObject({ code: 'EBADMSG' });
    expect(await bench.read(entry)).toBe('content');
  });

  test('of a transfer that is cut is read again', async () => {
    await bench.wandb.seed({ [UNIT]: { 'a.txt': 'content' } });
    const entry = await bench.ask.entryAt(treePath(`${UNIT}/a.txt`));
    await bench.wandb.faults([{ match: { side: 'storage' }, truncateAt: 3 }]);
    expect(await bench.read(entry)).toBe('content');
  });
});

describe('batches', () => {
  test('adapt to a server that takes less, and remember it', async () => {
    bench = await RunsBench.start({ ...STANDARD, limits: { page: 100, names: 100, ids: 100, files: 100 } });
    await bench.wandb.seed({ [UNIT]: {} });
    const named = Object.fromEntries(
      Object.entries(manyFiles(300)).map(([name, text]) => [`${UNIT}/${name}`, text]),
    );
    const first = await bench.requestsOf(() => bench.write(named));
    expect(first.filter((request) => request.startsWith('CreateRunFiles')).length).toBeGreaterThan(3);
    const second = await bench.requestsOf(() => bench.write(named));
    const refused = (requests: string[]): number =>
      requests.filter((request) => request.startsWith('CreateRunFiles')).length - 4;
    expect(refused(second)).toBeLessThan(refused(first));
    expect(await bench.ask.list(treePath(UNIT))).toHaveLength(300);
    const listed = await bench.ask.lookup(treePath(UNIT), true);
    expect(listed.listing).toMatchObject({ isComplete: false });
    expect([...(listed.listing?.entries ?? [])]).toHaveLength(100);
  });

  test('one file that the server refuses keeps no other back', async () => {
    bench = await RunsBench.start();
    await bench.wandb.seed({ [UNIT]: {} });
    const long = 'x'.repeat(2000);
    const paths = ['a.txt', long, 'b.txt'].map((name) => treePath(`${UNIT}/${name}`));
    const tickets = await bench.store.uploads?.declare(paths, {});
    expect(tickets?.map(({ path }) => path)).toEqual([`${UNIT}/a.txt`, `${UNIT}/b.txt`]);
    const failure = await failureOf(bench.store.uploads?.declare([treePath(`${UNIT}/${long}`)], {}));
    expect(failure).toMatchObject({ code: 'EIO', cause: expect.stringContaining('1024 bytes') });
  });
});

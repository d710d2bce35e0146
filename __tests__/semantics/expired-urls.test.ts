import { setTimeout as sleep } from 'node:timers/promises';
import { startServer, useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { costOf, countOf, requestsOf } from './helpers/requests.js';
import { call, errorOf, STYLES } from './helpers/styles.js';
import { contentOn, eventually } from './helpers/waiting.js';

const MEBIBYTE = 1 << 20;
const large = Buffer.alloc(4 * MEBIBYTE, 'abcdefg');

describe.each(['gcs', 's3'] as const)('signed addresses of a storage like %s', (storage) => {
  const server = useServer({ storage });
  let run: string;
  beforeEach(async () => {
    run = await makeRun(server, { 'f.txt': 'content' });
  });
  afterEach(() => server.faults([]));

  test.each(STYLES)('a read whose address has expired asks for another one, %s', async (style) => {
    const fs = mount(server);
    await server.faults([{ match: { side: 'storage', method: 'GET' }, isExpired: true }]);
    const requests = await requestsOf(server, async () => {
      expect(await call(fs, style, 'readFile', `${run}/f.txt`, 'utf8')).toBe('content');
    });
    expect(costOf(requests)).toMatchObject({ graphql: 2, gets: 2 });
  });

  test("where new addresses don't help, the API's own download address does", async () => {
    const fs = mount(server);
    await server.faults([{ match: { side: 'storage', method: 'GET' }, isExpired: true, times: 2 }]);
    const requests = await requestsOf(server, async () => {
      expect(await fs.promises.readFile(`${run}/f.txt`, 'utf8')).toBe('content');
    });
    expect(requests.some(({ path }) => path === `/files/${run}/f.txt`)).toBe(true);
  });

  test('where nothing helps it is EACCES or EIO, not a loop', async () => {
    const fs = mount(server);
    await server.faults([{ match: { side: 'storage', method: 'GET' }, isExpired: true, times: Infinity }]);
    const requests = await requestsOf(server, async () => {
      expect((await errorOf(() => fs.promises.readFile(`${run}/f.txt`))).code).toMatch(/^(EACCES|EIO)$/);
    });
    expect(requests.length).toBeLessThan(20);
  });

  test('an upload whose address has expired is declared again', async () => {
    const fs = mount(server);
    await server.faults([{ match: { side: 'storage', method: 'PUT' }, isExpired: true }]);
    await fs.promises.writeFile(`${run}/f.txt`, 'new');
    const requests = await requestsOf(server, () => fs.wandb.flush());
    expect(countOf(requests, 'createRunFiles')).toBe(2);
    await eventually(
      () => contentOn(server, run, 'f.txt'),
      (seen) => seen === 'new',
    );
  });

  test('a file that is open for longer than its address is good is read on', async () => {
    const short = await startServer({ storage, urlTtlMs: 150 });
    const itsRun = await makeRun(short, { large });
    const fs = mount(short, { cacheBytes: MEBIBYTE });
    const fd = fs.openSync(`${itsRun}/large`, 'r');
    const bytes = Buffer.alloc(14);
    for (const position of [0, 7 * 100_000, 7 * 400_000]) {
      expect(fs.readSync(fd, bytes, 0, 14, position)).toBe(14);
      expect(bytes.toString()).toBe('abcdefgabcdefg');
      await sleep(200);
    }
    fs.closeSync(fd);
  });
});

describe('a server that limits its rate', () => {
  const server = useServer();
  let run: string;
  beforeEach(async () => {
    run = await makeRun(server, { 'f.txt': 'content' });
  });

  test.each(STYLES)('429: waits as long as Retry-After says, then asks once more: %s', async (style) => {
    const fs = mount(server);
    await server.faults([
      {
        match: { side: 'api' },
        status: 429,
        headers: { 'retry-after': '0.6' },
        body: '{"error":"slow down"}',
      },
    ]);
    const begin = Date.now();
    const requests = await requestsOf(server, async () => {
      expect(await call(fs, style, 'readdir', run)).toEqual(['f.txt']);
    });
    expect(Date.now() - begin).toBeGreaterThanOrEqual(600);
    expect(requests.filter(({ status }) => status === 429)).toHaveLength(1);
    expect(costOf(requests).graphql).toBeLessThanOrEqual(2);
  });

  test('while it waits, no other request is sent either', async () => {
    const fs = mount(server);
    const other = await makeRun(server, { g: 'g' });
    await server.faults([
      { match: { side: 'api' }, status: 429, headers: { 'retry-after': '0.5' }, body: '{}' },
    ]);
    const first = fs.promises.readdir(run);
    await eventually(
      () => server.faults(),
      (left) => left.length === 0,
    );
    await sleep(50);
    await server.requests({ clear: true });
    const second = fs.promises.readdir(other);
    await sleep(250);
    expect(await server.requests()).toEqual([]);
    expect(await Promise.all([first, second])).toEqual([['f.txt'], ['g']]);
  });

  test('many requests get through a narrow gate without an error', async () => {
    const narrow = await startServer({ limits: { requestsPerSecond: 10 } });
    const runs = await Promise.all(Array.from({ length: 20 }, () => makeRun(narrow, { f: 'f' })));
    const fs = mount(narrow);
    const seen = await Promise.all(runs.map((each) => fs.promises.readdir(each)));
    expect(seen).toEqual(runs.map(() => ['f']));
    const refused = (await narrow.requests()).filter(({ status }) => status === 429);
    expect(refused.length).toBeLessThan(20);
  });
});

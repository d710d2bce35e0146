import { type FakeWandb, startFakeWandb } from '../../src/testing/index.js';
import { fileRow, graphql, listFiles, upload } from './client.js';

const run = 'lab/project/run';

describe('failures on schedule', () => {
  let wandb: FakeWandb;
  beforeEach(async () => {
    wandb = await startFakeWandb();
    await wandb.seed({ [run]: { 'a.txt': 'abcdefghij' } });
  });
  afterEach(() => wandb.close());

  const query = '{ viewer { id } }';

  test('a fault hits as often as it says, after as many as it lets pass, and then is gone', async () => {
    await wandb.faults([
      { match: { operation: 'viewer' }, skip: 1, times: 2, status: 503, body: '{"error":"busy"}' },
    ]);
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await graphql(wandb, query)).status);
    expect(statuses).toEqual([200, 503, 503, 200]);
    expect(await wandb.faults()).toEqual([]);
  });

  test('faults match by side, method, path and operation', async () => {
    await wandb.faults([{ match: { side: 'storage', method: 'put', path: /b\.txt$/ }, status: 500 }]);
    await graphql(wandb, query);
    expect((await upload(wandb, run, 'c.txt', 'c')).status).toBe(200);
    expect((await upload(wandb, run, 'b.txt', 'b')).status).toBe(500);
    expect((await upload(wandb, run, 'b.txt', 'b')).status).toBe(200);
  });

  test('an empty list ends what was scheduled', async () => {
    await wandb.faults([{ status: 500, times: Infinity }]);
    expect((await wandb.faults())[0]).toMatchObject({ status: 500, times: Infinity });
    await wandb.faults([]);
    expect((await graphql(wandb, query)).status).toBe(200);
  });

  test('HTML, 429 with Retry-After, a GraphQL error', async () => {
    await wandb.faults([
      { status: 502, body: '<html>Bad Gateway</html>', headers: { 'content-type': 'text/html' } },
      { status: 429, headers: { 'retry-after': '0.1' }, body: '{}' },
      { graphqlError: 'internal: deadline exceeded' },
    ]);
    const html = await fetch(`${wandb.url}/graphql`, { method: 'POST', body: '{}' });
    expect(html.headers.get('content-type')).toBe('text/html');
    expect(await html.text()).toContain('Bad Gateway');
    const limited = await fetch(`${wandb.url}/graphql`, { method: 'POST', body: '{}' });
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '0.1']);
    expect((await graphql(wandb, query)).errors).toEqual([{ message: 'internal: deadline exceeded' }]);
  });

  test('a connection cut before handling changes nothing, one cut after has its effect', async () => {
    await wandb.faults([
      { match: { method: 'PUT' }, drop: 'before' },
      { match: { method: 'PUT' }, drop: 'after' },
    ]);
    await expect(upload(wandb, run, 'b.txt', 'b')).rejects.toThrow('fetch failed');
    expect(await fileRow(wandb, run, 'b.txt')).toMatchObject({ updatedAt: null });
    await expect(upload(wandb, run, 'b.txt', 'b')).rejects.toThrow('fetch failed');
    expect(await fileRow(wandb, run, 'b.txt')).toMatchObject({ sizeBytes: 1 });
  });

  test('bodies are corrupted, truncated, slow; URLs are expired', async () => {
    const url = (await fileRow(wandb, run, 'a.txt'))?.directUrl ?? '';
    const match = { side: 'storage' } as const;
    await wandb.faults([
      { match, isCorrupted: true },
      { match, truncateAt: 4 },
      { match, bytesPerSecond: 50 },
      { match, isExpired: true },
    ]);
    const corrupted = await (await fetch(url)).text();
    expect(corrupted.slice(0, 9)).toBe('abcdefghi');
    expect(corrupted).not.toBe('abcdefghij');
    const truncated = await fetch(url);
    expect(truncated.headers.get('content-length')).toBe('10');
    await expect(truncated.text()).rejects.toThrow();
    const start = performance.now();
    expect(await (await fetch(url)).text()).toBe('abcdefghij');
    expect(performance.now() - start).toBeGreaterThan(150);
    expect((await fetch(url)).status).toBe(400);
    expect(await (await fetch(url)).text()).toBe('abcdefghij');
  });

  test('delayed: a listing handled before a change may be answered after it', async () => {
    await wandb.faults([{ match: { operation: 'Files' }, delayAnswerMs: 200 }]);
    const slow = listFiles(wandb, run);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await wandb.seed({ [run]: { 'b.txt': 'b' } });
    expect((await slow).rows.map((row) => row.name)).toEqual(['a.txt']);
    expect((await listFiles(wandb, run)).rows.map((row) => row.name)).toEqual(['a.txt', 'b.txt']);
  });
});

describe('limits on the rate', () => {
  test('more requests than allowed are 429 and told when to come back', async () => {
    const wandb = await startFakeWandb({ limits: { requestsPerSecond: 5 } });
    try {
      const ask = () => fetch(`${wandb.url}/graphql`, { method: 'POST', body: '{"query":"{__typename}"}' });
      const answers = await Promise.all(Array.from({ length: 8 }, ask));
      const refused = answers.filter((answer) => answer.status === 429);
      expect(refused.length).toBeGreaterThanOrEqual(2);
      const seconds = Number(refused[0]?.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(0);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000 + 50));
      expect((await ask()).status).toBe(401);
    } finally {
      await wandb.close();
    }
  });
});

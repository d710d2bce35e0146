import { execFileSync } from 'node:child_process';
import { type FakeWandb, startFakeWandb } from '../../src/testing/index.js';
import { fileRow, graphql } from './client.js';

describe('the request log', () => {
  let wandb: FakeWandb;
  beforeAll(async () => {
    wandb = await startFakeWandb();
    await wandb.seed({ 'lab/project/run': { 'a b.txt': 'abcdefghij' } });
  });
  afterAll(() => wandb.close());

  test('names each request and counts its bytes, without secrets', async () => {
    const row = await fileRow(wandb, 'lab/project/run', 'a b.txt');
    await (await fetch(row?.directUrl ?? '', { headers: { range: 'bytes=0-3' } })).text();
    const records = await wandb.requests();
    expect(records).toMatchObject([
      {
        side: 'api',
        method: 'POST',
        path: '/graphql',
        operation: 'Files',
        fields: ['project'],
        variables: { names: ['a b.txt'] },
        status: 200,
        inFlight: 1,
      },
      {
        side: 'storage',
        method: 'GET',
        path: '/wandb-files/lab/project/run/a b.txt',
        operation: null,
        range: 'bytes=0-3',
        status: 206,
        bytes: 4,
        bytesIn: 0,
        bytesOut: 4,
      },
    ]);
    expect(JSON.stringify(records)).not.toMatch(/Signature|authorization/i);
  });

  test('can be cleared', async () => {
    await wandb.requests({ clear: true });
    expect(await wandb.requests()).toEqual([]);
    await graphql(wandb, 'query Who { me: viewer { id } }');
    expect(await wandb.requests()).toMatchObject([{ operation: 'Who', fields: ['viewer'] }]);
  });
});

describe('a server of its own', () => {
  test('a thread that is blocked can talk to it', async () => {
    await using wandb = await startFakeWandb();
    const get = `fetch(${JSON.stringify(`${wandb.url}/nothing`)}).then((r) => console.log(r.status))`;
    expect(execFileSync(process.execPath, ['-e', get], { encoding: 'utf8' })).toBe('404\n');
  });

  test('closing it waits for no answer that is to come later', async () => {
    const wandb = await startFakeWandb();
    await wandb.faults([{ delayMs: 60_000 }]);
    const answer = fetch(`${wandb.url}/nothing`).catch((error: unknown) => error);
    while ((await wandb.requests()).length === 0);
    const begin = Date.now();
    await wandb.close();
    expect(Date.now() - begin).toBeLessThan(10_000);
    expect(await answer).toMatchObject({ message: 'fetch failed' });
  });

  test('listens where it is told, and says so if it cannot', async () => {
    await using first = await startFakeWandb();
    const port = Number(new URL(first.url).port);
    await expect(startFakeWandb({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await first.close();
    await using second = await startFakeWandb({ port });
    expect(second.url).toBe(first.url);
  });

  test('after close nothing answers, and closing twice is no error', async () => {
    const wandb = await startFakeWandb();
    await wandb.close();
    await wandb.close();
    await expect(fetch(wandb.url)).rejects.toThrow('fetch failed');
    await expect(wandb.requests()).rejects.toThrow('was closed');
  });

  test.each([
    [{ finalize: 'never' as 'put' }, /finalize/],
    [{ limits: { page: 0 } }, /limits\.page/],
  ])('refuses %j', async (options, message) => {
    await expect(startFakeWandb(options)).rejects.toThrow(message);
  });

  test('refuses a world that is not there, and paths that are no runs', async () => {
    await expect(startFakeWandb({ world: '/nowhere/at/all' })).rejects.toMatchObject({ code: 'ENOENT' });
    await using wandb = await startFakeWandb();
    await expect(wandb.seed({ 'a/b/c/d': {} })).rejects.toThrow(/entity\/project\/run/);
    await expect(wandb.seed({ 'a/b': { 'f.txt': '' } })).rejects.toThrow(/belong to a run/);
    await expect(wandb.files('a/b/c')).rejects.toThrow(/no run/);
  });
});

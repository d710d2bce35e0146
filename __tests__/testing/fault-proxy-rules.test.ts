import { type FakeWandb, startFaultProxy } from '../../src/testing/index.js';
import { fileRow, graphql, listFiles, upload } from './client.js';
import { byHttp } from './helpers/plain-http.js';
import { useProxied, VIEWER_QUERY } from './helpers/proxied.js';
import { RUN } from './helpers/serving.js';

const proxied = useProxied();

describe('rules', () => {
  test('hit by side, method, path and operation, after so many, so often', async () => {
    await proxied.proxy.faults([
      {
        match: { operation: 'viewer' },
        skip: 1,
        times: 2,
        fault: { kind: 'status', status: 500, body: '{}' },
      },
      { match: { side: 'storage', path: /b\.txt$/ }, fault: { kind: 'status', status: 501 } },
    ]);
    const statuses = [];
    for (let count = 0; count < 4; count++) statuses.push((await graphql(proxied.seen, VIEWER_QUERY)).status);
    expect(statuses).toEqual([200, 500, 500, 200]);
    expect((await upload(proxied.seen, RUN, 'c.txt', 'c')).status).toBe(200);
    expect((await upload(proxied.seen, RUN, 'b.txt', 'b')).status).toBe(501);
    const { requests, faults, hits } = await proxied.proxy.counts();
    expect(requests).toBeGreaterThan(6);
    expect(faults.status).toBeGreaterThanOrEqual(3);
    expect(hits.at(-1)).toMatchObject({
      side: 'storage',
      method: 'PUT',
      operation: null,
      fault: { kind: 'status', status: 501 },
    });
  });

  test('by chance, the same for the same seed', async () => {
    const outcomes = async (name: string, seed: number): Promise<number[]> => {
      await using lane = await proxied.proxy.lane(name);
      const fault = [500, 501, 502].map((status) => ({ kind: 'status', status }) as const);
      await lane.faults([{ probability: 0.5, fault }], { seed });
      const statuses: number[] = [];
      for (let count = 0; count < 40; count++) statuses.push((await byHttp(`${lane.url}/x`)).status);
      return statuses;
    };
    const first = await outcomes('first', 1);
    expect(await outcomes('again', 1)).toEqual(first);
    expect(await outcomes('other', 2)).not.toEqual(first);
    expect(new Set(first)).toEqual(new Set([404, 500, 501, 502]));
  });

  test('that could never hit as meant are refused', async () => {
    const fault = { kind: 'half' } as const;
    await expect(proxied.proxy.faults([{ fault, probability: 2 }])).rejects.toThrow(TypeError);
    await expect(proxied.proxy.faults([{ fault: [] }])).rejects.toThrow('`fault` is empty');
    await expect(startFaultProxy({ url: 'https://api.wandb.ai' })).rejects.toThrow('plain HTTP');
  });
});

describe('lanes', () => {
  test('have addresses, faults and counts of their own', async () => {
    await using lane = await proxied.proxy.lane('one');
    await lane.faults([
      { fault: { kind: 'status', status: 503 }, times: Infinity, match: { method: 'PUT' } },
    ]);
    const inLane: FakeWandb = { ...proxied.wandb, url: lane.url };
    expect((await upload(inLane, RUN, 'b.txt', 'b')).status).toBe(503);
    expect((await upload(proxied.seen, RUN, 'b.txt', 'b')).status).toBe(200);
    expect((await fileRow(inLane, RUN, 'a.txt'))?.directUrl).toContain('/~one/');
    expect((await listFiles(inLane, RUN)).rows.map(({ name }) => name)).toContain('a.txt');
    expect((await lane.counts()).faults).toEqual({ status: 1 });
    await lane.clear();
    expect((await upload(inLane, RUN, 'b.txt', 'b')).status).toBe(200);
  });

  test('are 404 when they are closed', async () => {
    const lane = await proxied.proxy.lane('two');
    await lane.close();
    expect((await byHttp(`${lane.url}/graphql`, { method: 'POST', body: '{}' })).status).toBe(404);
  });
});

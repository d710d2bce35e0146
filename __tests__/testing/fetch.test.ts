import { createWandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';

const server = useServer(STANDARD);
const elsewhere = 'https://wandb.example:8443';

describe('the `fetch` of a server', () => {
  test('answers for any host, with addresses of that host', async () => {
    await server.seed({ 'lab/project/run': { 'a.txt': 'text' } });
    const asked: string[] = [];
    const fs = createWandbFs({
      baseUrl: elsewhere,
      apiKey: server.apiKey,
      fetch: (input, init) => {
        asked.push(new URL(String(input)).origin);
        return server.fetch(input, init);
      },
    });
    expect(await fs.promises.readFile('/lab/project/run/a.txt', 'utf8')).toBe('text');
    await fs.promises.writeFile('/lab/project/run/b.bin', Buffer.from([0, 255, 10]));
    await fs.wandb.close();
    expect(Buffer.from((await server.files('lab/project/run'))['b.bin'] ?? [])).toEqual(
      Buffer.from([0, 255, 10]),
    );
    expect(new Set(asked)).toEqual(new Set([elsewhere]));
  });

  test('takes a Request, is logged, and meets faults', async () => {
    await server.requests({ clear: true });
    await server.faults([{ status: 418, body: 'short', headers: { 'X-Test': 'yes' } }]);
    const request = new Request(`${elsewhere}/graphql?a=1`, { method: 'POST', body: '{}' });
    const answer = await server.fetch(request);
    expect([answer.status, answer.headers.get('x-test'), await answer.text()]).toEqual([418, 'yes', 'short']);
    expect(await server.requests()).toMatchObject([
      { method: 'POST', path: '/graphql', bytesIn: 2, status: 418 },
    ]);
  });

  test('rejects as `fetch` does: when it is aborted, and when the connection breaks', async () => {
    await server.faults([{ drop: 'before' }]);
    await expect(server.fetch(elsewhere)).rejects.toMatchObject({
      name: 'TypeError',
      message: 'fetch failed',
    });
    await server.faults([{ delayMs: 10_000 }]);
    const signal = AbortSignal.timeout(20);
    await expect(server.fetch(elsewhere, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(server.fetch(elsewhere, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
    await server.faults([]);
  });
});

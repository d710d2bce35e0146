import type { WandbFsOptions } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { heard, unsubscribeAll } from './helpers/channels.js';
import { giveUpReading, makeRun, mount } from './helpers/mounts.js';

const server = useServer(STANDARD);
afterEach(() => server.faults([]));

const CONTENT = 'x'.repeat(5000);

describe.each<[string, WandbFsOptions]>([
  ['in a thread', {}],
  ['in this one', { sync: 'off' }],
  ['by a fetch of the user', { fetch: globalThis.fetch }],
])('with the owner %s `wandb-fs:request` tells', (_where, options) => {
  test('of each request: what for, where, how it went, how much, how long', async () => {
    const run = await makeRun(server, { 'file.txt': CONTENT });
    const events = heard('request');
    const fs = mount(server, options);
    await fs.promises.readFile(`${run}/file.txt`);
    await fs.promises.writeFile(`${run}/new.txt`, CONTENT);
    await fs.wandb.flush();
    const duration = expect.any(Number);
    const numbers = { sentBytes: duration, receivedBytes: duration, duration, attempt: 1, error: null };
    const url = `${server.url}/graphql`;
    expect(events[0]).toEqual({ ...numbers, kind: 'query', operation: 'LookUp', url, status: 200 });
    expect(events[1]).toEqual({
      ...{
        ...numbers,
        kind: 'get',
        operation: null,
        status: 200,
        sentBytes: 0,
        receivedBytes: CONTENT.length,
      },
      url: expect.stringMatching(/^http:.*\/file\.txt$/),
    });
    expect(events).toContainEqual({
      ...numbers,
      kind: 'mutation',
      operation: 'CreateRunFiles',
      url,
      status: 200,
    });
    expect(events).toContainEqual({
      ...{ ...numbers, kind: 'put', operation: null, status: 200, sentBytes: CONTENT.length },
      url: expect.stringMatching(/^http:.*\/new\.txt$/),
    });
    for (const event of events) expect(event.duration).toBeGreaterThan(0);
    const { requests } = fs.wandb.counters();
    expect(events).toHaveLength(Object.values(requests).reduce((all, { count }) => all + count, 0));
  });

  test('of each attempt, and why there was no answer', async () => {
    const run = await makeRun(server, { 'file.txt': CONTENT });
    await server.faults([
      { match: { side: 'api', operation: 'LookUp' }, status: 503 },
      { match: { side: 'storage', method: 'GET' }, drop: 'before' },
    ]);
    const events = heard('request');
    await mount(server, options).promises.readFile(`${run}/file.txt`);
    expect(events.map(({ kind, status, attempt }) => [kind, status, attempt])).toEqual([
      ['query', 503, 1],
      ['query', 200, 2],
      ['get', null, 1],
      ['get', 200, 2],
    ]);
    expect(events.map(({ error }) => error === null)).toEqual([true, true, false, true]);
    expect(events[2]?.error).toMatch(/^[A-Z][A-Z_]+$/);
  });

  test('no key and no signature, whatever is asked for', async () => {
    const run = await makeRun(server, { 'file.txt': CONTENT });
    const events = [heard('request'), heard('fault'), heard('upload')];
    const fs = mount(server, options);
    await server.faults([{ match: { side: 'storage', method: 'GET' }, isExpired: true }]);
    await fs.promises.readFile(`${run}/file.txt`);
    await fs.wandb.signedUrl(`${run}/file.txt`);
    await fs.promises.writeFile(`${run}/new.txt`, 'x');
    await fs.wandb.flush();
    await fs.wandb.info(run);
    await fs.promises.readdir('nobody/nothing').catch(() => {});
    const told = JSON.stringify([events, fs.wandb.counters()]);
    expect(told).toContain('file.txt');
    expect(told).not.toContain(server.apiKey);
    expect(told).not.toContain(Buffer.from(`api:${server.apiKey}`).toString('base64'));
    expect(told).not.toMatch(/signature|credential|expires|\?/i);
  });

  test('who subscribes in the middle of what comes then, and nobody who has unsubscribed', async () => {
    const run = await makeRun(server, { 'one.txt': '1', 'two.txt': '2', 'three.txt': '3' });
    const fs = mount(server, { ...options, readAheadBytes: 0 });
    await fs.promises.readFile(`${run}/one.txt`);
    const events = heard('request');
    await fs.promises.readFile(`${run}/two.txt`);
    expect(events.map(({ kind }) => kind)).toContain('get');
    const { length } = events;
    unsubscribeAll();
    await fs.promises.readFile(`${run}/three.txt`);
    expect(events).toHaveLength(length);
  });
});

test('sync calls tell of their requests before they return', async () => {
  const run = await makeRun(server, { 'file.txt': CONTENT });
  const fs = mount(server);
  const events = heard('request');
  fs.readFileSync(`${run}/file.txt`);
  expect(events.map(({ kind }) => kind)).toEqual(['query', 'get']);
});

test('a request that is given up is ECANCELED', async () => {
  const run = await makeRun(server, { 'file.txt': CONTENT });
  const fs = mount(server);
  await fs.promises.stat(`${run}/file.txt`);
  await server.faults([{ match: { side: 'storage', method: 'GET' }, delayAnswerMs: 5000 }]);
  const ended = new Promise<unknown>((resolve) =>
    heard('request', (event) => event.kind === 'get' && resolve(event)),
  );
  await giveUpReading(fs, `${run}/file.txt`);
  expect(await ended).toMatchObject({ status: null, error: 'ECANCELED', receivedBytes: 0 });
});

test('a signed address of the user, and what leads elsewhere, is told without its query', async () => {
  const run = await makeRun(server, { 'file.txt': CONTENT });
  const asked: string[] = [];
  const redirected: typeof fetch = async (input, init) => {
    const url = String(input);
    asked.push(url);
    if (init?.method !== 'GET' || url.includes('Moved=secret')) return fetch(input, init);
    return new Response(null, { status: 307, headers: { location: `${url}&Moved=secret` } });
  };
  const events = heard('request');
  const fs = mount(server, { fetch: redirected });
  expect(await fs.promises.readFile(`${run}/file.txt`, 'utf8')).toBe(CONTENT);
  expect(asked.filter((url) => url.includes('secret'))).toHaveLength(1);
  expect(events.filter(({ kind }) => kind === 'get').map(({ status }) => status)).toEqual([307, 200]);
  expect(JSON.stringify(events)).not.toMatch(/secret|\?/);
});

import { type ProxyFault, type ProxyRule, startFaultProxy } from '../../src/testing/index.js';
import { fileRow, graphql, upload } from './client.js';
import { byHttp } from './helpers/plain-http.js';
import { TEXT, useProxied, VIEWER_QUERY } from './helpers/proxied.js';
import { RUN } from './helpers/serving.js';

const proxied = useProxied();

const addressOf = async (name: string): Promise<string> =>
  (await fileRow(proxied.seen, RUN, name))?.directUrl ?? '';
const once = (fault: ProxyFault, match: ProxyRule['match'] = { side: 'storage' }): Promise<void> =>
  proxied.proxy.faults([{ match, fault }]);
const broken = async (answer: Promise<unknown>): Promise<string> =>
  answer.then(
    () => 'answered',
    (error: NodeJS.ErrnoException) => error.code ?? String(error),
  );
const storedText = async (name: string): Promise<string | undefined> => {
  const bytes = (await proxied.wandb.files(RUN))[name];
  return bytes && Buffer.from(bytes).toString();
};

describe('without faults', () => {
  test('all addresses that the server hands out lead through the proxy', async () => {
    const address = await addressOf('a.txt');
    expect(address.startsWith(`${proxied.proxy.storageUrl}/`)).toBe(true);
    expect(await (await fetch(address)).text()).toBe(TEXT);
    expect((await upload(proxied.seen, RUN, 'b.txt', 'through the proxy')).status).toBe(200);
    expect(await storedText('b.txt')).toBe('through the proxy');
    const row = await fetch(`${proxied.seen.url}/files/${RUN}/a.txt`, {
      redirect: 'manual',
      headers: { authorization: `Basic ${Buffer.from(`api:${proxied.wandb.apiKey}`).toString('base64')}` },
    });
    expect(row.headers.get('location')?.startsWith(`${proxied.proxy.storageUrl}/`)).toBe(true);
  });

  test('ranges, tags and statuses are the server’s', async () => {
    const answer = await fetch(await addressOf('a.txt'), { headers: { range: 'bytes=2-4' } });
    expect([answer.status, answer.headers.get('content-range'), await answer.text()]).toEqual([
      206,
      'bytes 2-4/10',
      'cde',
    ]);
    expect((await fetch(`${proxied.proxy.storageUrl}/elsewhere`)).status).toBe(404);
  });
});

describe('what breaks a connection', () => {
  test('refused: the server is down for a while, and then there again', async () => {
    await once({ kind: 'refuse', ms: 150 }, { side: 'api' });
    expect(await broken(byHttp(`${proxied.proxy.url}/graphql`, { method: 'POST', body: '{}' }))).toBe(
      'ECONNRESET',
    );
    expect(await broken(byHttp(`${proxied.proxy.url}/graphql`))).toBe('ECONNREFUSED');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await graphql(proxied.seen, VIEWER_QUERY)).status).toBe(200);
  });

  test.each(['request', 'body', 'sent'] as const)('reset at the %s: the server has not acted', async (at) => {
    await once({ kind: 'reset', at }, { method: 'PUT' });
    await expect(upload(proxied.seen, RUN, 'a.txt', 'x'.repeat(100_000))).rejects.toThrow('fetch failed');
    expect(await storedText('a.txt')).toBe(TEXT);
  });

  test('reset before the answer: the server has acted', async () => {
    await once({ kind: 'reset', at: 'answer' }, { method: 'PUT' });
    await expect(upload(proxied.seen, RUN, 'a.txt', 'new')).rejects.toThrow('fetch failed');
    expect(await storedText('a.txt')).toBe('new');
  });

  test.each(['end', 'reset'] as const)(
    'a truncated body ends by %s, with the head that promised more',
    async (by) => {
      const address = await addressOf('a.txt');
      await once({ kind: 'truncate', after: 4, by });
      const { status, headers, text, error } = await byHttp(address);
      expect([status, headers['content-length'], error]).toEqual([200, '10', 'ECONNRESET']);
      if (by === 'end') expect(text).toBe('abcd');
    },
  );
});

describe('what takes long', () => {
  test.each(['request', 'answer', 'body'] as const)(
    'a stall at the %s lasts as long as it says',
    async (at) => {
      const address = await addressOf('a.txt');
      await once({ kind: 'stall', at, ms: 200 });
      const begin = performance.now();
      expect((await byHttp(address)).text).toBe(TEXT);
      expect(performance.now() - begin).toBeGreaterThan(190);
    },
  );

  test('an endless stall in a body ends when the faults are cleared, by a reset', async () => {
    const address = await addressOf('a.txt');
    await once({ kind: 'stall', at: 'body', after: 3 });
    expect((await proxied.proxy.counts()).underWay).toBe(0);
    let arrived = '';
    const answer = byHttp(address, {
      onData: (text) => {
        arrived += text;
        if (arrived === 'abc') void ended();
      },
    });
    const ended = async (): Promise<void> => {
      expect((await proxied.proxy.counts()).underWay).toBe(1);
      await proxied.proxy.clear();
    };
    expect(await answer).toMatchObject({ text: 'abc', error: 'ECONNRESET' });
    expect((await proxied.proxy.counts()).underWay).toBe(0);
  });

  test('bodies trickle', async () => {
    const address = await addressOf('a.txt');
    await once({ kind: 'slow', what: 'answer', bytesPerSecond: 50 });
    const begin = performance.now();
    expect((await byHttp(address)).text).toBe(TEXT);
    expect(performance.now() - begin).toBeGreaterThan(150);
  });
});

describe('what falsifies', () => {
  test('one byte of a download', async () => {
    const address = await addressOf('a.txt');
    await once({ kind: 'corrupt', what: 'answer', after: 2 });
    const { text, error } = await byHttp(address);
    expect([text.length, error]).toEqual([10, null]);
    expect(text.slice(0, 2) + text.slice(3)).toBe('abdefghij');
    expect(text).not.toBe(TEXT);
  });

  test('one byte of an upload; the storage’s tag tells', async () => {
    await once({ kind: 'corrupt', what: 'request' }, { method: 'PUT' });
    const { status } = await upload(proxied.seen, RUN, 'a.txt', '0123456789');
    expect(status).toBe(200);
    const stored = await storedText('a.txt');
    expect(stored).toHaveLength(10);
    expect(stored).not.toBe('0123456789');
  });

  test('half of an answer, announced as all', async () => {
    await once({ kind: 'half' }, { operation: 'viewer' });
    const whole = `{"data":{"viewer":{"id":"`.length;
    const answer = await byHttp(`${proxied.proxy.url}/graphql`, {
      method: 'POST',
      body: JSON.stringify({ query: VIEWER_QUERY }),
      headers: { authorization: `Basic ${Buffer.from(`api:${proxied.wandb.apiKey}`).toString('base64')}` },
    });
    expect([answer.status, answer.error, answer.text.length]).toEqual([
      200,
      null,
      Number(answer.headers['content-length']),
    ]);
    expect(answer.text.length).toBeLessThan(whole + 10);
    expect(() => JSON.parse(answer.text)).toThrow(SyntaxError);
  });

  test('a page in place of the answer, 200 or 502', async () => {
    for (const status of [200, 502] as const) {
      await once({ kind: 'page', status }, { side: 'api' });
      const answer = await byHttp(`${proxied.proxy.url}/graphql`, { method: 'POST', body: '{}' });
      expect([answer.status, answer.headers['content-type'], answer.text.slice(0, 9)]).toEqual([
        status,
        'text/html',
        '<!DOCTYPE',
      ]);
    }
  });

  test('429 with and without Retry-After, and other statuses', async () => {
    await proxied.proxy.faults([
      { fault: { kind: 'status', status: 429, retryAfter: 7 } },
      { fault: { kind: 'status', status: 429 } },
      { fault: { kind: 'status', status: 503, body: 'busy' } },
    ]);
    const answers = [];
    for (let count = 0; count < 3; count++) answers.push(await byHttp(`${proxied.proxy.url}/x`));
    expect(answers.map(({ status, headers, text }) => [status, headers['retry-after'], text])).toEqual([
      [429, '7', ''],
      [429, undefined, ''],
      [503, undefined, 'busy'],
    ]);
  });

  test('a request that is delivered twice', async () => {
    await proxied.wandb.requests({ clear: true });
    await once({ kind: 'duplicate' }, { method: 'PUT' });
    expect((await upload(proxied.seen, RUN, 'a.txt', 'twice')).status).toBe(200);
    const puts = (await proxied.wandb.requests()).filter(({ method }) => method === 'PUT');
    expect(puts.map(({ status, bytesIn }) => [status, bytesIn])).toEqual([
      [200, 5],
      [200, 5],
    ]);
  });
});

test('an ended proxy leaves no connection behind', async () => {
  const other = await startFaultProxy(proxied.wandb);
  await graphql({ ...proxied.wandb, url: other.url }, VIEWER_QUERY);
  expect(await other.connections()).toBeGreaterThan(0);
  await other.close();
  expect(await broken(byHttp(`${other.url}/x`))).toBe('ECONNREFUSED');
  await expect(other.counts()).rejects.toThrow('fault proxy was closed');
});

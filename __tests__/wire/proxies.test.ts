import { ViewerDocument } from '../../src/wire/generated.js';
import { Transfers } from '../../src/wire/transfer/transfer.js';
import { startForwardProxy, startTlsServer } from '../helpers/network.js';
import {
  ask,
  refusedBy,
  secureViewer,
  UNVERIFIED,
  underName,
  viewer,
} from './helpers/asking-through-proxies.js';
import { serve } from './helpers/http-server.js';
import { connect, failureOf, fakeClock, KEY } from './helpers/wire.js';

describe('an http: server', () => {
  test('is asked for by its whole address; the proxy gets the key of the server, the server none of the proxy', async () => {
    const proxy = await startForwardProxy({ user: 'me:se:cret' });
    const server = await viewer();
    const env = { http_proxy: `http://me:se%3Acret@127.0.0.1:${proxy.port}` };
    expect(await ask(underName(server.url), env)).toMatchObject({ viewer: { id: 'me' } });
    expect(await proxy.requests()).toEqual([
      expect.objectContaining({ method: 'POST', target: `${underName(server.url)}/graphql` }),
    ]);
    const headers = server.received[0]?.headers;
    expect(headers?.host).toBe(new URL(underName(server.url)).host);
    expect(headers?.['proxy-authorization']).toBeUndefined();
    expect(headers?.['user-agent']).toMatch(/^wandb-fs\//);
  });

  test('behind a proxy that speaks TLS is asked for in the same way', async () => {
    const proxy = await startForwardProxy({ certificate: 'server' });
    const server = await viewer();
    expect(await ask(underName(server.url), { HTTP_PROXY: proxy.url, ...UNVERIFIED })).toMatchObject({
      viewer: { id: 'me' },
    });
    expect(await proxy.requests()).toEqual([
      expect.objectContaining({ method: 'POST', target: `${underName(server.url)}/graphql` }),
    ]);
  });

  test('that seems to refuse may be the proxy that does', async () => {
    const { url } = await startForwardProxy({ answer: 403 });
    const failure = await refusedBy('http://api.wandb.test', { http_proxy: url });
    expect(failure).toMatchObject({ code: 'EACCES', status: 403 });
    expect(failure.detail).toContain(url);
  });
});

describe('an https: server', () => {
  test.each([
    ['http', {}],
    ['https', { certificate: 'server' }],
  ] as const)('is reached through a tunnel of an %s proxy', async (_, options) => {
    const proxy = await startForwardProxy({ user: 'me:secret', ...options });
    const url = await secureViewer();
    const env = { HTTPS_PROXY: proxy.url.replace('://', '://me:secret@'), ...UNVERIFIED };
    expect(await ask(url, env)).toMatchObject({ viewer: { id: 'me' } });
    const [request, ...others] = await proxy.requests();
    expect(others).toEqual([]);
    expect(request).toMatchObject({ method: 'CONNECT', target: new URL(url).host });
    expect(request?.headers['user-agent']).toMatch(/^wandb-fs\//);
    expect(request?.headers.authorization).toBeUndefined();
  });

  test('is verified through the tunnel; a certificate that is not trusted may be one that the proxy put in its place', async () => {
    const proxy = await startForwardProxy();
    const url = await secureViewer('self-signed');
    const failure = await refusedBy(url, { HTTPS_PROXY: proxy.url });
    expect(failure).toMatchObject({ code: 'EPROTO', cause: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(failure.detail).toContain(`to ${url} through the proxy ${proxy.url} can be made: its certificate`);
  });

  test('moves large content both ways', async () => {
    const proxy = await startForwardProxy();
    const bytes = Buffer.alloc(2_000_000, 'tunnel');
    const server = await serve((_, response) => response.end(bytes));
    const [port] = await startTlsServer([server.url]);
    const url = `https://storage.wandb.test:${port}/object`;
    const env = { HTTPS_PROXY: proxy.url, ...UNVERIFIED };
    const transfers = new Transfers(connect(server.url, {}, { apiKey: KEY }, env).api);
    const whole = { start: 0, end: null, limit: bytes.byteLength, etag: null, isApiAddress: false };
    const download = await transfers.download(url, { ...whole, signal: undefined });
    expect(bytes.equals(download.bytes)).toBe(true);
    await transfers.upload(url, {}, { kind: 'bytes', bytes }, { signal: undefined });
    expect(server.received.at(-1)?.body.equals(bytes)).toBe(true);
    expect(server.received.map(({ headers }) => headers['user-agent'])).toEqual([
      expect.stringMatching(/^wandb-fs\//),
      expect.stringMatching(/^wandb-fs\//),
    ]);
  });
});

describe('which proxy is asked', () => {
  test('the one of the scheme; an HTTP_PROXY is none for https:', async () => {
    const proxy = await startForwardProxy();
    const failure = await refusedBy('https://nowhere.invalid', { HTTP_PROXY: proxy.url });
    expect(failure.detail).toContain('https://nowhere.invalid');
    expect(await proxy.requests()).toEqual([]);
  });

  test('none for this machine, and none for what NO_PROXY names', async () => {
    const proxy = await startForwardProxy();
    const server = await viewer();
    const env = { ALL_PROXY: proxy.url };
    await ask(server.url, env);
    await ask(underName(server.url, 'localhost'), env);
    await refusedBy('http://nowhere.invalid', { ...env, NO_PROXY: 'x, .invalid' });
    expect(await proxy.requests()).toEqual([]);
  });

  test("W&B's own settings are for this machine, too", async () => {
    const proxy = await startForwardProxy();
    const server = await viewer();
    const env = { WANDB_HTTP_PROXY: proxy.url, HTTP_PROXY: 'http://127.0.0.1:1', NO_PROXY: '*' };
    await ask(server.url, env);
    expect(await proxy.requests()).toHaveLength(1);
  });
});

describe('a proxy is told from the server behind it', () => {
  const SERVERS = ['http://api.wandb.test', 'https://api.wandb.test'];

  describe.each(SERVERS)('before %s', (server) => {
    const name = server.startsWith('https') ? 'HTTPS_PROXY' : 'HTTP_PROXY';
    const failureWith = async (proxy: string) => {
      const failure = await refusedBy(server, { [name]: proxy });
      expect(failure.detail).toContain(new URL(proxy).origin);
      expect(failure.detail).toContain(name);
      return failure;
    };

    test('that demands a user, 407: EACCES, at once', async () => {
      const proxy = await startForwardProxy({ user: 'me:secret' });
      expect(await failureWith(proxy.url)).toMatchObject({
        code: 'EACCES',
        fault: 'final',
        cause: 'HTTP 407 of the proxy',
        detail: expect.stringContaining('demands a user and password'),
      });
      expect(await proxy.requests()).toHaveLength(1);
    });

    test('that knows another password: EACCES, without the one that was sent', async () => {
      const proxy = await startForwardProxy({ user: 'me:secret' });
      const failure = await failureWith(proxy.url.replace('://', '://me:mistaken@'));
      expect(failure).toMatchObject({ code: 'EACCES', cause: 'HTTP 407 of the proxy' });
      expect(JSON.stringify(failure)).not.toMatch(/mistaken|me:/);
    });

    test('that demands another kind of credentials: EACCES', async () => {
      const proxy = await startForwardProxy({ answer: 407, demands: 'NTLM' });
      expect(await refusedBy(server, { [name]: proxy.url })).toMatchObject({
        code: 'EACCES',
        detail: expect.stringContaining('in another way (NTLM)'),
      });
    });

    test('that refuses connections: ECONNREFUSED', async () => {
      expect(await failureWith('http://127.0.0.1:1')).toMatchObject({ code: 'ECONNREFUSED', fault: 'down' });
    });

    test('that nobody knows', async () => {
      expect(await failureWith('http://proxy.invalid:3128')).toMatchObject({ code: 'EIO', fault: 'down' });
    });

    test('whose certificate is not trusted: EPROTO', async () => {
      const { url } = await startForwardProxy({ certificate: 'self-signed' });
      const failure = await refusedBy(server, { [name]: url });
      expect(failure).toMatchObject({ code: 'EPROTO', cause: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
      expect(failure.detail).toContain(`to the proxy ${url}`);
    });

    test('that speaks no TLS, named with https:', async () => {
      const { port } = await startForwardProxy();
      expect(await failureWith(`https://127.0.0.1:${port}`)).toMatchObject({
        code: 'EPROTO',
        detail: expect.stringContaining("doesn't speak TLS"),
      });
    });

    test.each(['socks5://127.0.0.1:1080', 'socks5h://u:secret@127.0.0.1', 'ftp://127.0.0.1'])(
      'that speaks another protocol, as %s: ENOTSUP, when a request needs it',
      async (proxy) => {
        const failure = await refusedBy(server, { [name]: proxy });
        expect(failure).toMatchObject({ code: 'ENOTSUP', fault: 'final' });
        expect(failure.detail).toContain(name);
        expect(failure.detail).toContain(proxy.split(':')[0]);
        expect(failure.detail).not.toContain('secret');
      },
    );

    test('whose address is none', async () => {
      const failure = await refusedBy(server, { [name]: 'http://me:sec#ret@proxy:3128' });
      expect(failure).toMatchObject({ code: 'ENOTSUP', detail: expect.stringContaining('%23') });
      expect(failure.detail).not.toContain('sec#');
    });
  });

  const tunnelFailure = async (options: Parameters<typeof startForwardProxy>[0], timeouts = {}) => {
    const { url } = await startForwardProxy(options);
    const client = connect(
      'https://api.wandb.test',
      { clock: fakeClock() },
      { apiKey: KEY, ...timeouts },
      { HTTPS_PROXY: url },
    );
    const failure = await failureOf(client.run(ViewerDocument, {}));
    expect(failure.detail).toContain(url);
    return failure;
  };

  test('that leads nowhere: 403 is EACCES, 502 and 503 EIO, with the host that was asked for', async () => {
    expect(await tunnelFailure({ answer: 403 })).toMatchObject({
      code: 'EACCES',
      fault: 'final',
      status: null,
    });
    for (const answer of [502, 503]) {
      const failure = await tunnelFailure({ answer });
      expect(failure).toMatchObject({ code: 'EIO', fault: 'down', cause: `HTTP ${answer} of the proxy` });
      expect(failure.detail).toContain('https://api.wandb.test');
    }
  });

  test('that is a web server, or speaks something else', async () => {
    expect(await tunnelFailure({ answer: 404 })).toMatchObject({ code: 'EPROTO' });
    expect(await tunnelFailure({ hello: '\x05\xff nonsense' })).toMatchObject({ code: 'EPROTO' });
  });

  test('that hangs up, or is silent', async () => {
    expect(await tunnelFailure({ hello: null })).toMatchObject({ code: 'EIO', fault: 'down' });
    expect(await tunnelFailure({ hello: '' }, { connectTimeout: 50 })).toMatchObject({ code: 'ETIMEDOUT' });
  });

  test('that cuts content is named, after all attempts', async () => {
    const proxy = await startForwardProxy({ cutAfter: 300_000 });
    const server = await serve((_, response) => response.end(Buffer.alloc(1_000_000)));
    const env = { HTTP_PROXY: proxy.url };
    const transfers = new Transfers(connect(server.url, { clock: fakeClock() }, { apiKey: KEY }, env).api);
    const whole = { start: 0, end: null, limit: 2_000_000, etag: null, isApiAddress: false };
    const download = transfers.download(`${underName(server.url)}/object`, { ...whole, signal: undefined });
    const failure = await failureOf(download);
    expect(failure).toMatchObject({ code: 'EIO', fault: 'broken' });
    expect(failure.detail).toContain(`through the proxy ${proxy.url}`);
    expect(await proxy.requests()).toHaveLength(6);
  });
});

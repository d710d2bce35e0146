import { createWandbArtifactFs, createWandbFs, type WandbFs } from 'wandb-fs';
import type { FakeWandb } from 'wandb-fs/testing';
import { type ForwardProxy, startForwardProxy, startTlsServer } from '../helpers/network.js';
import { STANDARD, startServer } from '../helpers/server.js';
import { startWeb, type Web } from '../helpers/web.js';
import { call, errorsOf, STYLES } from './helpers/styles.js';

const RUN = '/team/flowers/run-1';
const VERSION = '/team/flowers/dataset/petals/v0';
const USER = 'me:se%20cret';

let server: FakeWandb;
let proxy: ForwardProxy;
let web: Web;
/** The server behind TLS, under a name that the proxy alone can look up. */
let secure: string;
beforeAll(async () => {
  server = await startServer(STANDARD);
  web = await startWeb('0123456789');
  proxy = await startForwardProxy({ user: 'me:se cret' });
  await server.seed({ [RUN.slice(1)]: { 'petals.txt': 'pink' } });
  await server.seedArtifacts({
    'team/flowers/dataset/petals': {
      versions: [
        {
          files: { 'own.txt': 'own' },
          references: { page: { ref: `${web.origin}/page`, digest: 'the tag', size: 10 } },
        },
      ],
    },
  });
  const [port] = await startTlsServer([server.url, server.storageUrl]);
  secure = `https://api.wandb.test:${port}`;
});

const VARIABLES = /^(wandb_|no_proxy$|.*_proxy$)/i;
const outer = { ...process.env };
const opened: WandbFs[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((fs) => fs.wandb.close()));
  await proxy.requests();
});
afterAll(() => {
  process.env = outer;
});

/** What is opened while the environment is this, which is read then. */
function within(env: NodeJS.ProcessEnv, open: () => WandbFs): WandbFs {
  const clean = Object.entries(outer).filter(([name]) => !VARIABLES.test(name));
  process.env = { ...Object.fromEntries(clean), ...env };
  const fs = open();
  opened.push(fs);
  return fs;
}

const authorised = (url: string): string => url.replace('://', `://${USER}@`);

/** The proxies of both kinds, and the address of the server that is reached through them. */
const WAYS: readonly (readonly [string, () => { env: NodeJS.ProcessEnv; baseUrl: string }, RegExp])[] = [
  [
    'http:',
    () => ({ env: { WANDB_HTTP_PROXY: authorised(proxy.url) }, baseUrl: server.url }),
    /^(GET|POST|PUT) http:\/\/127\.0\.0\.1:\d+\//,
  ],
  [
    'https:',
    () => ({
      env: { https_proxy: authorised(proxy.url), WANDB_INSECURE_DISABLE_SSL: 'true' },
      baseUrl: secure,
    }),
    /^CONNECT api\.wandb\.test:\d+$/,
  ],
];

describe.each(WAYS)('through a proxy for %s', (_scheme, way, form) => {
  const asked = async (): Promise<string[]> =>
    (await proxy.requests()).map(({ method, target }) => `${method} ${target}`);

  test.each(STYLES)('files of runs are listed, read and written: %s', async (style) => {
    const { env, baseUrl } = way();
    const fs = within(env, () => createWandbFs({ baseUrl, apiKey: server.apiKey }));
    expect(await call(fs, style, 'readdir', RUN)).toContain('petals.txt');
    expect(await call(fs, style, 'readFile', `${RUN}/petals.txt`, 'utf8')).toBe('pink');
    await call(fs, style, 'writeFile', `${RUN}/${style}`, 'written');
    await fs.wandb.flush();
    const { [style]: stored = [] } = await server.files(RUN.slice(1));
    expect(Buffer.from(stored).toString()).toBe('written');
    const targets = await asked();
    expect(targets.length).toBeGreaterThan(0);
    for (const target of targets) expect(target).toMatch(form);
  });

  test('requests are made without the I/O thread', async () => {
    const { env, baseUrl } = way();
    const fs = within(env, () => createWandbFs({ baseUrl, apiKey: server.apiKey, sync: 'off' }));
    expect(await fs.promises.readFile(`${RUN}/petals.txt`, 'utf8')).toBe('pink');
    for (const target of await asked()) expect(target).toMatch(form);
  });

  test('artifacts are read', async () => {
    const { env, baseUrl } = way();
    const fs = within(env, () => createWandbArtifactFs({ baseUrl, apiKey: server.apiKey }));
    expect(fs.readFileSync(`${VERSION}/own.txt`, 'utf8')).toBe('own');
    for (const target of await asked()) expect(target).toMatch(form);
  });
});

test('references to the web go through the proxy, too', async () => {
  const env = { WANDB_HTTP_PROXY: authorised(proxy.url) };
  const options = {
    baseUrl: server.url,
    apiKey: server.apiKey,
    references: { http: [new URL(web.origin).host] },
  };
  const fs = within(env, () => createWandbArtifactFs(options));
  expect(fs.readFileSync(`${VERSION}/page`, 'utf8')).toBe('0123456789');
  expect((await proxy.requests()).map(({ target }) => target)).toContain(`${web.origin}/page`);
  const [page] = await web.requests();
  expect(page?.headers['user-agent']).toMatch(/^wandb-fs\//);
  expect(page?.headers['proxy-authorization']).toBeUndefined();
});

test('without user and password the error is that of the proxy, in every style', async () => {
  const fs = within({ HTTPS_PROXY: proxy.url }, () =>
    createWandbFs({ baseUrl: secure, apiKey: server.apiKey }),
  );
  for (const error of await errorsOf(fs, 'readFile', `${RUN}/petals.txt`)) {
    expect(error).toMatchObject({ code: 'EACCES', syscall: 'open', path: `${RUN}/petals.txt` });
    expect(error.message).toContain(`The proxy ${proxy.url} demands a user and password`);
    expect(error.message).toContain('HTTPS_PROXY');
  }
});

test('a proxy that is not there is named, not the server', async () => {
  const fs = within({ HTTPS_PROXY: '127.0.0.1:1' }, () =>
    createWandbFs({ baseUrl: secure, apiKey: server.apiKey, timeout: 500 }),
  );
  for (const error of await errorsOf(fs, 'readdir', RUN)) {
    expect(error).toMatchObject({ code: 'ECONNREFUSED', syscall: 'scandir' });
    expect(error.message).toContain('The proxy http://127.0.0.1:1 refuses connections');
  }
});

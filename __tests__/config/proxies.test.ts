import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveConfig } from '../../src/config/config.js';
import type { Proxies, ProxyServer } from '../../src/config/environment/proxies.js';
import type { WandbFsOptions } from '../../src/config/options.js';
import { makeDirectory } from '../helpers/directories.js';

const proxies = (
  env: NodeJS.ProcessEnv,
  options: WandbFsOptions = {},
  home = '/nonexistent',
): Proxies | null => resolveConfig(options, { HOME: home, ...env }, home).wire.reveal().proxies;

const https = (env: NodeJS.ProcessEnv, home?: string): ProxyServer | null | undefined =>
  proxies(env, {}, home)?.https;

test('without a variable there is none, nor with a `fetch` or `dispatcher` of the user', () => {
  expect(proxies({})).toBeNull();
  expect(proxies({ HTTPS_PROXY: '' })).toBeNull();
  expect(proxies({ HTTPS_PROXY: 'http://proxy:3128' }, { fetch: globalThis.fetch })).toBeNull();
});

describe('where a proxy is named', () => {
  const HOSTS = { http: 'http://one:1', https: 'http://two:2', all: 'http://three:3' };

  test.each<[NodeJS.ProcessEnv, string | undefined, string | undefined]>([
    [{ HTTP_PROXY: HOSTS.http }, HOSTS.http, undefined],
    [{ https_proxy: HOSTS.https }, undefined, HOSTS.https],
    [{ ALL_PROXY: HOSTS.all }, HOSTS.all, HOSTS.all],
    [{ all_proxy: HOSTS.all, HTTPS_PROXY: HOSTS.https }, HOSTS.all, HOSTS.https],
    [{ https_proxy: HOSTS.https, HTTPS_PROXY: HOSTS.all }, undefined, HOSTS.https],
    [{ https_proxy: '', HTTPS_PROXY: HOSTS.all }, undefined, HOSTS.all],
    [{ WANDB_HTTPS_PROXY: HOSTS.https, HTTPS_PROXY: HOSTS.all }, undefined, HOSTS.https],
    [{ WANDB__PROXIES: `{"http":"${HOSTS.http}"}`, WANDB_HTTP_PROXY: HOSTS.all }, HOSTS.http, undefined],
  ])('%j', (env, http, secure) => {
    const found = proxies(env);
    expect([found?.http?.origin, found?.https?.origin]).toEqual([http, secure]);
  });

  test('in a settings file, before the customary variables', async () => {
    const home = await makeDirectory();
    await mkdir(join(home, '.config/wandb'), { recursive: true });
    await writeFile(join(home, '.config/wandb/settings'), '[default]\nhttps_proxy = http://settings:1\n');
    expect(https({ HTTPS_PROXY: 'http://x:1' }, home)).toMatchObject({
      origin: 'http://settings:1',
      source: 'https_proxy in a wandb settings file',
      isForAll: true,
    });
  });

  test('never in what a CGI script gets from whoever asks it', () => {
    expect(proxies({ HTTP_PROXY: HOSTS.http, REQUEST_METHOD: 'GET' })).toBeNull();
    expect(proxies({ http_proxy: HOSTS.http, REQUEST_METHOD: 'GET' })?.http?.origin).toBe(HOSTS.http);
  });

  test('in no other form of WANDB__PROXIES than an object', () => {
    expect(() => proxies({ WANDB__PROXIES: 'http://u:secret@proxy' })).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_ARG_VALUE',
        message: expect.stringMatching(/^(?!.*secret).*WANDB__PROXIES/),
      }),
    );
  });
});

describe('how its address is read', () => {
  test.each([
    ['http://proxy:3128', 'http://proxy:3128'],
    ['proxy:3128', 'http://proxy:3128'],
    ['proxy', 'http://proxy'],
    ['  proxy:3128\n', 'http://proxy:3128'],
    ['//proxy:3128/', 'http://proxy:3128'],
    ['10.0.0.1:8080', 'http://10.0.0.1:8080'],
    ['[fd00::1]:8080', 'http://[fd00::1]:8080'],
    ['HTTP://Proxy:80/path?query', 'http://proxy'],
    ['https://proxy:3129', 'https://proxy:3129'],
  ])('%j is %s', (value, origin) => {
    expect(https({ HTTPS_PROXY: value })).toMatchObject({ origin, authorization: null, problem: null });
  });

  test.each([
    ['http://me:secret@proxy', 'me:secret'],
    ['me:secret@proxy:3128', 'me:secret'],
    ['http://me@proxy', 'me:'],
    ['http://do%5Cmain:p%40ss%3Aw%C3%B6rd%25@proxy', 'do\\main:p@ss:wörd%'],
    ['http://me:100%@proxy', 'me:100%'],
    ['http://me:p@ss@proxy', 'me:p@ss'],
  ])('%s has the user %s', (value, user) => {
    const found = https({ HTTPS_PROXY: value });
    expect(found?.authorization).toBe(`Basic ${Buffer.from(user).toString('base64')}`);
    expect(found?.origin).not.toMatch(/me|main/);
  });

  test.each(['http://', 'http://proxy:99999', 'http://me:se#cret@proxy', 'socks5://me:secret@proxy', '::'])(
    '%j is a problem of the first request that needs it, and not repeated',
    (value) => {
      const found = https({ HTTPS_PROXY: value });
      expect(found?.problem).toContain('HTTPS_PROXY');
      expect(JSON.stringify(found)).not.toMatch(/secret|se#|99999/);
    },
  );
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { resolveConfig } from '../../src/config/config.js';
import type { WandbFsOptions } from '../../src/config/options.js';

const KEY = {
  option: 'o'.repeat(40),
  environment: 'e'.repeat(40),
  netrc: 'n'.repeat(40),
  settings: 's'.repeat(40),
};

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'wandb-fs-config-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const put = async (path: string, content: string): Promise<void> => {
  await mkdir(dirname(join(home, path)), { recursive: true });
  await writeFile(join(home, path), content);
};

const resolve = (env: NodeJS.ProcessEnv = {}, options: WandbFsOptions = {}) =>
  resolveConfig(options, { HOME: home, ...env }, join(home, 'work'));
const wire = (env?: NodeJS.ProcessEnv, options?: WandbFsOptions) => resolve(env, options).wire.reveal();

describe('the key', () => {
  test('comes from the option, then the environment, then netrc, then the settings', async () => {
    await put('.config/wandb/settings', `[default]\napi_key = ${KEY.settings}\n`);
    expect(wire().apiKey).toBe(KEY.settings);
    await put('.netrc', `machine api.wandb.ai login user password ${KEY.netrc}\n`);
    expect(wire().apiKey).toBe(KEY.netrc);
    expect(wire({ WANDB_API_KEY: KEY.environment }).apiKey).toBe(KEY.environment);
    expect(wire({ WANDB_API_KEY: KEY.environment }, { apiKey: KEY.option }).apiKey).toBe(KEY.option);
  });

  test('is the one of the base URL: netrc names its host with a port that is not the default', async () => {
    await put('.netrc', `machine 127.0.0.1:8181\n  login user\n  password ${KEY.netrc}\n`);
    expect(wire({}, { baseUrl: 'http://127.0.0.1:8181' }).apiKey).toBe(KEY.netrc);
    expect(wire({}, { baseUrl: 'http://127.0.0.1:9999' }).apiKey).toBeNull();
  });

  test.each([
    ['https://api.wandb.ai:443', 'api.wandb.ai:443'],
    ['https://api.wandb.ai:443', 'api.wandb.ai'],
    ['https://api.wandb.ai/', 'api.wandb.ai:443'],
    ['HTTPS://API.Wandb.AI', 'API.Wandb.AI'],
    ['https://API.Wandb.AI', 'api.wandb.ai'],
    ['https://api.wandb.ai', 'API.Wandb.AI'],
    ['HTTP://Wandb.Example:80/prefix', 'wandb.example'],
    ['http://wandb.example', 'Wandb.Example:80'],
    ['http://[FD00::1]:8080', '[FD00::1]:8080'],
    ['http://[fd00:0::1]:8080', '[fd00::1]:8080'],
  ])('of %s is that of the machine %s in netrc, however both are written', async (baseUrl, machine) => {
    await put('.netrc', `machine ${machine}\n  login user\n  password ${KEY.netrc}\n`);
    expect(wire({}, { baseUrl }).apiKey).toBe(KEY.netrc);
    expect(wire({ WANDB_BASE_URL: baseUrl }).apiKey).toBe(KEY.netrc);
  });

  test.each([
    ['https://wandb.example', 'wandb.example:80'],
    ['http://wandb.example', 'wandb.example:443'],
    ['https://wandb.example:8443', 'wandb.example'],
    ['https://wandb.example', 'api.wandb.example'],
    ['https://wandb.example', 'https://wandb.example'],
  ])('of %s is not that of the machine %s', async (baseUrl, machine) => {
    await put('.netrc', `machine ${machine} login user password ${KEY.netrc}\n`);
    expect(wire({}, { baseUrl }).apiKey).toBeNull();
  });

  test('is that of the very spelling, if netrc has several, and of the default entry at last', async () => {
    await put(
      '.netrc',
      `machine Wandb.Example password ${KEY.netrc}\nmachine wandb.example password ${KEY.option}\ndefault password ${KEY.settings}\n`,
    );
    expect(wire({}, { baseUrl: 'https://Wandb.Example' }).apiKey).toBe(KEY.netrc);
    expect(wire({}, { baseUrl: 'https://wandb.example' }).apiKey).toBe(KEY.option);
    expect(wire({}, { baseUrl: 'https://other.example' }).apiKey).toBe(KEY.settings);
  });

  test.each(['https://Wandb.Example', 'https://wandb.example:443/', 'HTTPS://wandb.example'])(
    'of settings files is found where they write the base URL as %s',
    async (written) => {
      await put('.config/wandb/settings', `[default]\nbase_url = ${written}\napi_key = ${KEY.settings}\n`);
      expect(wire().apiKey).toBe(KEY.settings);
      expect(wire({}, { baseUrl: 'https://wandb.example' }).apiKey).toBe(KEY.settings);
      expect(wire({}, { baseUrl: 'http://wandb.example' }).apiKey).toBeNull();
    },
  );

  test('of settings files belongs to the base URL of the settings files', async () => {
    await put(
      '.config/wandb/settings',
      `[default]\nbase_url = https://wandb.example\napi_key = ${KEY.settings}\n`,
    );
    expect(wire()).toMatchObject({ baseUrl: 'https://wandb.example', apiKey: KEY.settings });
    expect(wire({ WANDB_BASE_URL: 'https://other.example' }).apiKey).toBeNull();
  });

  test('may be a netrc default, in a file that NETRC names', async () => {
    await put('elsewhere', `default login user password ${KEY.netrc}\n`);
    expect(wire({ NETRC: '~/elsewhere' }).apiKey).toBe(KEY.netrc);
  });

  test('may be an identity token file, but not beside a key', () => {
    expect(wire({ WANDB_IDENTITY_TOKEN_FILE: '~/token' })).toMatchObject({
      apiKey: null,
      identityTokenFile: join(home, 'token'),
    });
    const both = { WANDB_API_KEY: KEY.environment, WANDB_IDENTITY_TOKEN_FILE: '/token' };
    expect(() => resolve(both)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
    expect(wire(both, { apiKey: KEY.option }).apiKey).toBe(KEY.option);
  });

  test('that is nowhere is no error yet; what the first request will say names every way to give one', () => {
    const { apiKey, missingKeyHint } = wire();
    expect(apiKey).toBeNull();
    for (const way of ['apiKey', 'WANDB_API_KEY', 'WANDB_IDENTITY_TOKEN_FILE', 'wandb login', 'netrc']) {
      expect(missingKeyHint).toContain(way);
    }
    expect(missingKeyHint).toContain('https://wandb.ai/authorize');
  });

  test('that is nowhere: what the first request will say names every place that was looked at', async () => {
    await put(
      '.config/wandb/settings',
      `[default]\napi_key = ${KEY.netrc}\nbase_url = https://other.example\n`,
    );
    const { missingKeyHint } = wire({}, { baseUrl: 'https://api.wandb.ai' });
    for (const place of [
      `'api.wandb.ai' in ${join(home, '.netrc')}`,
      join(home, '.config/wandb/settings'),
      join('wandb', 'settings'),
      'the key there is for https://other.example',
    ])
      expect(missingKeyHint).toContain(place);
    expect(missingKeyHint).not.toContain(KEY.netrc);
  });

  test('is told apart from its place: a broken netrc file is left out with a warning', async () => {
    await put('.netrc', `machne api.wandb.ai password ${KEY.netrc}\n`);
    const warnings: string[] = [];
    const { apiKey } = wire({}, { logger: { warn: (message) => warnings.push(message) } });
    expect(apiKey).toBeNull();
    expect(warnings).toEqual([expect.stringContaining(join(home, '.netrc'))]);
    expect(warnings[0]).not.toContain(KEY.netrc);
  });
});

describe('the base URL', () => {
  test('comes from the option, then the environment, then the local settings, then the global ones', async () => {
    expect(resolve().baseUrl).toBe('https://api.wandb.ai');
    await put('.config/wandb/settings', '[default]\nbase_url = https://global.example/\n');
    expect(resolve().baseUrl).toBe('https://global.example');
    await put('work/wandb/settings', '# comment\n[default]\nbase_url: https://local.example\n');
    expect(resolve().baseUrl).toBe('https://local.example');
    const env = { WANDB_BASE_URL: 'https://environment.example' };
    expect(resolve(env).baseUrl).toBe('https://environment.example');
    expect(resolve(env, { baseUrl: 'https://option.example/wandb/' }).baseUrl).toBe(
      'https://option.example/wandb',
    );
  });

  test.each(['https://wandb.ai', 'http://api.wandb.ai', 'https://wandb.ai/entity/project'])(
    '%s is the address of the pages, not of the API',
    (baseUrl) => {
      expect(() => resolve({}, { baseUrl })).toThrow(/did you mean 'https:\/\/api\.wandb\.ai'\?/);
      expect(() => resolve({ WANDB_BASE_URL: baseUrl })).toThrow(/WANDB_BASE_URL/);
    },
  );

  test.each(['ftp://wandb.example', 'wandb.example', '', 'https://user:secret@wandb.example'])(
    '%j is refused, without being repeated',
    (baseUrl) => {
      const refused = expect.objectContaining({
        code: 'ERR_INVALID_ARG_VALUE',
        message: expect.not.stringContaining('secret'),
      });
      expect(() => resolve({}, { baseUrl })).toThrow(refused);
    },
  );

  test.each([
    ['https://api.wandb.ai', 'https://wandb.ai'],
    ['https://api.wandb.example', 'https://wandb.example'],
    ['https://api.example.com', 'https://app.example.com'],
    ['https://wandb.example', 'https://wandb.example'],
  ])('%s has its pages at %s', (baseUrl, appUrl) => {
    expect(resolve({}, { baseUrl }).appUrl).toBe(appUrl);
    expect(resolve({ WANDB_APP_URL: 'https://pages.example/' }, { baseUrl }).appUrl).toBe(
      'https://pages.example',
    );
  });
});

describe('what else the environment says', () => {
  test('headers of the user go with every request', () => {
    const env = { WANDB_USERNAME: 'u', WANDB_X_EXTRA_HTTP_HEADERS: '{"X-Team": "t"}' };
    expect(wire(env).extraHeaders).toEqual({ 'x-wandb-username': 'u', 'x-team': 't' });
    expect(() => resolve({ WANDB_X_EXTRA_HTTP_HEADERS: '[1' })).toThrow(/WANDB_X_EXTRA_HTTP_HEADERS/);
  });

  test('the timeout is in seconds there, in milliseconds here', () => {
    expect(wire().timeouts.call).toBe(30_000);
    expect(wire({ WANDB_HTTP_TIMEOUT: '5' }).timeouts.call).toBe(5000);
    expect(wire({ WANDB_HTTP_TIMEOUT: '5' }, { timeout: 70 }).timeouts.call).toBe(70);
  });

  test('every timeout has a default, and can be told', () => {
    expect(wire().timeouts).toMatchObject({ connect: 10_000, headers: 30_000, idle: 30_000 });
    const options = { connectTimeout: 1, headersTimeout: 2, idleTimeout: 3 };
    expect(wire({}, options).timeouts).toMatchObject({ connect: 1, headers: 2, idle: 3 });
  });

  test('certificates are verified unless it says otherwise', () => {
    expect(wire()).toMatchObject({ isTlsVerified: true });
    expect(wire({ WANDB_INSECURE_DISABLE_SSL: 'true' })).toMatchObject({ isTlsVerified: false });
  });
});

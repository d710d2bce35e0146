import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Agent } from 'undici';
import { resolveConfig, VERSION } from '../../src/config/config.js';
import type { WandbFsOptions } from '../../src/config/options.js';

const NOWHERE = { HOME: '/nonexistent' };
const resolve = (options?: unknown) => resolveConfig(options as WandbFsOptions, NOWHERE, '/nonexistent');
const KEY = `local-${'k'.repeat(40)}`;

test('without options everything has its default', () => {
  expect(resolve()).toMatchObject({
    baseUrl: 'https://api.wandb.ai',
    mountPoint: '/',
    root: '',
    listingTtl: 30_000,
    cacheBytes: 64 * 1024 * 1024,
    writeback: 'back',
    writebackDelay: 500,
    sync: 'thread',
    allowDelete: [],
    readOnly: false,
    fetch: null,
    dispatcher: null,
  });
  expect(resolve({ listingTtl: undefined }).listingTtl).toBe(30_000);
});

test('paths are kept in one form', () => {
  expect(resolve({ mountPoint: '/mnt//wandb/' }).mountPoint).toBe('/mnt/wandb');
  expect(resolve({ mountPoint: '/' }).mountPoint).toBe('/');
  expect(resolve({ root: '/entity/project/' }).root).toBe('entity/project');
});

test('a function that makes the requests stays in this thread, so there is no other', () => {
  const dispatcher = new Agent();
  expect(resolve({ fetch: globalThis.fetch })).toMatchObject({ sync: 'off', isInProcess: true });
  expect(resolve({ dispatcher, sync: 'cache-only' })).toMatchObject({
    sync: 'cache-only',
    isInProcess: true,
  });
  expect(() => resolve({ dispatcher, sync: 'thread' })).toThrow(/'thread' can't be had with `dispatcher`/);
  expect(() => resolve({ dispatcher, fetch: globalThis.fetch })).toThrow(/not both/);
});

test.each<[string, unknown, string]>([
  ['apiKey', 7, 'ERR_INVALID_ARG_TYPE'],
  ['apiKey', '', 'ERR_INVALID_ARG_VALUE'],
  ['baseUrl', null, 'ERR_INVALID_ARG_TYPE'],
  ['mountPoint', 'relative', 'ERR_INVALID_ARG_VALUE'],
  ['root', 'entity/../other', 'ERR_INVALID_ARG_VALUE'],
  ['listingTtl', '30', 'ERR_INVALID_ARG_TYPE'],
  ['listingTtl', -1, 'ERR_INVALID_ARG_VALUE'],
  ['listingTtl', Number.NaN, 'ERR_INVALID_ARG_VALUE'],
  ['cacheBytes', 1.5, 'ERR_INVALID_ARG_VALUE'],
  ['readAheadBytes', -1, 'ERR_INVALID_ARG_VALUE'],
  ['journal', 1, 'ERR_INVALID_ARG_TYPE'],
  ['journal', null, 'ERR_INVALID_ARG_TYPE'],
  ['journal', '', 'ERR_INVALID_ARG_VALUE'],
  ['journal', { dir: 'a\0b' }, 'ERR_INVALID_ARG_VALUE'],
  ['journal', { fsync: 'yes' }, 'ERR_INVALID_ARG_TYPE'],
  ['journal', { directory: '/var' }, 'ERR_INVALID_ARG_VALUE'],
  ['writeback', 'sometimes', 'ERR_INVALID_ARG_VALUE'],
  ['writebackDelay', 2 ** 31, 'ERR_INVALID_ARG_VALUE'],
  ['connectTimeout', 0, 'ERR_INVALID_ARG_VALUE'],
  ['headersTimeout', '30', 'ERR_INVALID_ARG_TYPE'],
  ['idleTimeout', 2 ** 31, 'ERR_INVALID_ARG_VALUE'],
  ['sync', true, 'ERR_INVALID_ARG_VALUE'],
  ['allowDelete', 'run', 'ERR_INVALID_ARG_TYPE'],
  ['allowDelete', ['entity'], 'ERR_INVALID_ARG_VALUE'],
  ['readOnly', 1, 'ERR_INVALID_ARG_TYPE'],
  ['concurrency', 0, 'ERR_INVALID_ARG_VALUE'],
  ['fetch', {}, 'ERR_INVALID_ARG_TYPE'],
  ['dispatcher', {}, 'ERR_INVALID_ARG_TYPE'],
  ['logger', { warn: 'loud' }, 'ERR_INVALID_ARG_TYPE'],
  ['workerUrl', new URL('https://example.com/worker.js'), 'ERR_INVALID_ARG_VALUE'],
])('%s: %p is refused with %s, by name', (name, value, code) => {
  const refuse = () => resolve({ [name]: value });
  expect(refuse).toThrow(TypeError);
  expect(refuse).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(`options.${name}`) }),
  );
});

test('an unknown option is refused with the names of the known ones', () => {
  for (const name of ['journals', 'apikey', 'constructor']) {
    expect(() => resolve({ [name]: 'x' })).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_ARG_VALUE',
        message: expect.stringMatching(/baseUrl, apiKey/),
      }),
    );
  }
  expect(() => resolve(null)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
});

describe('the key is shown nowhere', () => {
  const config = resolve({ apiKey: KEY });

  test('not by inspect, JSON or a template', () => {
    const shown = [
      inspect(config, { depth: null, showHidden: true }),
      JSON.stringify(config),
      `${config.wire}`,
      inspect({ nested: [config] }, { depth: null }),
    ];
    for (const text of shown) expect(text).not.toContain('kkkk');
    expect(config.wire.reveal().apiKey).toBe(KEY);
  });

  test('not even when it is wrong', () => {
    for (const apiKey of [`${KEY} `, `${KEY}\n`]) {
      expect(() => resolve({ apiKey })).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('kkkk') }),
      );
    }
  });
});

test('what the I/O thread needs is plain data', () => {
  const wire = resolve({ apiKey: KEY }).wire.reveal();
  expect(structuredClone(wire)).toEqual(wire);
});

test('the configuration is frozen, and says which version made it', () => {
  const config = resolve();
  const manifest = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8'));
  expect(Object.isFrozen(config)).toBe(true);
  expect(VERSION).toBe(manifest.version);
  expect(config.wire.reveal().userAgent).toContain(`wandb-fs/${VERSION}`);
});

test("a URL may be of another class than this realm's, as where jsdom has one of its own", () => {
  const own = new URL('file:///worker.mjs');
  const foreign = { href: own.href, protocol: own.protocol };
  expect(resolve({ workerUrl: foreign }).workerUrl).toEqual(own);
  expect(() => resolve({ workerUrl: { href: 'https://a/b', protocol: 'https:' } })).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
  );
});

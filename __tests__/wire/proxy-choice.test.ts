import type { Proxies, ProxyServer } from '../../src/config/environment/proxies.js';
import { proxyFor } from '../../src/wire/transport/proxy-choice.js';

const proxy = (more: Partial<ProxyServer> = {}): ProxyServer => ({
  origin: 'http://proxy:3128',
  authorization: null,
  source: 'ALL_PROXY',
  isForAll: false,
  problem: null,
  ...more,
});

const isProxied = (address: string, no: string): boolean =>
  proxyFor({ http: proxy(), https: proxy(), no }, address) !== null;

test('each scheme has its proxy', () => {
  const [http, https] = [proxy(), proxy({ origin: 'http://other:3128' })];
  const proxies: Proxies = { http, https, no: '' };
  expect(proxyFor(proxies, 'http://a.example')).toBe(http);
  expect(proxyFor(proxies, 'https://a.example')).toBe(https);
  expect(proxyFor({ ...proxies, https: null }, 'https://a.example')).toBeNull();
  expect(proxyFor(null, 'https://a.example')).toBeNull();
});

describe('no proxy is asked for', () => {
  test.each([
    'http://localhost:8080',
    'http://app.localhost',
    'http://127.0.0.1:9',
    'https://127.9.9.9',
    'http://[::1]:8080',
  ])('%s, which is this machine', (address) => {
    expect(isProxied(address, '')).toBe(false);
  });

  test.each([
    ['*', 'https://api.wandb.ai'],
    ['a.example, *', 'https://api.wandb.ai'],
    ['api.wandb.ai', 'https://api.wandb.ai'],
    ['API.Wandb.AI', 'https://api.wandb.ai'],
    ['wandb.ai', 'https://api.wandb.ai'],
    ['.wandb.ai', 'https://api.wandb.ai'],
    ['.wandb.ai', 'https://wandb.ai'],
    ['*.wandb.ai', 'https://api.wandb.ai'],
    ['a.example,wandb.ai', 'https://api.wandb.ai'],
    [' a.example ,  wandb.ai ', 'https://api.wandb.ai'],
    ['a.example wandb.ai', 'https://api.wandb.ai'],
    ['a.example\twandb.ai,,', 'https://api.wandb.ai'],
    ['api.wandb.ai:443', 'https://api.wandb.ai'],
    ['wandb.ai:8080', 'http://api.wandb.ai:8080'],
    ['.wandb.ai:80', 'http://api.wandb.ai'],
    ['wandb.ai.', 'https://api.wandb.ai'],
    ['wandb.ai', 'https://api.wandb.ai./graphql'],
    ['10.1.2.3', 'http://10.1.2.3:8080'],
    ['10.1.2.3:8080', 'http://10.1.2.3:8080'],
    ['10.0.0.0/8', 'http://10.1.2.3'],
    ['fd00::1', 'http://[fd00::1]:8080'],
    ['[fd00::1]', 'http://[fd00::1]:8080'],
    ['[fd00::1]:8080', 'http://[fd00::1]:8080'],
    ['FD00:0:0:0::1', 'http://[fd00::1]'],
    ['fd00::/16', 'http://[fd00::1]'],
  ])('by NO_PROXY %j: %s', (no, address) => {
    expect(isProxied(address, no)).toBe(false);
  });
});

describe('the proxy is asked for', () => {
  test.each([
    ['', 'https://api.wandb.ai'],
    [' , ', 'https://api.wandb.ai'],
    ['.', 'https://api.wandb.ai'],
    ['andb.ai', 'https://api.wandb.ai'],
    ['api.wandb.ai', 'https://wandb.ai'],
    ['wandb.ai:8443', 'https://api.wandb.ai'],
    ['wandb.ai:443', 'http://api.wandb.ai'],
    ['10.1.2.3', 'http://110.1.2.3'],
    ['1.2.3', 'http://10.1.2.3'],
    ['10.0.0.0/8', 'http://11.1.2.3'],
    ['10.0.0.0/99', 'http://10.1.2.3'],
    ['10.0.0.0/', 'http://10.0.0.1'],
    ['fd00::1', 'http://[fd00::2]'],
    ['10.0.0.0/8', 'http://[fd00::2]'],
  ])('in spite of NO_PROXY %j: %s', (no, address) => {
    expect(isProxied(address, no)).toBe(true);
  });

  test("whatever NO_PROXY says, if W&B's own setting names it", () => {
    const proxies = { http: proxy({ isForAll: true }), https: null, no: '*' };
    expect(proxyFor(proxies, 'http://127.0.0.1')).not.toBeNull();
  });
});

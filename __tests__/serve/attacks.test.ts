import { execFileSync } from 'node:child_process';
import nodeFs from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Served, serveFs } from '../../src/serve/serve-fs.js';
import { makeDirectory } from '../helpers/directories.js';
import { ask } from './helpers.js';

const TOKEN = 'a-token-of-16-signs';
let directory: string;
let served: Served;
let guarded: Served;
let mounted: Served;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wandb-fs-serve-'));
  await mkdir(join(directory, 'root'));
  await writeFile(join(directory, 'secret'), 'secret');
  await writeFile(join(directory, 'root/page.svg'), '<svg><script>1</script></svg>');
  await symlink('../secret', join(directory, 'root/link'));
  const root = join(directory, 'root');
  served = await serveFs(nodeFs, { root });
  guarded = await serveFs(nodeFs, { root, token: TOKEN });
  mounted = await serveFs(nodeFs, { root, token: TOKEN, webdav: true });
});

afterAll(async () => {
  await Promise.all([served, guarded, mounted].map((each) => each.close()));
  await rm(directory, { recursive: true });
});

it.each([
  ['/../secret', 400],
  ['/%2e%2e/secret', 400],
  ['/%252e%252e/secret', 404],
  ['/..%2fsecret', 400],
  ['/..%5csecret', 400],
  ['/page.svg%00', 400],
  ['/%ff', 400],
  ['/a%0d%0aSet-Cookie:%20x', 404],
  ['http://elsewhere/page.svg', 400],
  ['/link', 403],
])('refuses %s', async (target, status) => {
  const answer = await ask(served.url, target);
  expect(answer.status).toBe(status);
  expect(answer.body).not.toBe('secret');
  expect(answer.headers).not.toHaveProperty('set-cookie');
});

it('refuses names of other hosts, and pages of other origins', async () => {
  expect(await ask(served.url, '/', { host: 'rebound.example' })).toMatchObject({
    status: 403,
    headers: { 'cross-origin-resource-policy': 'same-origin' },
  });
  expect(await ask(served.url, '/', { origin: 'http://other.example' })).toMatchObject({ status: 403 });
  expect(await ask(served.url, '/', { origin: 'null' })).toMatchObject({ status: 403 });
  expect(await ask(served.url, '/', { origin: served.url.slice(0, -1) })).toMatchObject({ status: 200 });
});

it('shows what was uploaded in a sandbox, as the type that it has', async () => {
  const { headers } = await ask(served.url, '/page.svg');
  expect(headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/);
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'content-type': 'image/svg+xml' });
  expect(headers).not.toHaveProperty('access-control-allow-origin');
});

it('asks for the token, as a header, a cookie or a parameter', async () => {
  expect(await ask(guarded.url, '/')).toMatchObject({ status: 401 });
  expect(await ask(guarded.url, '/', { authorization: `Bearer ${TOKEN}x` })).toMatchObject({ status: 401 });
  expect(await ask(guarded.url, '/', { authorization: `Bearer ${TOKEN}` })).toMatchObject({ status: 200 });
  const { status, headers } = await ask(guarded.url, `/?token=${TOKEN}`);
  expect(status).toBe(200);
  const [cookie = ''] = headers['set-cookie'] ?? [];
  expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/);
  expect(await ask(guarded.url, '/', { cookie: cookie.split(';')[0] ?? '' })).toMatchObject({ status: 200 });
});

it('waits for no pipe', async () => {
  const directory = await makeDirectory();
  execFileSync('mkfifo', [join(directory, 'pipe')]);
  const open = await serveFs(nodeFs, { root: directory, webdav: true });
  expect(await ask(open.url, '/pipe')).toMatchObject({ status: 403 });
  expect((await ask(open.url, '/', { method: 'PROPFIND', depth: '1' })).body).toContain('/pipe');
  await open.close();
});

/** As programs send it that know a user and a password. */
const basic = (password: string) => ({
  authorization: `Basic ${Buffer.from(`any:${password}`).toString('base64')}`,
});

it('asks those who mount it for the token as a password, whatever they want', async () => {
  for (const method of ['OPTIONS', 'PROPFIND', 'GET', 'PUT']) {
    const asked = { method, depth: '0' };
    for (const headers of [{}, basic(''), basic(`${TOKEN}x`), { authorization: `Basic ${TOKEN}` }]) {
      expect(await ask(mounted.url, '/', { ...asked, ...headers })).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Basic realm="wandb-fs"' },
      });
    }
    expect((await ask(mounted.url, '/', { ...asked, ...basic(TOKEN) })).status).not.toBe(401);
  }
  const { headers } = await ask(guarded.url, '/');
  expect(headers['www-authenticate']).toBe('Bearer realm="wandb-fs"');
});

it('tells those who mount it nothing of what lies outside, nor pages of other origins anything', async () => {
  const mount = { method: 'PROPFIND', depth: '1', ...basic(TOKEN) };
  expect((await ask(mounted.url, '/', mount)).body).not.toContain('link');
  expect(await ask(mounted.url, '/link', mount)).toMatchObject({ status: 403 });
  expect(await ask(mounted.url, '/%2e%2e/secret', mount)).toMatchObject({ status: 400 });
  expect(await ask(mounted.url, '/', { ...mount, origin: 'http://other.example' })).toMatchObject({
    status: 403,
  });
});

it('has a token of its own where others can reach it, and takes none that can be guessed', async () => {
  const open = await serveFs(nodeFs, { root: directory, host: '0.0.0.0' });
  expect(open.token).toMatch(/^[\w-]{32}$/);
  await open.close();
  await expect(serveFs(nodeFs, { token: 'short' })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
});

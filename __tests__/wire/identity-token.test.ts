import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveConfig } from '../../src/config/config.js';
import { WireClient } from '../../src/wire/api/client.js';
import { ViewerDocument } from '../../src/wire/generated.js';
import { startServer } from '../helpers/server.js';
import { json, serve } from './helpers/http-server.js';
import { failureOf } from './helpers/wire.js';

const JWT = 'aaa.bbb.ccc';
let home: string;
let open: WireClient[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'wandb-fs-token-'));
  await writeFile(join(home, 'token'), `${JWT}\n`);
});
afterEach(async () => {
  await Promise.all(open.map((client) => client.close()));
  open = [];
  await rm(home, { recursive: true, force: true });
});

function connect(baseUrl: string): WireClient {
  const env = { HOME: home, WANDB_IDENTITY_TOKEN_FILE: join(home, 'token') };
  const client = new WireClient(resolveConfig({ baseUrl }, env).wire.reveal());
  open.push(client);
  return client;
}

const exchanges = (requests: readonly { readonly path?: string; readonly url?: string }[]): number =>
  requests.filter(({ path, url }) => (path ?? url) === '/oidc/token').length;

test('the token is exchanged once, for all who wait', async () => {
  const wandb = await startServer({ identityToken: JWT });
  const client = connect(wandb.url);
  const answers = await Promise.all([1, 2, 3].map(() => client.run(ViewerDocument, {})));
  expect(answers.every(({ viewer }) => viewer !== null)).toBe(true);
  expect(exchanges(await wandb.requests())).toBe(1);
});

test('the access token is kept for the next process, readable for its owner alone', async () => {
  const wandb = await startServer({ identityToken: JWT });
  await connect(wandb.url).run(ViewerDocument, {});
  const file = join(home, '.config/wandb/credentials.json');
  const kept = JSON.parse(await readFile(file, 'utf8')).credentials[wandb.url];
  expect(kept).toEqual({
    access_token: expect.any(String),
    expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
  });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await connect(wandb.url).run(ViewerDocument, {});
  expect(exchanges(await wandb.requests())).toBe(1);
});

test('an access token that the server takes no more is exchanged anew, once', async () => {
  let given = 0;
  const server = await serve(({ url, headers }, response) => {
    if (url === '/oidc/token') json(response, { access_token: `t${++given}`, expires_in: 3600 });
    else if (headers.authorization === 'Bearer t2') json(response, { data: { viewer: null } });
    else json(response, { errors: [{ message: 'user is not logged in' }] }, 401);
  });
  await connect(server.url).run(ViewerDocument, {});
  expect(server.received.map(({ url }) => url)).toEqual([
    '/oidc/token',
    '/graphql',
    '/oidc/token',
    '/graphql',
  ]);
});

test('an identity token that is refused is EACCES and names its file', async () => {
  const wandb = await startServer({ identityToken: 'another.jwt.token' });
  const failure = await failureOf(connect(wandb.url).run(ViewerDocument, {}));
  expect(failure.code).toBe('EACCES');
  expect(failure.detail).toContain(join(home, 'token'));
  expect(exchanges(await wandb.requests())).toBe(1);
});

test('a token file that is not there is EACCES', async () => {
  await rm(join(home, 'token'));
  const failure = await failureOf(connect('http://127.0.0.1:1').run(ViewerDocument, {}));
  expect(failure).toMatchObject({ code: 'EACCES', cause: 'ENOENT' });
});

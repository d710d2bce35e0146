import { isUnderBase } from '../../src/wire/api/credentials.js';
import { ViewerDocument } from '../../src/wire/generated.js';
import { Transfers } from '../../src/wire/transfer/transfer.js';
import { json, serve } from './helpers/http-server.js';
import { connect, failureOf, KEY } from './helpers/wire.js';

const BASIC = `Basic ${Buffer.from(`api:${KEY}`).toString('base64')}`;
const WHOLE = { start: 0, end: null, limit: 1024, etag: null, signal: undefined };

const viewer = { data: { viewer: null } };

test('the API gets the key as the password of Basic authentication', async () => {
  const server = await serve((_, response) => json(response, viewer));
  await connect(server.url).run(ViewerDocument, {});
  expect(server.received[0]?.headers.authorization).toBe(BASIC);
});

test.each([
  ['https://h/graphql', 'https://h', true],
  ['https://h/wandb/files/x', 'https://h/wandb', true],
  ['https://h/wandb', 'https://h/wandb', true],
  ['https://h/wandbx/files', 'https://h/wandb', false],
  ['https://h/files', 'https://h/wandb', false],
  ['http://h/graphql', 'https://h', false],
  ['https://h:8443/graphql', 'https://h', false],
  ['https://h.evil/graphql', 'https://h', false],
  ['https://h/wandb/../other', 'https://h/wandb', false],
])('%s is below %s: %s', (url, base, expected) => {
  expect(isUnderBase(url, base)).toBe(expected);
});

test('a signed URL gets no credentials, not even at the origin of the API', async () => {
  const server = await serve((_, response) => response.end('content'));
  const transfers = new Transfers(connect(server.url).api);
  await transfers.download(`${server.url}/bucket/a?sig=x`, { ...WHOLE, isApiAddress: false });
  await transfers.upload(
    `${server.url}/bucket/a`,
    {},
    { kind: 'bytes', bytes: Buffer.from('x') },
    { signal: undefined },
  );
  expect(server.received.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
});

test('the API address of a file gets them, the storage that it redirects to does not', async () => {
  const storage = await serve((_, response) => response.end('content'));
  const api = await serve(({ url }, response) => {
    const location = url === '/files/a' ? '/files/b' : `${storage.url}/bucket/a`;
    response.writeHead(302, { location }).end();
  });
  const { bytes } = await new Transfers(connect(api.url).api).download(`${api.url}/files/a`, {
    ...WHOLE,
    isApiAddress: true,
  });
  expect(Buffer.from(bytes).toString()).toBe('content');
  expect(api.received.map(({ headers }) => headers.authorization)).toEqual([BASIC, BASIC]);
  expect(storage.received.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});

test('a redirect from the API to a signed URL at its own origin gets none', async () => {
  const server = await serve(({ url }, response) => {
    if (url.startsWith('/files/')) response.writeHead(302, { location: '/bucket/a?X-Amz-Signature=s' }).end();
    else response.end('content');
  });
  const transfers = new Transfers(connect(server.url).api);
  await transfers.download(`${server.url}/files/a`, { ...WHOLE, isApiAddress: true });
  expect(server.received[1]?.headers.authorization).toBeUndefined();
});

test('a redirect of the API itself is told, not followed with the key', async () => {
  const other = await serve((_, response) => json(response, viewer));
  const api = await serve((_, response) =>
    response.writeHead(307, { location: `${other.url}/graphql?token=t` }).end(),
  );
  const failure = await failureOf(connect(api.url).run(ViewerDocument, {}));
  expect(failure.code).toBe('EPROTO');
  expect(failure.detail).toContain(`redirects to ${other.url};`);
  expect(other.received).toEqual([]);
});

test('without a key nothing is sent: EACCES names the ways to give one', async () => {
  const server = await serve((_, response) => json(response, viewer));
  const failure = await failureOf(connect(server.url, {}, {}).run(ViewerDocument, {}));
  expect(failure.code).toBe('EACCES');
  for (const way of ['apiKey', 'WANDB_API_KEY', 'wandb login']) expect(failure.detail).toContain(way);
  expect(server.received).toEqual([]);
});

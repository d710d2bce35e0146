import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { FindEntityDocument, ViewerDocument } from '../../src/wire/generated.js';
import { json, serve } from './helpers/http-server.js';
import { connect, failureOf, fakeClock, KEY } from './helpers/wire.js';

const ask = async (answer: (response: ServerResponse) => void) => {
  const server = await serve((_, response) => answer(response));
  const failure = await failureOf(connect(server.url, { clock: fakeClock() }).run(ViewerDocument, {}));
  return { ...failure, url: server.url, requests: server.received.length };
};

const html = (response: ServerResponse, status = 200): void => {
  response.writeHead(status, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>');
};

test('401 is EACCES: the key, and where it was found', async () => {
  const failure = await ask((response) =>
    json(response, { errors: [{ message: 'user is not logged in' }] }, 401),
  );
  expect(failure).toMatchObject({ code: 'EACCES', cause: 'HTTP 401: user is not logged in', requests: 1 });
  expect(failure.detail).toContain('options.apiKey');
  expect(failure.detail).toContain(failure.url);
});

test('403 is EACCES', async () => {
  const failure = await ask((response) => json(response, { error: 'permission denied' }, 403));
  expect(failure).toMatchObject({ code: 'EACCES', cause: 'HTTP 403: permission denied', requests: 1 });
});

test('404 is ENOENT', async () => {
  const failure = await ask((response) => json(response, { error: { message: 'run not found' } }, 404));
  expect(failure).toMatchObject({ code: 'ENOENT', cause: 'HTTP 404: run not found', requests: 1 });
});

test.each([200, 404])('a web page with status %i is EPROTO and names the base URL', async (status) => {
  const failure = await ask((response) => html(response, status));
  expect(failure).toMatchObject({ code: 'EPROTO', requests: 1 });
  expect(failure.detail).toContain(failure.url);
  expect(failure.detail).toContain('https://api.wandb.ai');
});

test('JSON that is no GraphQL answer to speak of is EPROTO', async () => {
  expect(await ask((response) => json(response, [1, 2]))).toMatchObject({ code: 'EPROTO', requests: 1 });
  expect(await ask((response) => response.end())).toMatchObject({ code: 'EPROTO', requests: 1 });
});

test('GraphQL errors are EIO with what the server says, and not tried again', async () => {
  const failure = await ask((response) =>
    json(response, { errors: [{ message: 'something broke' }], data: null }),
  );
  expect(failure).toMatchObject({ code: 'EIO', cause: 'something broke', requests: 1 });
  expect(failure.detail).toContain('something broke');
});

test.each(['permission denied', 'you are not authorized to see this', 'user is not logged in'])(
  'the GraphQL error %j is EACCES',
  async (message) => {
    const failure = await ask((response) => json(response, { errors: [{ message }] }));
    expect(failure).toMatchObject({ code: 'EACCES', cause: message });
  },
);

test.each(['run e/p/r not found', 'project "p" does not exist'])(
  'the GraphQL error %j is ENOENT',
  async (message) => {
    const failure = await ask((response) => json(response, { errors: [{ message }] }));
    expect(failure).toMatchObject({ code: 'ENOENT', cause: message });
  },
);

test.each([
  ['Cannot query field "x" on type "Run".', 'schema'],
  ['run p/r was previously created and deleted; try a new run name', 'deleted name'],
  ["alias 'production' is protected", 'protected alias'],
  ['something broke', null],
])('of an error that says %j stores get to know the reason: %j', async (message, reason) => {
  for (const status of [200, 400]) {
    const failure = await ask((response) => json(response, { errors: [{ message }] }, status));
    expect(failure).toMatchObject({ code: 'EIO', reason });
  }
});

test("a bare 'not found' speaks of the address, not of a thing: EPROTO", async () => {
  const failure = await ask((response) => json(response, { errors: [{ message: 'not found' }] }, 404));
  expect(failure).toMatchObject({ code: 'EPROTO', status: 404 });
});

test('a server error that lasts is EIO', async () => {
  const failure = await ask((response) => html(response, 502));
  expect(failure).toMatchObject({ code: 'EIO', cause: 'HTTP 502', status: 502 });
  expect(failure.requests).toBeGreaterThan(3);
});

test('a server that is down is ECONNREFUSED and named', async () => {
  const failure = await failureOf(
    connect('http://127.0.0.1:1', { clock: fakeClock() }).run(ViewerDocument, {}),
  );
  expect(failure).toMatchObject({ code: 'ECONNREFUSED', fault: 'down' });
  expect(failure.detail).toContain('http://127.0.0.1:1');
});

test('a connection that breaks is tried again, then EIO', async () => {
  const failure = await ask((response) => response.destroy());
  expect(failure).toMatchObject({ code: 'EIO', fault: 'broken' });
  expect(failure.requests).toBeGreaterThan(3);
});

test('an answer that does not come in time is ETIMEDOUT', async () => {
  const server = await serve(() => {});
  const client = connect(server.url, {}, { apiKey: KEY, timeout: 100 });
  expect(await failureOf(client.run(ViewerDocument, {}))).toMatchObject({
    code: 'ETIMEDOUT',
    fault: 'timeout',
  });
});

test('an answer may come compressed', async () => {
  const server = await serve(({ headers }, response) => {
    const body = JSON.stringify({ data: { viewer: { id: 'x'.repeat(50_000) } } });
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(headers['accept-encoding'] === 'gzip' ? gzipSync(body) : body);
  });
  const { viewer } = await connect(server.url).run(ViewerDocument, {});
  expect(viewer?.id).toHaveLength(50_000);
});

test('a compressed answer that breaks off is a broken connection', async () => {
  const failure = await ask((response) => {
    const body = gzipSync(JSON.stringify({ data: 'x'.repeat(50_000) }));
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(body.subarray(0, 20));
  });
  expect(failure).toMatchObject({ code: 'EIO', fault: 'broken' });
});

test('no failure repeats the key or the variables', async () => {
  const echo = await serve(({ headers, body }, response) =>
    json(response, { errors: [{ message: 'no' }], extensions: { headers, body: body.toString() } }),
  );
  const failure = await failureOf(connect(echo.url).run(FindEntityDocument, { entity: 'confidential' }));
  const text = JSON.stringify(failure);
  for (const secret of [KEY, 'confidential', 'Basic']) expect(text).not.toContain(secret);
});

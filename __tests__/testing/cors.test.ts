import { type FakeWandb, startFakeWandb } from '../../src/testing/index.js';
import { authorization, declareFiles, fileRow } from './client.js';
import { byHttp } from './helpers/plain-http.js';

const run = 'lab/project/run';
const origin = 'http://page.test';

describe('pages of other origins', () => {
  let wandb: FakeWandb;
  beforeAll(async () => {
    wandb = await startFakeWandb();
    await wandb.seed({ [run]: { 'a.txt': 'abc' } });
  });
  afterAll(() => wandb.close());

  const ask = (address: string, method: string, headers = 'content-type,authorization') =>
    byHttp(address, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
    });

  test('may read the bucket, and see what tells one content from another', async () => {
    const { directUrl = '' } = (await fileRow(wandb, run, 'a.txt')) ?? {};
    expect(await ask(directUrl, 'GET', 'range')).toMatchObject({
      status: 200,
      headers: {
        'access-control-allow-origin': '*',
        'access-control-allow-methods': expect.stringMatching(/\bGET\b/),
        'access-control-allow-headers': 'range',
      },
    });
    const read = await byHttp(directUrl, { headers: { origin, range: 'bytes=0-1' } });
    expect(read).toMatchObject({ status: 206, text: 'ab', headers: { 'access-control-allow-origin': '*' } });
    expect(read.headers['access-control-expose-headers']).toMatch(/ETag.*Content-Range/);
  });

  test('may write into it, with the headers that were signed', async () => {
    const [target] = await declareFiles(wandb, run, ['new.txt']);
    const { uploadUrl = '', headers = {} } = target ?? {};
    expect(await ask(uploadUrl, 'PUT', Object.keys(headers).join())).toMatchObject({ status: 200 });
    const written = await byHttp(uploadUrl, { method: 'PUT', body: 'new', headers: { ...headers, origin } });
    expect(written).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': '*' } });
  });

  test('may not delete', async () => {
    const { directUrl = '' } = (await fileRow(wandb, run, 'a.txt')) ?? {};
    expect((await ask(directUrl, 'DELETE')).status).toBe(403);
  });

  test('may use the API, if they have a key; what is asked before carries none', async () => {
    expect(await ask(`${wandb.url}/graphql`, 'POST')).toMatchObject({
      status: 200,
      headers: {
        'access-control-allow-origin': '*',
        'access-control-allow-headers': 'content-type,authorization',
      },
    });
    const viewer = (headers: Record<string, string>) =>
      byHttp(`${wandb.url}/graphql`, {
        method: 'POST',
        body: JSON.stringify({ query: '{ viewer { id } }' }),
        headers: { origin, 'content-type': 'application/json', ...headers },
      });
    expect((await viewer(authorization(wandb))).status).toBe(200);
    // A refusal, too, can be read by the page.
    expect(await viewer({})).toMatchObject({ status: 401, headers: { 'access-control-allow-origin': '*' } });
  });

  test('are told of failures as of answers', async () => {
    await wandb.faults([{ status: 503 }]);
    const answer = await byHttp(`${wandb.url}/nothing`, { headers: { origin } });
    expect(answer).toMatchObject({ status: 503, headers: { 'access-control-allow-origin': '*' } });
  });

  test('others get no such headers', async () => {
    const { headers } = await byHttp(`${wandb.url}/nothing`);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

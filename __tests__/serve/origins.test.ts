import nodeFs from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Served, serveFs } from '../../src/serve/serve-fs.js';
import { makeDirectory } from '../helpers/directories.js';
import { ask } from './helpers.js';

const ORIGIN = 'https://notebook.example';
const TOKEN = 'a-token-of-16-signs';
let served: Served;

beforeAll(async () => {
  const root = await makeDirectory();
  await writeFile(join(root, 'a.parquet'), '0123456789');
  served = await serveFs(nodeFs, { root, token: TOKEN, allowOrigins: [ORIGIN, 'http://localhost:3000'] });
});

afterAll(() => served.close());

const question = {
  method: 'OPTIONS',
  'access-control-request-method': 'GET',
  'access-control-request-headers': 'range,authorization',
};
const bearer = { authorization: `Bearer ${TOKEN}` };

describe('a page of an origin that is allowed', () => {
  it('may ask with ranges and a token, which it is told before it has shown any', async () => {
    const { status, headers } = await ask(served.url, '/a.parquet', { ...question, origin: ORIGIN });
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-allow-headers': expect.stringMatching(/\bAuthorization\b.*\bRange\b/),
    });
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('reads, and sees which range it has, or why it has none', async () => {
    const part = await ask(served.url, '/a.parquet', { ...bearer, origin: ORIGIN, range: 'bytes=2-4' });
    expect(part).toMatchObject({
      status: 206,
      body: '234',
      headers: {
        'access-control-allow-origin': ORIGIN,
        'access-control-expose-headers': expect.stringMatching(/Content-Range.*ETag/),
        'cross-origin-resource-policy': 'cross-origin',
        vary: 'Origin',
      },
    });
    const allowed = { 'access-control-allow-origin': ORIGIN };
    expect(await ask(served.url, '/none', { ...bearer, origin: ORIGIN })).toMatchObject({
      status: 404,
      headers: allowed,
    });
    expect(await ask(served.url, '/a.parquet', { origin: ORIGIN })).toMatchObject({
      status: 401,
      headers: allowed,
    });
    const listed = await ask(served.url, '/', { ...bearer, origin: 'http://localhost:3000' });
    expect(listed.headers).toMatchObject({
      'access-control-allow-origin': 'http://localhost:3000',
      vary: 'Origin, Accept',
    });
  });
});

it.each(['https://other.example', 'null', 'https://notebook.example.evil', 'http://notebook.example'])(
  'a page of %s may neither ask nor read',
  async (origin) => {
    for (const headers of [question, bearer]) {
      const answer = await ask(served.url, '/a.parquet', { ...headers, origin });
      expect(answer.status).toBe(403);
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    }
  },
);

it('who is no page is told nothing of origins, but that answers differ by them', async () => {
  const { headers } = await ask(served.url, '/a.parquet', bearer);
  expect(headers).toMatchObject({ vary: 'Origin', 'cross-origin-resource-policy': 'same-origin' });
  expect(headers).not.toHaveProperty('access-control-allow-origin');
});

it.each([
  '*',
  'null',
  'https://a.example/',
  'a.example',
  'file://',
  'https://a.example\r\nx: y',
  'https://A.example',
])('%j is no origin that a browser would send', async (origin) => {
  await expect(serveFs(nodeFs, { allowOrigins: [origin] })).rejects.toMatchObject({
    code: 'ERR_INVALID_ARG_VALUE',
    message: expect.stringContaining("such as 'https://example.com'"),
  });
});

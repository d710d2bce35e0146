import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { type FakeWandb, type FakeWandbOptions, startFakeWandb } from '../../src/testing/index.js';
import { authorization, declareFiles, fileRow, type UploadTarget } from './client.js';

const run = 'lab/project/run';
const content = 'abcdefghij';

async function serving(options: FakeWandbOptions, body: (wandb: FakeWandb) => Promise<void>): Promise<void> {
  const wandb = await startFakeWandb(options);
  try {
    await wandb.seed({ [run]: { 'a #?%.txt': content, 'empty.bin': '' } });
    await body(wandb);
  } finally {
    await wandb.close();
  }
}

const downloadUrl = async (wandb: FakeWandb, name = 'a #?%.txt'): Promise<string> =>
  (await fileRow(wandb, run, name))?.directUrl ?? '';

const target = async (wandb: FakeWandb): Promise<UploadTarget> => {
  const [first] = await declareFiles(wandb, run, ['new.txt']);
  if (!first) throw new Error('nothing was declared');
  return first;
};

const put = (url: string, headers: Record<string, string>): Promise<Response> =>
  fetch(url, { method: 'PUT', headers, body: Buffer.from(content) });

describe('signed URLs', () => {
  test('are absolute, percent-encoded, on another origin, and need no credentials', () =>
    serving({}, async (wandb) => {
      const url = await downloadUrl(wandb);
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/wandb-files\/lab\/project\/run\/a%20%23%3F%25\.txt\?/);
      expect(new URL(url).origin).not.toBe(wandb.url);
      expect(await (await fetch(url)).text()).toBe(content);
    }));

  test("the API's own address redirects to one", () =>
    serving({}, async (wandb) => {
      const url = (await fileRow(wandb, run, 'a #?%.txt'))?.url ?? '';
      const response = await fetch(url, { headers: authorization(wandb), redirect: 'manual' });
      expect(response.status).toBe(302);
      expect(await (await fetch(response.headers.get('location') ?? '')).text()).toBe(content);
    }));

  test('are good for one method, one path and their own signature', () =>
    serving({}, async (wandb) => {
      const url = await downloadUrl(wandb);
      expect((await put(url, {})).status).toBe(403);
      expect((await fetch(url, { method: 'HEAD' })).status).toBe(403);
      expect((await fetch(url.replace('.txt?', '.txx?'))).status).toBe(403);
      expect((await fetch(url.replace(/Signature=./, 'Signature='))).status).toBe(403);
      expect((await fetch(url.replace(/\?.*/, ''))).status).toBe(403);
    }));

  test('refuse credentials', () =>
    serving({}, async (wandb) => {
      expect((await fetch(await downloadUrl(wandb), { headers: authorization(wandb) })).status).toBe(403);
    }));

  test('take a PUT with exactly the upload headers', () =>
    serving({ uploadHeaders: ['X-Goog-Meta-Origin:run', 'X-Goog-Acl: private'] }, async (wandb) => {
      const { uploadUrl, headers } = await target(wandb);
      expect(headers).toEqual({ 'X-Goog-Meta-Origin': 'run', 'X-Goog-Acl': 'private' });
      expect((await put(uploadUrl, {})).status).toBe(403);
      expect((await put(uploadUrl, { ...headers, 'X-Goog-Acl': 'public' })).status).toBe(403);
      expect((await put(uploadUrl, { ...headers, 'content-type': 'text/plain' })).status).toBe(403);
      expect((await put(uploadUrl, { ...headers, 'content-md5': 'x' })).status).toBe(403);
      expect((await put(uploadUrl, { ...headers, ...authorization(wandb) })).status).toBe(403);
      const response = await put(uploadUrl, headers);
      expect(response.status).toBe(200);
      expect(response.headers.get('etag')).toBe(`"${createHash('md5').update(content).digest('hex')}"`);
    }));

  test('a Content-MD5 that was signed must be that of the body', () => {
    const md5 = createHash('md5').update(content).digest('base64');
    return serving({ uploadHeaders: [`Content-MD5: ${md5}`] }, async (wandb) => {
      const { uploadUrl, headers } = await target(wandb);
      expect((await put(uploadUrl, headers)).status).toBe(200);
      const other = await fetch(uploadUrl, { method: 'PUT', headers, body: Buffer.from('other') });
      expect(other.status).toBe(400);
      expect(await other.text()).toContain('BadDigest');
    });
  });

  test('a chunked PUT is 411', () =>
    serving({}, async (wandb) => {
      const { uploadUrl, headers } = await target(wandb);
      const status = await new Promise((resolve, reject) => {
        const sent = request(uploadUrl, { method: 'PUT', headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.on('error', reject);
        sent.write('no length');
        sent.end();
      });
      expect(status).toBe(411);
    }));

  test.each([
    ['gcs', 400, 'ExpiredToken'],
    ['s3', 403, 'Request has expired'],
  ] as const)('when expired, %s answers %i %s', (storage, status, text) =>
    serving({ storage, urlTtlMs: 20 }, async (wandb) => {
      const url = await downloadUrl(wandb);
      await new Promise((resolve) => setTimeout(resolve, 40));
      const response = await fetch(url);
      expect(response.status).toBe(status);
      expect(await response.text()).toContain(text);
    }),
  );
});

describe('reading parts', () => {
  let wandb: FakeWandb;
  beforeAll(async () => {
    wandb = await startFakeWandb();
    await wandb.seed({ [run]: { 'a #?%.txt': content, 'empty.bin': '' } });
  });
  afterAll(() => wandb.close());

  const get = async (headers: Record<string, string>, name?: string) => {
    const response = await fetch(await downloadUrl(wandb, name), { headers });
    return [response.status, await response.text(), response.headers.get('content-range')];
  };

  test.each([
    ['bytes=2-4', 206, 'cde', 'bytes 2-4/10'],
    ['bytes=8-', 206, 'ij', 'bytes 8-9/10'],
    ['bytes=5-99', 206, 'fghij', 'bytes 5-9/10'],
    ['bytes=-3', 206, 'hij', 'bytes 7-9/10'],
    ['bytes=0-1,4-5', 200, content, null],
    ['lines=1-2', 200, content, null],
  ])('%s', async (range, status, text, contentRange) => {
    expect(await get({ range })).toEqual([status, text, contentRange]);
  });

  test('beyond the end is 416, also for an empty file', async () => {
    expect(await get({ range: 'bytes=10-' })).toEqual([
      416,
      expect.stringContaining('InvalidRange'),
      'bytes */10',
    ]);
    expect(await get({ range: 'bytes=0-' }, 'empty.bin')).toEqual([416, expect.anything(), 'bytes */0']);
    expect(await get({}, 'empty.bin')).toEqual([200, '', null]);
  });

  test('If-Match holds a reader to one version', async () => {
    const response = await fetch(await downloadUrl(wandb));
    const etag = response.headers.get('etag') ?? '';
    await response.arrayBuffer();
    expect(await get({ 'if-match': etag, range: 'bytes=0-0' })).toEqual([206, 'a', 'bytes 0-0/10']);
    expect((await get({ 'if-none-match': etag }))[0]).toBe(304);
    await wandb.seed({ [run]: { 'a #?%.txt': 'changed!!!' } });
    expect((await get({ 'if-match': etag, range: 'bytes=0-0' }))[0]).toBe(412);
    await wandb.seed({ [run]: { 'a #?%.txt': content } });
  });
});

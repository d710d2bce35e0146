import { createWandbFs, type WandbFs } from 'wandb-fs';
import { type Served, serveFs } from '../../src/serve/serve-fs.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { ask } from './helpers.js';

const wandb = useServer(STANDARD);
const RUN = '/team/project/run';
const OLD = new Date('2020-01-02T03:04:05Z');
let fs: WandbFs;
let served: Served;

beforeAll(async () => {
  await wandb.seed({
    'team/project/run': { 'a.txt': '0123456789', 'media/<b>.html': '<script>1</script>', empty: '' },
  });
  fs = createWandbFs({ baseUrl: wandb.url, apiKey: wandb.apiKey });
  await fs.promises.utimes(`${RUN}/a.txt`, OLD, OLD);
  served = await serveFs(fs, { root: RUN });
});

afterAll(async () => {
  await served.close();
  await fs.wandb.close();
});

describe('a file that is served', () => {
  it('is told by type, length, time and tag, with and without its content', async () => {
    const whole = await ask(served.url, '/a.txt');
    expect(whole).toMatchObject({
      status: 200,
      body: '0123456789',
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'content-length': '10',
        'last-modified': OLD.toUTCString(),
        'accept-ranges': 'bytes',
      },
    });
    const head = await ask(served.url, '/a.txt', { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, body: '', headers: { 'content-length': '10' } });
    expect(await ask(served.url, '/empty')).toMatchObject({ status: 200, body: '' });
  });

  it('is sent in ranges, whole where several are asked for, and not past its end', async () => {
    const part = await ask(served.url, '/a.txt', { range: 'bytes=2-4' });
    expect(part).toMatchObject({ status: 206, body: '234', headers: { 'content-range': 'bytes 2-4/10' } });
    expect(await ask(served.url, '/a.txt', { range: 'bytes=0-1,3-4' })).toMatchObject({ status: 200 });
    const past = await ask(served.url, '/a.txt', { range: 'bytes=10-' });
    expect(past).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */10' } });
  });

  it('is not sent to who has it, and its ranges only to who has the rest of it', async () => {
    const { etag = '' } = (await ask(served.url, '/a.txt')).headers;
    expect(etag).toMatch(/^"/);
    expect(await ask(served.url, '/a.txt', { 'if-none-match': `"x", ${etag}` })).toMatchObject({
      status: 304,
      body: '',
    });
    expect(await ask(served.url, '/a.txt', { 'if-modified-since': OLD.toUTCString() })).toMatchObject({
      status: 304,
    });
    expect(await ask(served.url, '/a.txt', { 'if-none-match': '"x"' })).toMatchObject({ status: 200 });
    const range = 'bytes=0-0';
    expect(await ask(served.url, '/a.txt', { range, 'if-range': etag })).toMatchObject({
      status: 206,
      body: '0',
    });
    expect(await ask(served.url, '/a.txt', { range, 'if-range': '"x"' })).toMatchObject({ status: 200 });
  });
});

describe('a directory that is served', () => {
  it('is a page, with names escaped', async () => {
    const { status, body } = await ask(served.url, '/media/');
    expect(status).toBe(200);
    expect(body).toContain('<a href="/media/%3Cb%3E.html">&#60;b&#62;.html</a>');
  });

  it('is JSON to who accepts that', async () => {
    const { body } = await ask(served.url, '/', { accept: 'application/json' });
    expect(JSON.parse(body)).toEqual([
      expect.objectContaining({ name: 'a.txt', type: 'file', size: 10, modified: OLD.toISOString() }),
      expect.objectContaining({ name: 'empty', size: 0 }),
      expect.objectContaining({ name: 'media', type: 'directory' }),
    ]);
  });
});

it('tells what is not there, and changes nothing', async () => {
  expect(await ask(served.url, '/none')).toMatchObject({
    status: 404,
    body: expect.stringContaining('ENOENT'),
  });
  expect(await ask(served.url, '/a.txt', { method: 'DELETE' })).toMatchObject({
    status: 405,
    headers: { allow: 'GET, HEAD' },
  });
});

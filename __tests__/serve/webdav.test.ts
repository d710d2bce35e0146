import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createWandbFs, type WandbFs } from 'wandb-fs';
import { createClient, type FileStat, type WebDAVClient } from 'webdav';
import { type Served, serveFs } from '../../src/serve/serve-fs.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { ask } from './helpers.js';

const wandb = useServer(STANDARD);
const RUN = '/team/project/run';
const OLD = new Date('2020-01-02T03:04:05Z');
const ODD = 'a b%20c#d?é&<"日本>.txt';
let fs: WandbFs;
let served: Served;
let client: WebDAVClient;

beforeAll(async () => {
  await wandb.seed({
    'team/project/run': { [ODD]: '0123456789', 'media/images/1.png': 'png', 'bell\u0007.txt': '', empty: '' },
  });
  fs = createWandbFs({ baseUrl: wandb.url, apiKey: wandb.apiKey });
  await fs.promises.utimes(`${RUN}/${ODD}`, OLD, OLD);
  served = await serveFs(fs, { root: RUN, webdav: true });
  client = createClient(served.url);
});

afterAll(async () => {
  await served.close();
  await fs.wandb.close();
});

/** Asks for properties; an answer's elements are told without the prefixes that a client may not look at. */
async function propfind(target: string, body = '', headers: Readonly<Record<string, string>> = {}) {
  const answer = await ask(served.url, target, { method: 'PROPFIND', depth: '0', ...headers }, body);
  return { ...answer, body: answer.body.replace(/<(\/?)D:/g, '<$1') };
}

describe('a client that mounts', () => {
  it('lists a directory, with names of any kind', async () => {
    const listed = (await client.getDirectoryContents('/')) as FileStat[];
    expect(listed.map(({ basename, type, size }) => [basename, type, size])).toEqual([
      [ODD, 'file', 10],
      ['bell\u0007.txt', 'file', 0],
      ['empty', 'file', 0],
      ['media', 'directory', 0],
    ]);
    const below = (await client.getDirectoryContents('/media')) as FileStat[];
    expect(below.map(({ filename, type }) => [filename, type])).toEqual([['/media/images', 'directory']]);
  });

  it('is told of a file what a reader of it is', async () => {
    const { headers } = await ask(served.url, `/${encodeURIComponent(ODD)}`);
    expect(await client.stat(`/${ODD}`)).toMatchObject({
      basename: ODD,
      type: 'file',
      size: 10,
      lastmod: OLD.toUTCString(),
      etag: headers.etag?.replaceAll('"', ''),
      mime: 'text/plain',
    });
    expect(await client.stat('/')).toMatchObject({ type: 'directory' });
    await expect(client.stat('/none')).rejects.toMatchObject({ status: 404 });
  });

  it('reads files, and ranges of them', async () => {
    expect(await client.getFileContents(`/${ODD}`, { format: 'text' })).toBe('0123456789');
    const stream = client.createReadStream(`/${ODD}`, { range: { start: 2, end: 4 } });
    expect(await text(stream as Readable)).toBe('234');
  });

  it('changes nothing', async () => {
    await wandb.requests({ clear: true });
    const lock = '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope></lockinfo>';
    for (const method of ['PUT', 'DELETE', 'MKCOL', 'COPY', 'MOVE', 'PROPPATCH', 'LOCK', 'UNLOCK', 'POST']) {
      const headers = { method, destination: `${served.url}other` };
      expect(await ask(served.url, '/empty', headers, method === 'LOCK' ? lock : '')).toMatchObject({
        status: 405,
        headers: { allow: 'OPTIONS, GET, HEAD, PROPFIND' },
      });
    }
    expect(await wandb.requests()).toEqual([]);
  });
});

describe('what is told of abilities', () => {
  it.each(['/', '*', '/none'])('is class 1 of WebDAV, for Windows too (OPTIONS %s)', async (target) => {
    expect(await ask(served.url, target, { method: 'OPTIONS' })).toMatchObject({
      status: 200,
      headers: {
        dav: '1',
        'ms-author-via': 'DAV',
        allow: 'OPTIONS, GET, HEAD, PROPFIND',
        'content-length': '0',
      },
    });
  });
});

type Refused = [string, number, string | Buffer, Readonly<Record<string, string>>?];

describe('a question for properties', () => {
  const LIVE = ['resourcetype', 'displayname', 'creationdate', 'getlastmodified'];
  const named = (body: string) =>
    [...body.matchAll(/<(\w+)[^>]*\/>|<(\w+)>[^<]+</g)].map(([, a, b]) => a ?? b);

  it('without a body, as Explorer asks, is one for all that is usual', async () => {
    const { status, headers, body } = await propfind('/empty', '', { 'content-length': '0' });
    expect([status, headers['content-type']]).toEqual([207, 'application/xml; charset=utf-8']);
    for (const name of [...LIVE, 'getcontentlength', 'getcontenttype', 'getetag'])
      expect(body).toContain(`<${name}>`);
    const { body: all } = await propfind('/empty', '<propfind xmlns="DAV:"><allprop/></propfind>');
    expect(all).toBe(body);
    expect((await propfind('/media')).body).toContain('<resourcetype><collection/></resourcetype>');
  });

  it('for some, as Finder and davfs2 ask, is answered apart by those that are there and those that are not', async () => {
    const finder = `<?xml version="1.0" encoding="utf-8"?>
      <D:propfind xmlns:D="DAV:"><D:prop><D:getlastmodified/><D:getcontentlength/><D:resourcetype/>
      <D:quota-available-bytes/><D:quota-used-bytes/><executable xmlns="http://apache.org/dav/props/"/></D:prop></D:propfind>`;
    const { body } = await propfind(`/${encodeURIComponent(ODD)}`, finder);
    const [there = '', missing = ''] = body.split('</propstat>');
    expect(there).toContain(`<getlastmodified>${OLD.toUTCString()}</getlastmodified><getcontentlength>10<`);
    expect(there).toContain('<status>HTTP/1.1 200 OK</status>');
    expect(missing).toContain(
      '<prop><quota-available-bytes/><quota-used-bytes/><executable xmlns="http://apache.org/dav/props/"/></prop><status>HTTP/1.1 404',
    );
  });

  it('for names is answered without values, and more can be asked for beside all', async () => {
    const { body } = await propfind('/media', '<x:propfind xmlns:x="DAV:"><x:propname/></x:propfind>');
    expect(named(body)).toEqual(expect.arrayContaining(LIVE));
    expect(body).not.toContain('<displayname>');
    const include =
      '<propfind xmlns="DAV:"><allprop/><include><getetag/><x xmlns="urn:y"/></include></propfind>';
    const more = (await propfind('/empty', include)).body;
    expect(more.match(/<getetag/g)).toHaveLength(1);
    expect(more).toContain('<x xmlns="urn:y"/>');
  });

  it('is read as UTF-16 where its first bytes say so', async () => {
    const text = '\ufeff<propfind xmlns="DAV:"><propname/></propfind>';
    const answer = await ask(
      served.url,
      '/',
      { method: 'PROPFIND', depth: '0' },
      Buffer.from(text, 'utf16le'),
    );
    expect(answer).toMatchObject({ status: 207, body: expect.stringContaining('<D:displayname/>') });
  });

  it('tells names that XML or an address cannot hold by other signs', async () => {
    const { body } = await propfind('/bell%07.txt');
    expect(body).toContain('<href>/bell%07.txt</href>');
    expect(body).toContain('<displayname>bell\ufffd.txt</displayname>');
  });

  it.each([undefined, 'infinity', 'Infinity'])('of depth %s is refused, for it has no end', async (depth) => {
    const headers = { method: 'PROPFIND', ...(depth && { depth }) };
    const answer = await ask(served.url, '/', headers);
    expect(answer).toMatchObject({
      status: 403,
      body: expect.stringContaining('<D:propfind-finite-depth/>'),
    });
  });

  it.each<Refused>([
    ['of another depth', 400, '', { depth: '2' }],
    ['cut off', 400, '<propfind xmlns="DAV:"><allprop/>'],
    ['of another kind', 400, '<lockinfo xmlns="DAV:"/>'],
    ['of no namespace', 400, '<propfind><allprop/></propfind>'],
    ['of an empty prefix', 400, '<propfind xmlns="DAV:"><prop><x:y xmlns:x=""/></prop></propfind>'],
    ['of a prefix that is none', 400, '<propfind xmlns="DAV:"><prop><x:y/></prop></propfind>'],
    ['for nothing', 400, '<propfind xmlns="DAV:"/>'],
    ['in a word of JavaScript', 400, '<propfind xmlns="DAV:"><constructor><x/></constructor></propfind>'],
    ['for two things', 400, '<propfind xmlns="DAV:"><allprop/><propname/></propfind>'],
    [
      'with entities',
      400,
      '<!DOCTYPE p [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><propfind xmlns="DAV:"><prop>&b;</prop></propfind>',
    ],
    [
      'with a file',
      400,
      '<!DOCTYPE p SYSTEM "file:///etc/passwd"><propfind xmlns="DAV:"><allprop/></propfind>',
    ],
    ['in no encoding', 400, Buffer.from([0x3c, 0xff, 0x3e])],
    ['that is compressed', 415, 'x', { 'content-encoding': 'gzip' }],
    ['that is too long', 413, `<propfind xmlns="DAV:"><allprop/>${' '.repeat(20_000)}</propfind>`],
  ])('%s is refused', async (_, status, body, headers = {}) => {
    const answer = await ask(served.url, '/', { method: 'PROPFIND', depth: '0', ...headers }, body);
    expect(answer.status).toBe(status);
    expect(answer.body).not.toContain('root:');
  });
});

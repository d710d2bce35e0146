import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WireDependencies } from '../../src/wire/api/api.js';
import { Transfers } from '../../src/wire/transfer/transfer.js';
import { storedMd5, uploadHeaders } from '../../src/wire/transfer/upload.js';
import type { Body } from '../../src/wire/transport/transport.js';
import { fileSource } from '../helpers/file-source.js';
import { type Received, serve } from './helpers/http-server.js';
import { connect, failureOf, fakeClock } from './helpers/wire.js';

const CONTENT = Buffer.alloc(300_000, 'wandb');
const md5 = (bytes: Uint8Array): Buffer => createHash('md5').update(bytes).digest();
const OTHER = md5(Buffer.from('other'));

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wandb-fs-integrity-'));
  await writeFile(join(directory, 'content'), CONTENT);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const upload = async (
  body: Body,
  answer: (request: Received, response: ServerResponse) => void,
  dependencies: WireDependencies = {},
  headers: Readonly<Record<string, string>> = {},
) => {
  const server = await serve(answer);
  const transfers = new Transfers(connect(server.url, { clock: fakeClock(), ...dependencies }).api);
  const sending = transfers.upload(`${server.url}/a`, headers, body, { signal: undefined });
  return { server, sending };
};

const sources: readonly (readonly [string, () => Body, WireDependencies])[] = [
  ['bytes', () => ({ kind: 'bytes', bytes: CONTENT }), {}],
  ['a file', () => fileSource(join(directory, 'content'), CONTENT.byteLength), {}],
  [
    "a file by a user's fetch",
    () => fileSource(join(directory, 'content'), CONTENT.byteLength),
    { fetch: globalThis.fetch },
  ],
];

describe.each(sources)('an upload of %s', (_, source, dependencies) => {
  test('tells the MD5 of what was sent, of the attempt that went through', async () => {
    const { server, sending } = await upload(
      source(),
      ({ body }, response) => {
        if (server.received.length === 1) response.writeHead(503).end();
        else response.setHeader('etag', `"${md5(body).toString('hex')}"`).end();
      },
      dependencies,
    );
    expect(await sending).toMatchObject({ md5: md5(CONTENT).toString('base64') });
    expect(server.received).toHaveLength(2);
  });

  test('that arrived as something else is sent again', async () => {
    const { server, sending } = await upload(
      source(),
      ({ body }, response) => {
        const taken = server.received.length === 1 ? OTHER : md5(body);
        response.setHeader('etag', `"${taken.toString('hex')}"`).end();
      },
      dependencies,
    );
    await sending;
    expect(server.received.map(({ body }) => body.equals(CONTENT))).toEqual([true, true]);
  });

  test('that a web page answers, with 200, is sent again', async () => {
    const { server, sending } = await upload(
      source(),
      ({ body }, response) => {
        if (server.received.length === 1) response.setHeader('content-type', 'text/html').end('<p>Sign in');
        else response.setHeader('etag', `"${md5(body).toString('hex')}"`).end();
      },
      dependencies,
    );
    await sending;
    expect(server.received.map(({ body }) => body.equals(CONTENT))).toEqual([true, true]);
  });

  test('that never arrives as it is is EIO after three times, and says what happened', async () => {
    const { server, sending } = await upload(
      source(),
      (_request, response) => response.setHeader('etag', `"${OTHER.toString('hex')}"`).end(),
      dependencies,
    );
    expect(await failureOf(sending)).toMatchObject({
      code: 'EIO',
      fault: 'corrupt',
      detail: expect.stringContaining('took other bytes than were sent'),
    });
    expect(server.received).toHaveLength(3);
  });

  test('that fails in both ways by turns is sent six times in all', async () => {
    const { server, sending } = await upload(
      source(),
      (_request, response) => {
        if (server.received.length <= 5) response.writeHead(503).end();
        else response.setHeader('etag', `"${OTHER.toString('hex')}"`).end();
      },
      dependencies,
    );
    expect(await failureOf(sending)).toMatchObject({ code: 'EIO', fault: 'corrupt' });
    expect(server.received).toHaveLength(6);
  });
});

test('the MD5 that the server signed for goes along with the content', async () => {
  const signed = md5(CONTENT).toString('base64');
  const { server, sending } = await upload(
    { kind: 'bytes', bytes: CONTENT },
    (_request, response) => response.end(),
    {},
    uploadHeaders([`Content-MD5: ${signed}`]),
  );
  await sending;
  expect(server.received[0]?.headers['content-md5']).toBe(signed);
});

describe('what a storage tells of the content it took', () => {
  const hex = OTHER.toString('hex');
  const base64 = OTHER.toString('base64');

  test.each<[string, Record<string, string>, string | null]>([
    ['a strong tag of 32 hex digits is the MD5', { etag: `"${hex}"` }, base64],
    ['in any case of letters', { etag: `"${hex.toUpperCase()}"` }, base64],
    ['by a key of the storage', { etag: `"${hex}"`, 'x-amz-server-side-encryption': 'AES256' }, base64],
    ["GCS's hash is preferred", { etag: '"x"', 'x-goog-hash': `crc32c=n03x6A==, md5=${base64}` }, base64],
    ['a weak tag says nothing', { etag: `W/"${hex}"` }, null],
    ['nor one of parts', { etag: `"${hex}-2"` }, null],
    ["nor Azure's", { etag: '"0x8DDA1F3B2C4D5E6"' }, null],
    ['nor of 31 or 33 digits', { etag: `"${hex}0"` }, null],
    [
      'nor where a key of KMS encrypts',
      { etag: `"${hex}"`, 'x-amz-server-side-encryption': 'aws:kms' },
      null,
    ],
    [
      "nor where the user's key does",
      { etag: `"${hex}"`, 'x-amz-server-side-encryption-customer-algorithm': 'AES256' },
      null,
    ],
    ['nor none', {}, null],
  ])('%s', (_, headers, expected) => {
    expect(storedMd5({ headers })).toBe(expected);
  });
});

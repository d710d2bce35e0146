import { Readable } from 'node:stream';
import { resolveConfig } from '../../src/config/config.js';
import { fetchTransport } from '../../src/wire/transport/fetch-transport.js';
import { readShort } from '../../src/wire/transport/transport.js';

const { timeouts } = resolveConfig({ apiKey: 'k'.repeat(40) }).wire.reveal();
const bytes = Buffer.from('{"a":1}');
const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);

/** What this `fetch` answers, as the wire reads it. */
async function read(answer: unknown) {
  const { send } = fetchTransport((async () => answer) as typeof fetch, timeouts);
  return readShort(await send({ method: 'GET', url: 'https://api.wandb.ai/x?Signature=s', headers: {} }));
}

describe("an answer of a fetch of one's own", () => {
  test.each<[string, object]>([
    ['a Response', new Response(bytes)],
    ['without `.body`: `arrayBuffer`', { arrayBuffer: async () => buffer }],
    ['`bytes`', { bytes: async () => bytes }],
    ['`text`', { text: async () => '{"a":1}' }],
    ['`json`', { json: async () => ({ a: 1 }) }],
    ['`.body` that is text', { body: '{"a":1}' }],
    ['`.body` that is bytes', { body: bytes }],
    ["`.body` that is a stream of Node's", { body: Readable.from([bytes]) }],
  ])('may have its body as %s', async (_, answer) => {
    expect(await read(answer)).toMatchObject({ status: 200, text: '{"a":1}' });
  });

  test.each<[string, unknown]>([
    ['Headers', new Headers({ ETag: '"x"' })],
    ['a Map', new Map([['ETag', '"x"']])],
    ['pairs', [['ETag', '"x"']]],
    ['an object', { ETag: '"x"' }],
  ])('may have its headers as %s', async (_, headers) => {
    expect(await read({ headers, text: async () => '' })).toMatchObject({ headers: { etag: '"x"' } });
  });

  test('may have no headers, and no body', async () => {
    expect(await read({ status: 204 })).toEqual({ status: 204, headers: {}, text: '' });
    expect(await read({ ok: false })).toEqual({ status: 500, headers: {}, text: '' });
  });

  test('may be left though somebody keeps a clone of it', async () => {
    const answer = new Response(bytes);
    const clone = answer.clone();
    const { send } = fetchTransport(async () => answer, timeouts);
    const { discard } = await send({ method: 'GET', url: 'https://api.wandb.ai/x', headers: {} });
    await discard();
    expect(await clone.text()).toBe('{"a":1}');
  });

  test('must be one; the error tells no signature', async () => {
    const failed = read(undefined);
    await expect(failed).rejects.toMatchObject({
      code: 'EIO',
      detail: expect.stringContaining('GET https://api.wandb.ai/x;'),
    });
    await expect(failed).rejects.not.toMatchObject({ detail: expect.stringContaining('Signature') });
  });
});

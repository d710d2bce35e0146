import { ViewerDocument } from '../../src/wire/generated.js';
import { Transfers } from '../../src/wire/transfer/transfer.js';
import { json, serve } from './helpers/http-server.js';
import { connect, failureOf, fakeClock } from './helpers/wire.js';

test.each([{}, { data: null }, { extensions: {} }])(
  'an answer without data (%j) is asked for again, then EPROTO that says so',
  async (answer) => {
    const server = await serve((_request, response) => json(response, answer));
    const failure = await failureOf(connect(server.url, { clock: fakeClock() }).run(ViewerDocument, {}));
    expect(failure).toMatchObject({ code: 'EPROTO', fault: 'empty' });
    expect(failure.detail).toContain("isn't the W&B API");
    expect(failure.detail).toContain('answered without data');
    expect(server.received).toHaveLength(4);
  },
);

test('an answer without data that was a slip goes unnoticed', async () => {
  const server = await serve((_request, response) =>
    json(response, server.received.length === 1 ? {} : { data: { viewer: null } }),
  );
  expect(await connect(server.url, { clock: fakeClock() }).run(ViewerDocument, {})).toEqual({ viewer: null });
});

test.each([
  '',
  'null',
  'not an address',
  '//',
  'https://',
  'http://h:99999/',
  'ftp://h/a',
  'memory:a?sig=secret',
])('the address %j is EPROTO at once, for uploads and downloads, and not shown', async (address) => {
  const clock = fakeClock();
  const transfers = new Transfers(connect('http://127.0.0.1:1', { clock }).api);
  const bytes = { kind: 'bytes', bytes: Buffer.from('x') } as const;
  const whole = { start: 0, end: null, limit: 10, etag: null, signal: undefined, isApiAddress: false };
  for (const [transfer, purpose] of [
    [transfers.upload(address, {}, bytes, { signal: undefined }), 'upload to'],
    [transfers.download(address, whole), 'download from'],
  ] as const) {
    const failure = await failureOf(transfer);
    expect(failure).toMatchObject({ code: 'EPROTO', fault: 'protocol' });
    expect(failure.detail).toBe(`The server gave no valid address to ${purpose}.`);
  }
  expect(clock.slept).toEqual([]);
});

test('headers that nobody can send are EPROTO at once', async () => {
  const clock = fakeClock();
  const server = await serve((_request, response) => response.end());
  const transfers = new Transfers(connect(server.url, { clock }).api);
  const bytes = { kind: 'bytes', bytes: Buffer.from('x') } as const;
  const upload = transfers.upload(`${server.url}/a`, { 'content-type': 'a\nb' }, bytes, {
    signal: undefined,
  });
  expect(await failureOf(upload)).toMatchObject({ code: 'EPROTO' });
  expect(clock.slept).toEqual([]);
});

import { Failure } from '../../src/contract/failure.js';
import { download } from '../../src/store/common/content.js';
import { Transfers } from '../../src/wire/transfer/transfer.js';
import { serve } from '../wire/helpers/http-server.js';
import { connect, fakeClock } from '../wire/helpers/wire.js';

const WHOLE = { start: 0, end: null, limit: 1000, etag: null, signal: undefined };

/** A file whose signed address leads to `direct`, and that the API serves itself. */
async function file(direct: string, status = 200) {
  const api = await serve((_, response) => response.writeHead(status).end('content'));
  const clock = fakeClock();
  const transfers = new Transfers(connect(api.url, { clock }).api);
  const address = { direct, api: `${api.url}/files/a` };
  let renewals = 0;
  const source = {
    peek: () => address,
    renew: async () => {
      renewals++;
      return address;
    },
    lastResort: async () => address.api,
  };
  return { api, clock, address, renewals: () => renewals, read: () => download(transfers, source, WHOLE) };
}

const failureOf = async (work: Promise<unknown>) => {
  const thrown = await work.catch((error: unknown) => error);
  if (!(thrown instanceof Failure)) throw thrown;
  return thrown;
};

describe("where the storage's host can't be reached the API's own address is asked", () => {
  test('it refuses connections', async () => {
    const { read, api, renewals } = await file('http://127.0.0.1:9/a?X-Amz-Signature=s');
    expect(Buffer.from((await read()).bytes).toString()).toBe('content');
    expect(api.received[0]?.headers.authorization).toMatch(/^Basic /);
    expect(renewals()).toBe(0);
  });

  test('nobody knows its name', async () => {
    const { read } = await file('http://storage.invalid/a');
    expect((await read()).size).toBe(7);
  });

  test('no secure connection can be made', async () => {
    const other = await serve((_, response) => response.end('not encrypted'));
    const { read } = await file(other.url.replace('http:', 'https:'));
    expect((await read()).size).toBe(7);
  });

  test('the files after it wait for nothing', async () => {
    const { read, clock } = await file('http://127.0.0.1:9/a');
    await read();
    expect(clock.slept).not.toEqual([]);
    const before = clock.slept.length;
    await read();
    expect(clock.slept).toHaveLength(before);
  });
});

test('if both fail the error names both, and no signature', async () => {
  const { read, api } = await file('http://127.0.0.1:9/a?X-Amz-Signature=secret', 403);
  const failure = await failureOf(read());
  expect(failure).toMatchObject({ code: 'ECONNREFUSED' });
  expect(failure.detail).toMatch(/127\.0\.0\.1:9 refuses connections.*API's own address failed, too.*403/);
  expect(failure.detail).not.toContain('secret');
  expect(api.received).toHaveLength(1);
});

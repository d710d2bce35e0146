import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ViewerDocument } from '../../src/wire/generated.js';
import { Transfers } from '../../src/wire/transfer/transfer.js';
import { json } from './helpers/http-server.js';
import { connect, failureOf, fakeClock } from './helpers/wire.js';

const success = { data: { viewer: null } };
const WHOLE = { start: 0, end: null, limit: 1024, etag: null, signal: undefined, isApiAddress: false };

/** A port where a server may be, or not. */
async function port(): Promise<{ url: string; readonly asked: number; open(): Promise<void> }> {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    json(response, success);
  });
  const listen = (at: number): Promise<void> =>
    new Promise((resolve, reject) => server.once('error', reject).listen(at, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const number = (server.address() as AddressInfo).port;
  await close();
  ending.push(close);
  return {
    url: `http://127.0.0.1:${number}`,
    get asked() {
      return asked;
    },
    open: () => listen(number),
  };
}

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(ending.splice(0).map((end) => end()));
});

test('twenty calls at a dead server take hardly longer than one', async () => {
  const { url } = await port();
  const client = connect(url);
  const began = performance.now();
  for (let call = 0; call < 20; call++) {
    expect(await failureOf(client.run(ViewerDocument, {}))).toMatchObject({ code: 'ECONNREFUSED' });
  }
  expect(performance.now() - began).toBeLessThan(5000);
});

test('calls fail at once while it rests, one after another probes, and none retries by itself', async () => {
  const { url } = await port();
  const clock = fakeClock();
  const client = connect(url, { clock });
  await failureOf(client.run(ViewerDocument, {}));
  expect(clock.slept).toEqual([250, 500, 1000]);
  for (let call = 0; call < 3; call++) {
    await clock.sleep(1500, undefined);
    expect(await failureOf(client.run(ViewerDocument, {}))).toMatchObject({
      code: 'ECONNREFUSED',
      fault: 'down',
    });
  }
  expect(clock.slept).toEqual([250, 500, 1000, 1500, 1500, 1500]);
});

test('a server that comes back is used within a second, by all who call then', async () => {
  const server = await port();
  const clock = fakeClock();
  const client = connect(server.url, { clock });
  await failureOf(client.run(ViewerDocument, {}));
  await server.open();
  await failureOf(client.run(ViewerDocument, {}));
  expect(server.asked).toBe(0);
  await clock.sleep(1000, undefined);
  await Promise.all(Array.from({ length: 20 }, () => client.run(ViewerDocument, {})));
  expect(server.asked).toBe(20);
});

test('a server that was down for an hour is found within five seconds', async () => {
  const server = await port();
  const clock = fakeClock();
  const client = connect(server.url, { clock });
  for (let call = 0; call < 700; call++) {
    await failureOf(client.run(ViewerDocument, {}));
    await clock.sleep(5000, undefined);
  }
  await failureOf(client.run(ViewerDocument, {}));
  await server.open();
  await clock.sleep(5000, undefined);
  await client.run(ViewerDocument, {});
});

test('a server that was away for a moment costs nobody a failure', async () => {
  const server = await port();
  const client = connect(server.url);
  const calls = Array.from({ length: 10 }, () => client.run(ViewerDocument, {}));
  setTimeout(() => void server.open(), 100);
  expect(await Promise.all(calls)).toHaveLength(10);
});

test('the API and the storage are apart', async () => {
  const api = await port();
  const storage = await port();
  await storage.open();
  const clock = fakeClock();
  const client = connect(api.url, { clock });
  await failureOf(client.run(ViewerDocument, {}));
  expect(await failureOf(client.run(ViewerDocument, {}))).toMatchObject({ fault: 'down' });
  await new Transfers(client.api).download(`${storage.url}/a`, WHOLE);
  expect(storage.asked).toBe(1);
});

test('a large upload that finds the server keeps nobody waiting until it ends', async () => {
  const number = await port();
  const clock = fakeClock();
  const client = connect(number.url, { clock });
  const transfers = new Transfers(client.api);
  await failureOf(client.run(ViewerDocument, {}));
  await clock.sleep(1000, undefined);
  let finish = (): void => {};
  const server = createServer((request, response) => {
    if (request.method === 'PUT') {
      finish = () => response.end();
      request.resume();
    } else json(response, success);
  });
  await new Promise<void>((resolve) => server.listen(Number(new URL(number.url).port), '127.0.0.1', resolve));
  ending.push(() => new Promise((resolve) => void server.close(() => resolve())));
  const body = { kind: 'bytes', bytes: Buffer.alloc(500_000) } as const;
  const upload = transfers.upload(`${number.url}/a`, {}, body, { signal: undefined });
  await client.run(ViewerDocument, {});
  finish();
  await upload;
  await client.close();
});

describe('whoever swallows the errors', () => {
  const listen = (client: ReturnType<typeof connect>): string[] => {
    const heard: string[] = [];
    client.api.warnings.hear((message) => heard.push(message));
    return heard;
  };

  test('an unreachable server is told of once', async () => {
    const { url } = await port();
    const clock = fakeClock();
    const client = connect(url, { clock });
    const heard = listen(client);
    for (let call = 0; call < 5; call++) {
      await failureOf(client.run(ViewerDocument, {}));
      await clock.sleep(30_000, undefined);
    }
    expect(heard).toEqual([expect.stringContaining(`${url} refuses connections`)]);
  });

  test('a key that is refused, or not there, is told of once', async () => {
    const server = createServer((_, response) => json(response, { errors: [{ message: 'who?' }] }, 401));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ending.push(() => new Promise((resolve) => void server.close(() => resolve())));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const refused = connect(url);
    const keyless = connect(url, {}, {});
    const heard = listen(refused);
    const heardToo = listen(keyless);
    for (let call = 0; call < 3; call++) {
      for (const client of [refused, keyless]) await failureOf(client.run(ViewerDocument, {}));
    }
    expect(heard).toEqual([expect.stringContaining("doesn't accept the API key from options.apiKey")]);
    expect(heardToo).toEqual([expect.stringContaining('No API key')]);
    await Promise.all([refused.close(), keyless.close()]);
  });
});

import type { ServerResponse } from 'node:http';
import { Transfers } from '../../src/wire/transfer/transfer.js';
import { serve } from './helpers/http-server.js';
import { connect } from './helpers/wire.js';

const QUIET_MS = 30;

/**
 * Reads so many files of a storage that answers when nobody has asked for a moment, and then all.
 *
 * @param size of each, in bytes, as it is listed
 * @param statusOf what each wave is answered with. @default 200
 * @returns how many each wave found waiting
 */
async function waves(count: number, size: number, statusOf = (_wave: number) => 200): Promise<number[]> {
  const waiting: ServerResponse[] = [];
  const seen: number[] = [];
  const answer = (): void => {
    const status = statusOf(seen.push(waiting.length));
    for (const response of waiting.splice(0)) response.writeHead(status, { 'retry-after': '0' }).end('x');
  };
  let timer: NodeJS.Timeout | undefined;
  const server = await serve((_, response) => {
    waiting.push(response);
    clearTimeout(timer);
    timer = setTimeout(answer, QUIET_MS);
  });
  const transfers = new Transfers(connect(server.url).api);
  const options = { signal: undefined, isApiAddress: false, etag: null, start: 0, end: null, limit: size };
  await Promise.all(Array.from({ length: count }, () => transfers.download(`${server.url}/a`, options)));
  return seen;
}

test('of small files more than 64 are read at once where that brings more, and never more than 128', async () => {
  const most = Math.max(...(await waves(250, 1000)));
  expect(most).toBeGreaterThan(64);
  expect(most).toBeLessThanOrEqual(128);
});

test('as many of them as are wanted are read at once, and who waits for none is not measured', async () => {
  expect(Math.max(...(await waves(64, 1000)))).toBeLessThanOrEqual(64);
});

test('of larger ones 64 are read at once, whatever more would bring', async () => {
  expect(Math.max(...(await waves(150, 1024 * 1024)))).toBeLessThanOrEqual(64);
});

test('fewer are read at once where the storage says that it cannot keep up', async () => {
  const [first = 0, ...others] = await waves(160, 1000, (wave) => (wave === 1 ? 429 : 200));
  expect(first).toBeGreaterThan(32);
  // Those that had a turn keep it.
  expect(others.at(-1)).toBeLessThanOrEqual(32);
  expect(others.at(-2)).toBeLessThanOrEqual(32);
});

import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { WandbFs } from 'wandb-fs';
import { packageRoot, runWell } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { connect, makeRun, mount } from './helpers/mounts.js';
import { costOf, requestsOf } from './helpers/requests.js';
import { call, STYLES } from './helpers/styles.js';
import { eventually } from './helpers/waiting.js';

const MEBIBYTE = 1 << 20;

/** Bytes of which every range looks different. */
function pattern(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) bytes[at] = (at ^ (at >> 8) ^ (at >> 16)) * 31;
  return bytes;
}

const SIZE = 9 * MEBIBYTE + 12_345;
const content = pattern(SIZE);

const server = useServer(STANDARD);
let run: string;
beforeAll(async () => {
  run = await makeRun(server, { 'large.bin': content, 'small.txt': 'abcdefghij' });
});

describe('read streams', () => {
  let fs: WandbFs;
  beforeAll(() => {
    fs = connect(server, { cacheBytes: 4 * MEBIBYTE });
  });
  afterAll(() => fs.wandb.close());

  test.each([
    ['the first byte', 0, 0],
    ['a few bytes; `end` is included, as on a disk', 2, 5],
    ['across a boundary of blocks', MEBIBYTE - 3, MEBIBYTE + 3],
    ['the middle', 3 * MEBIBYTE + 7, 6 * MEBIBYTE + 11],
    ['the last byte', SIZE - 1, SIZE - 1],
    ['up to far behind the end', SIZE - 10, SIZE + MEBIBYTE],
    ['from behind the end', SIZE, SIZE + 10],
    ['all of it', 0, Infinity],
  ])('%s', async (_, start, end) => {
    const bytes = await buffer(fs.createReadStream(`${run}/large.bin`, { start, end }));
    expect(bytes.equals(content.subarray(start, end + 1))).toBe(true);
  });

  test('a range costs its bytes and not those of the file', async () => {
    const fs = mount(server);
    await fs.promises.readdir(run);
    const requests = await requestsOf(server, async () => {
      await buffer(
        fs.createReadStream(`${run}/large.bin`, { start: 5 * MEBIBYTE + 1, end: 5 * MEBIBYTE + 1000 }),
      );
    });
    expect(costOf(requests)).toMatchObject({ graphql: 1, gets: 1 });
    const sent = requests
      .filter(({ side }) => side === 'storage')
      .reduce((sum, { bytesOut }) => sum + bytesOut, 0);
    expect(sent).toBeLessThanOrEqual(2 * MEBIBYTE);
  });

  test('a stream that is destroyed early stops asking', async () => {
    const fs = mount(server, { cacheBytes: 2 * MEBIBYTE });
    const requests = await requestsOf(server, async () => {
      for await (const chunk of fs.createReadStream(`${run}/large.bin`)) {
        expect(content.subarray(0, chunk.length).equals(chunk)).toBe(true);
        break;
      }
    });
    const sent = requests.reduce((sum, { side, bytesOut }) => sum + (side === 'storage' ? bytesOut : 0), 0);
    expect(sent).toBeLessThan(SIZE / 2);
  });
});

describe('a file larger than the cache', () => {
  const cacheBytes = 2 * MEBIBYTE;

  test.each(STYLES)('is read whole, %s, and the cache keeps its bound', async (style) => {
    const fs = mount(server, { cacheBytes });
    const bytes = (await call(fs, style, 'readFile', `${run}/large.bin`)) as Buffer;
    expect(bytes.equals(content)).toBe(true);
    expect(fs.wandb.counters().pageBytes).toBeLessThanOrEqual(cacheBytes);
  });

  test('is read here and there', async () => {
    const fs = mount(server, { cacheBytes });
    const fd = fs.openSync(`${run}/large.bin`, 'r');
    const handle = await fs.promises.open(`${run}/large.bin`);
    let position = 12_345;
    for (let round = 0; round < 12; round++) {
      position = (position * 7919 + 104_729) % SIZE;
      const length = 1 + ((position * 31) % 70_000);
      const expected = content.subarray(position, position + length);
      const sync = Buffer.alloc(length);
      expect(fs.readSync(fd, sync, 0, length, position)).toBe(expected.length);
      expect(sync.subarray(0, expected.length).equals(expected)).toBe(true);
      const { bytesRead, buffer: filled } = await handle.read(Buffer.alloc(length), 0, length, position);
      expect(filled.subarray(0, bytesRead).equals(expected)).toBe(true);
    }
    fs.closeSync(fd);
    await handle.close();
  });

  test('is streamed by several readers at once', async () => {
    const fs = mount(server, { cacheBytes });
    const streams = [0, MEBIBYTE, 4 * MEBIBYTE].map((start) =>
      buffer(fs.createReadStream(`${run}/large.bin`, { start })),
    );
    const read = await Promise.all(streams);
    expect(read.map((bytes) => bytes.length)).toEqual([SIZE, SIZE - MEBIBYTE, SIZE - 4 * MEBIBYTE]);
    for (const bytes of read) expect(bytes.equals(content.subarray(SIZE - bytes.length))).toBe(true);
  });

  test('is changed in the middle and at the end', async () => {
    const run = await makeRun(server, { 'changed.bin': content });
    const fs = mount(server, { cacheBytes });
    const handle = await fs.promises.open(`${run}/changed.bin`, 'r+');
    await handle.write('in the middle', 5 * MEBIBYTE);
    await handle.write('at the end', SIZE);
    await handle.close();
    await fs.wandb.flush();
    const expected = Buffer.concat([content, Buffer.from('at the end')]);
    expected.write('in the middle', 5 * MEBIBYTE);
    expect((await fs.promises.readFile(`${run}/changed.bin`)).equals(expected)).toBe(true);
    const uploaded = await eventually(
      async () => (await server.files(run))['changed.bin'],
      (bytes) => bytes !== undefined,
    );
    expect(uploaded && expected.equals(uploaded)).toBe(true);
  });
});

describe('write streams', () => {
  test('one PUT of known length when the stream ends', async () => {
    const run = await makeRun(server);
    const fs = mount(server, { cacheBytes: 4 * MEBIBYTE });
    const chunks = Array.from({ length: 20 }, (_, index) => pattern(MEBIBYTE + index));
    const whole = Buffer.concat(chunks);
    const requests = await requestsOf(server, async () => {
      await pipeline(chunks, fs.createWriteStream(`${run}/streamed.bin`));
      expect(fs.statSync(`${run}/streamed.bin`).size).toBe(whole.length);
      await fs.wandb.flush();
    });
    expect(costOf(requests).puts).toBe(1);
    const uploaded = await eventually(
      async () => (await server.files(run))['streamed.bin'],
      (bytes) => bytes !== undefined,
    );
    expect(uploaded && whole.equals(uploaded)).toBe(true);
    expect((await fs.promises.readFile(`${run}/streamed.bin`)).equals(whole)).toBe(true);
  });

  test('streams from one run file to another', async () => {
    const fs = mount(server, { cacheBytes: 2 * MEBIBYTE });
    const target = await makeRun(server);
    await pipeline(fs.createReadStream(`${run}/large.bin`), fs.createWriteStream(`${target}/copy.bin`));
    await fs.wandb.flush();
    const uploaded = await eventually(
      async () => (await server.files(target))['copy.bin'],
      (bytes) => bytes !== undefined,
    );
    expect(uploaded && content.equals(uploaded)).toBe(true);
  });

  test('128 MiB go through a process that never holds them', async () => {
    const run = await makeRun(server);
    const script = join(packageRoot, '__tests__/semantics/helpers/stream-upload.mjs');
    const report = await runWell(process.execPath, [script, `${run}/huge.bin`, '128'], {
      cwd: packageRoot,
      env: { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey },
    });
    const uploaded = await eventually(
      async () => (await server.files(run))['huge.bin'],
      (bytes) => bytes !== undefined,
    );
    expect(uploaded?.length).toBe(128 * MEBIBYTE);
    const chunks = Array.from({ length: 7 }, (_, index) => Buffer.alloc(1 << 16, index));
    const expected = Buffer.alloc(128 * MEBIBYTE, Buffer.concat(chunks));
    expect(uploaded && expected.equals(uploaded)).toBe(true);
    expect(Number(report)).toBeLessThan(96 * MEBIBYTE);
  });
});

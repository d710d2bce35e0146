import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createWandbArtifactFs, type WandbFs } from 'wandb-fs';
import { makeDirectory } from '../helpers/directories.js';
import { at, startRewritingProxy } from '../helpers/rewriting-proxy.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { call, errorOf, STYLES } from './helpers/styles.js';

const MEBIBYTE = 1 << 20;
const content = Buffer.alloc(3 * MEBIBYTE + 77, 'a file that comes by several ranges;');
const GET = { side: 'storage', method: 'GET' } as const;
/** All ranges but the first. */
const always = { match: GET, isCorrupted: true, skip: 1, times: Infinity } as const;
const once = { ...always, times: 1 } as const;

/** A cache that takes a file by ranges of one MiB; with the default one it is a file of more than 8 MiB. */
const mountSmall = (): WandbFs => mount(server, { cacheBytes: 4 * MEBIBYTE });

const server = useServer(STANDARD);
let run: string;
beforeAll(async () => {
  run = await makeRun(server, { 'large.bin': content });
});
afterEach(() => server.faults([]));

describe.each(STYLES)('a file that comes by several ranges, %s', (style) => {
  test('of which one has a wrong byte is read again without a word', async () => {
    const fs = mountSmall();
    await server.faults([once]);
    const bytes = (await call(fs, style, 'readFile', `${run}/large.bin`)) as Buffer;
    expect(bytes.equals(content)).toBe(true);
    expect(await server.faults()).toEqual([]);
  });

  test('that stays wrong is EIO, and nothing of it is kept', async () => {
    const fs = mountSmall();
    await server.faults([always]);
    const error = await errorOf(() => call(fs, style, 'readFile', `${run}/large.bin`));
    expect(error).toMatchObject({ code: 'EIO', syscall: 'read' });
    await server.faults([]);
    const bytes = (await call(fs, style, 'readFile', `${run}/large.bin`)) as Buffer;
    expect(bytes.equals(content)).toBe(true);
  });
});

test('a stream fails with EIO before its end, and the next one reads what is right', async () => {
  const fs = mountSmall();
  await server.faults([{ ...always, times: 1 }]);
  let ended = false;
  const sink = new Writable({
    write: (_chunk, _encoding, done) => done(),
    final(done) {
      ended = true;
      done();
    },
  });
  const error = await errorOf(() => pipeline(fs.createReadStream(`${run}/large.bin`), sink));
  expect(error).toMatchObject({ code: 'EIO', syscall: 'read' });
  expect(ended).toBe(false);
  expect((await buffer(fs.createReadStream(`${run}/large.bin`))).equals(content)).toBe(true);
});

test('reads of one fd in order are verified, with or without positions', async () => {
  for (const isPositioned of [false, true]) {
    const fs = mountSmall();
    await server.faults([once]);
    const fd = fs.openSync(`${run}/large.bin`, 'r');
    const chunk = Buffer.alloc(MEBIBYTE);
    const positions = isPositioned ? [0, 1, 2, 3].map((at) => at * MEBIBYTE) : [null, null, null, null];
    const readAll = (): void => positions.forEach((at) => void fs.readSync(fd, chunk, 0, chunk.length, at));
    expect(await errorOf(readAll)).toMatchObject({ code: 'EIO' });
    fs.closeSync(fd);
  }
});

test('a copy of a file that has a wrong byte is not made', async () => {
  const fs = mountSmall();
  await server.faults([once]);
  expect(await errorOf(() => fs.promises.copyFile(`${run}/large.bin`, `${run}/copy.bin`))).toMatchObject({
    code: 'EIO',
  });
  expect(await fs.promises.readdir(run)).toEqual(['large.bin']);
});

test('what is changed in place is the listed content: a wrong byte is not uploaded as the file', async () => {
  const place = await makeRun(server, { 'large.bin': content });
  const fs = mountSmall();
  await server.faults([once]);
  const file = await fs.promises.open(`${place}/large.bin`, 'r+');
  await file.write('X', 0);
  await file.close();
  await fs.wandb.flush();
  const changed = await mountSmall().promises.readFile(`${place}/large.bin`);
  expect(changed.subarray(0, 2).toString()).toBe('X ');
  expect(changed.subarray(2).equals(content.subarray(2))).toBe(true);
});

test('nor where the size of the file is learned by reading it', async () => {
  const place = await makeRun(server, { 'large.bin': content });
  const proxy = await startRewritingProxy(server, (answer) => {
    for (const rows of ['asked', 'listing', 'files'])
      for (const { node } of (at(answer, `data.project.run.${rows}.edges`) ?? []) as { node: object }[])
        Object.assign(node, { sizeBytes: null });
  });
  const fs = mount(proxy, { sync: 'off', cacheBytes: 4 * MEBIBYTE });
  await server.faults([once]);
  await fs.promises.appendFile(`${place}/large.bin`, 'end');
  await fs.wandb.flush();
  const changed = Buffer.from((await server.files(place))['large.bin'] ?? []);
  expect(changed.equals(Buffer.concat([content, Buffer.from('end')]))).toBe(true);
});

test('ranges are not verified: only what is listed for all of a file is known', async () => {
  const fs = mountSmall();
  await server.faults([{ ...always, skip: 0 }]);
  const start = 2 * MEBIBYTE;
  const part = await buffer(fs.createReadStream(`${run}/large.bin`, { start, end: start + 9 }));
  expect(part).toHaveLength(10);
});

test.each(['MANIFEST_MD5', 'MANIFEST_XXH128'] as const)(
  'files of artifacts are verified, too: %s',
  async (digestAlgorithm) => {
    const collection = `team/project/dataset/${digestAlgorithm}`;
    await server.seedArtifacts({
      [collection]: { versions: [{ files: { 'large.bin': content }, digestAlgorithm }] },
    });
    const { url, apiKey } = server;
    const fs = createWandbArtifactFs({ baseUrl: url, apiKey, cacheBytes: 4 * MEBIBYTE });
    await server.faults([once]);
    const name = `/${collection}/v0/large.bin`;
    expect(await errorOf(() => buffer(fs.createReadStream(name)))).toMatchObject({ code: 'EIO' });
    expect((await buffer(fs.createReadStream(name))).equals(content)).toBe(true);
    await server.faults([{ ...always, skip: 0 }]);
    fs.wandb.refresh(name);
    expect((await fs.promises.readFile(name)).equals(content)).toBe(true);
    await fs.wandb.close();
    const other = createWandbArtifactFs({ baseUrl: url, apiKey, cacheBytes: 4 * MEBIBYTE });
    await server.faults([{ ...always, skip: 2 }]);
    for (const read of [() => other.promises.readFile(name), () => other.readFileSync(name)])
      expect(await errorOf(read)).toMatchObject({ code: 'EIO', syscall: 'read' });
    await server.faults([]);
    expect(other.readFileSync(name).equals(content)).toBe(true);
    await other.wandb.close();
    // The first thing that is done in a tree, in the thread of one that was closed.
    const getting = createWandbArtifactFs({ baseUrl: url, apiKey, cacheBytes: 4 * MEBIBYTE });
    await server.faults([once]);
    const local = join(await makeDirectory(), 'large.bin');
    await expect(getting.wandb.get(name, local)).rejects.toMatchObject({ code: 'EIO', path: name });
    expect(existsSync(local)).toBe(false);
    await getting.wandb.close();
  },
);

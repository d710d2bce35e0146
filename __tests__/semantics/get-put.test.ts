import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TransferProgress } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';

const MIB = 1024 * 1024;
const BIG = Buffer.alloc(10 * MIB + 7, 'abcdefghijk');

const server = useServer(STANDARD);
let directory: string;
let run: string;

beforeAll(async () => {
  run = await makeRun(server, { 'big.bin': BIG, 'dir/small.txt': 'small' });
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wandb-fs-get-put-'));
});
afterEach(async () => {
  await server.faults([]);
  rmSync(directory, { recursive: true });
});

describe('get', () => {
  test('copies a file to the disk, and tells how far it is', async () => {
    const { wandb } = mount(server);
    const local = join(directory, 'big.bin');
    writeFileSync(local, 'what was there before');
    const told: TransferProgress[] = [];
    await wandb.get(`${run}/big.bin`, pathToFileURL(local), {
      onProgress: (progress) => told.push(progress),
    });
    expect(readFileSync(local).equals(BIG)).toBe(true);
    expect(readdirSync(directory)).toEqual(['big.bin']);
    expect(told.at(-1)).toEqual({ bytes: BIG.length, size: BIG.length });
    expect(told.length).toBeGreaterThan(5);
    expect(wandb.counters()).toMatchObject({ downloadedBytes: BIG.length });
  });

  test('of an empty file tells that it is through', async () => {
    const { promises, wandb } = mount(server);
    await promises.writeFile(`${run}/empty`, '');
    await wandb.flush();
    const told: TransferProgress[] = [];
    await wandb.get(`${run}/empty`, join(directory, 'empty'), { onProgress: (at) => told.push(at) });
    expect(told).toEqual([{ bytes: 0, size: 0 }]);
    await promises.unlink(`${run}/empty`);
  });

  test('of other content than W&B tells of is EIO, and leaves what was there', async () => {
    const { wandb } = mount(server);
    const local = join(directory, 'big.bin');
    writeFileSync(local, 'what was there before');
    await server.faults([{ match: { side: 'storage', method: 'GET' }, isCorrupted: true, times: 1000 }]);
    await expect(wandb.get(`${run}/big.bin`, local)).rejects.toMatchObject({
      code: 'EIO',
      path: `${run}/big.bin`,
    });
    expect(readFileSync(local, 'utf8')).toBe('what was there before');
    expect(readdirSync(directory)).toEqual(['big.bin']);
  });

  test('ends at once when its signal aborts, and leaves nothing', async () => {
    const { wandb } = mount(server);
    await server.faults([{ match: { side: 'storage' }, bytesPerSecond: 1000, times: 1000 }]);
    const controller = new AbortController();
    const local = join(directory, 'big.bin');
    const getting = wandb.get(`${run}/big.bin`, local, { signal: controller.signal });
    const ending = expect(getting).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
    setTimeout(() => controller.abort(), 100);
    await ending;
    expect(readdirSync(directory)).toEqual([]);
  });

  test.each([
    ['a file that is not there', 'nothing', 'ENOENT'],
    ['a directory', 'dir', 'EISDIR'],
  ])('of %s says so', async (_what, name, code) => {
    const { wandb } = mount(server);
    await expect(wandb.get(`${run}/${name}`, join(directory, 'x'))).rejects.toMatchObject({
      code,
      path: `${run}/${name}`,
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  test('replaces no device, socket or pipe', async () => {
    const { wandb } = mount(server);
    const local = join(directory, 'socket');
    const listening = createServer().listen(local);
    await once(listening, 'listening');
    for (const name of ['dir/small.txt', 'big.bin']) {
      await expect(wandb.get(`${run}/${name}`, local, { resume: true })).rejects.toMatchObject({
        ...{ code: 'EINVAL', path: local, message: expect.stringContaining('and stays') },
      });
    }
    expect(readdirSync(directory)).toEqual(['socket']);
    listening.close();
  });

  test('refuses options that are none', async () => {
    const { wandb } = mount(server);
    const local = join(directory, 'x');
    for (const options of [7, { onProgress: 1 }, { signal: 1 }] as object[]) {
      await expect(wandb.get(`${run}/big.bin`, local, options)).rejects.toMatchObject({
        code: 'ERR_INVALID_ARG_TYPE',
      });
    }
  });
});

describe('put', () => {
  test('copies a file from the disk, and resolves when W&B has it', async () => {
    const { wandb } = mount(server, { writebackDelay: 60_000 });
    const local = join(directory, 'big.bin');
    writeFileSync(local, BIG);
    const told: TransferProgress[] = [];
    await wandb.put(local, `${run}/put.bin`, { onProgress: (progress) => told.push(progress) });
    expect(Buffer.from((await server.files(run))['put.bin'] ?? []).equals(BIG)).toBe(true);
    expect(told.at(-1)).toEqual({ bytes: BIG.length, size: BIG.length });
    expect((await mount(server).promises.readdir(run)).toSorted()).toEqual(['big.bin', 'dir', 'put.bin']);
  });

  test('to a path outside the mount is ENOENT', async () => {
    const { wandb } = mount(server, { mountPoint: '/wandb' });
    const local = join(directory, 'file.txt');
    writeFileSync(local, 'content');
    const error: unknown = await wandb.put(local, '/elsewhere/file.txt').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code: 'ENOENT', syscall: 'open', path: '/elsewhere/file.txt' });
  });

  test('that fails on the way changes nothing, here or there', async () => {
    const { promises, wandb } = mount(server, { writeback: 'through' });
    mkdirSync(join(directory, 'sub'));
    await expect(wandb.put(join(directory, 'sub'), `${run}/dir/small.txt`)).rejects.toMatchObject({
      code: 'EISDIR',
    });
    await expect(wandb.put(join(directory, 'no'), `${run}/dir/small.txt`)).rejects.toMatchObject({
      code: 'ENOENT',
    });
    await wandb.flush();
    expect(await promises.readFile(`${run}/dir/small.txt`, 'utf8')).toBe('small');
    expect(await promises.readdir(`${run}/dir`)).toEqual(['small.txt']);
    expect(Object.keys(await server.files(run))).not.toContainEqual(expect.stringContaining('.tmp'));
  });

  test('leaves when its signal aborts; what was read by then is sent', async () => {
    const { wandb } = mount(server);
    const local = join(directory, 'late.bin');
    writeFileSync(local, 'late');
    await expect(wandb.put(local, `${run}/late.bin`, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(Object.keys(await server.files(run))).not.toContain('late.bin');
    await server.faults([{ match: { side: 'storage', method: 'PUT' }, delayAnswerMs: 500 }]);
    const controller = new AbortController();
    const putting = wandb.put(local, `${run}/late.bin`, { signal: controller.signal });
    const ending = expect(putting).rejects.toMatchObject({ name: 'AbortError' });
    await once(wandb.uploads, 'progress');
    controller.abort();
    await ending;
    await wandb.flush();
    expect(Object.keys(await server.files(run))).toContain('late.bin');
  });
});

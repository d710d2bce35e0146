import nodeFs from 'node:fs';
import { join } from 'node:path';
import type { WandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { requestsOf } from '../semantics/helpers/requests.js';
import { call, errorOf, STYLES } from '../semantics/helpers/styles.js';
import { makeTwins } from './helpers/twins.js';

const FILES = {
  'a.txt': 'a',
  'b.txt': 'b',
  'dir/c.txt': 'abcdefg',
  'dir/large.bin': Buffer.alloc(3 << 20, 7),
};

const server = useServer(STANDARD);
let directory: string;
let fs: WandbFs;
let mountCold: () => WandbFs;
beforeEach(async () => {
  const twins = await makeTwins(server, FILES);
  directory = twins.mountPoint;
  mountCold = () => twins.mountCold();
  fs = mountCold();
});

/** What a FileHandle reads of a file whose first three bytes were read. */
async function readRest(path: string): Promise<Buffer> {
  const handle = await fs.promises.open(path);
  try {
    await handle.read(Buffer.alloc(3), 0, 3, null);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

const at = (name: string): string => join(directory, name);

describe('what tools take for granted of an fs', () => {
  test.each(STYLES)('a Buffer that was read owns all of its memory, cold and warm (%s)', async (style) => {
    for (const name of ['a.txt', 'a.txt', 'dir/large.bin', 'dir/large.bin']) {
      const content = (await call(fs, style, 'readFile', at(name))) as Buffer;
      expect(Buffer.isBuffer(content)).toBe(true);
      expect([content.byteOffset, content.buffer.byteLength]).toEqual([0, content.length]);
    }
  });

  test.each(STYLES)('so does one with the rest of a file that was read before (%s)', async (style) => {
    const fd = fs.openSync(at('dir/c.txt'), 'r');
    fs.readSync(fd, Buffer.alloc(3), 0, 3, null);
    const rest =
      style === 'promise'
        ? await readRest(at('dir/c.txt'))
        : ((await call(fs, style, 'readFile', fd)) as Buffer);
    expect([String(rest), rest.byteOffset, rest.buffer.byteLength]).toEqual(['defg', 0, 4]);
    fs.closeSync(fd);
  });

  test.each(STYLES)('who changes a Buffer that was read changes nothing else (%s)', async (style) => {
    const first = (await call(fs, style, 'readFile', at('a.txt'))) as Buffer;
    first.fill(0);
    expect(String(await call(fs, style, 'readFile', at('a.txt')))).toBe('a');
  });

  test.each(STYLES)('errors are new ones, and take other members (%s)', async (style) => {
    const fail = () => errorOf(() => call(fs, style, 'readFile', at('missing')));
    const [first, second] = [await fail(), await fail()];
    expect(first).not.toBe(second);
    for (const error of [first, second]) {
      expect(error).toMatchObject({ code: 'ENOENT', errno: -2, syscall: 'open', path: at('missing') });
      expect(Object.keys(error).sort()).toEqual(['code', 'errno', 'path', 'syscall']);
      Object.assign(error, { prev: first, path: '/elsewhere' });
      expect(Reflect.get(error, 'path')).toBe('/elsewhere');
    }
  });

  test('every file and directory has an inode of its own on one device, in numbers and in BigInts', async () => {
    const paths = ['', ...(await fs.promises.readdir(directory, { recursive: true }))].map(at);
    const all = paths.map((path) => fs.statSync(path));
    expect(new Set(all.map(({ ino }) => ino)).size).toBe(paths.length);
    expect(new Set(all.map(({ dev }) => dev)).size).toBe(1);
    expect(all.every(({ ino }) => Number.isSafeInteger(ino) && ino > 0)).toBe(true);
    const big = await Promise.all(paths.map((path) => fs.promises.lstat(path, { bigint: true })));
    expect(big.map(({ ino }) => Number(ino))).toEqual(all.map(({ ino }) => ino));
  });

  test('two mounts are two devices, so that a file of one is never taken for one of the other', () => {
    expect(mountCold().statSync(at('a.txt')).dev).not.toBe(fs.statSync(at('a.txt')).dev);
  });

  test('members can be copied, taken off and replaced, on the object and on its promises', async () => {
    const { readFile, stat } = fs.promises;
    const { readFileSync } = { ...nodeFs, ...fs };
    expect(await readFile(at('a.txt'), 'utf8')).toBe('a');
    expect((await stat(at('b.txt'))).size).toBe(1);
    expect(readFileSync(at('dir/c.txt'), 'utf8')).toBe('abcdefg');
    fs.readFileSync = (() => 'replaced') as unknown as typeof fs.readFileSync;
    fs.promises.readFile = (async () => 'replaced') as unknown as typeof readFile;
    expect([fs.readFileSync(at('a.txt')), await fs.promises.readFile(at('a.txt'))]).toEqual([
      'replaced',
      'replaced',
    ]);
    Object.defineProperty(fs, Symbol.for('a tool'), { value: 1 });
    expect(Reflect.get(fs, Symbol.for('a tool'))).toBe(1);
  });

  test('a call without arguments is refused by a rejection, and asks the server for nothing', async () => {
    const probe = fs.promises.readFile as unknown as () => Promise<unknown>;
    const requests = await requestsOf(server, async () => {
      const refused = probe();
      expect(refused.then).toBeInstanceOf(Function);
      expect(await errorOf(() => refused)).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    });
    expect(requests).toEqual([]);
  });

  test('a file is no directory, and a directory no file, by the codes that tools look for', async () => {
    const codeOf = async (work: () => unknown): Promise<unknown> => (await errorOf(work)).code;
    expect(await codeOf(() => fs.promises.stat(at('a.txt/package.json')))).toBe('ENOTDIR');
    expect(await codeOf(() => fs.promises.readFile(at('dir')))).toBe('EISDIR');
    expect(await codeOf(() => fs.promises.readlink(at('a.txt')))).toBe('EINVAL');
    expect(await codeOf(() => fs.promises.readlink(at('missing')))).toBe('ENOENT');
    expect(await codeOf(() => fs.promises.readdir(at('a.txt')))).toBe('ENOTDIR');
  });
});

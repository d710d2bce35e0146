import nodeFs from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { mountAll, type WandbFs } from 'wandb-fs';
import { makeDirectory } from '../helpers/directories.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { errorOf, errorsOf } from './helpers/styles.js';

const server = useServer(STANDARD);
let fs: WandbFs;
let run: string;
beforeEach(async () => {
  run = await makeRun(server, { 'f.txt': 'f' });
  fs = mount(server);
});

const bytes = (name: string, ...rest: number[]) =>
  Buffer.concat([Buffer.from(`/${run}/${name}`), Buffer.from(rest)]);

const KINDS: readonly [string, () => string | Buffer][] = [
  ['half a character in text', () => `/${run}/a\ud800b`],
  ['the other half', () => `/${run}/\udc00`],
  ['bytes that are no UTF-8', () => bytes('a', 0xff)],
  ['an overlong form', () => bytes('a', 0xc0, 0xaf)],
  ['half a character in bytes', () => bytes('a', 0xed, 0xa0, 0x80)],
  ['a character that is cut', () => bytes('a', 0xc3)],
];

test.each(KINDS)('%s in a path is EILSEQ at the call, in every function and style', async (_, path) => {
  await server.requests({ clear: true });
  for (const [name, ...args] of [
    ['writeFile', path(), 'x'],
    ['appendFile', path(), 'x'],
    ['readFile', path()],
    ['open', path(), 'w'],
    ['stat', path()],
    ['lstat', path()],
    ['access', path()],
    ['mkdir', path()],
    ['readdir', path()],
    ['opendir', path()],
    ['unlink', path()],
    ['rmdir', path()],
    ['truncate', path()],
    ['utimes', path(), 0, 0],
    ['mkdtemp', path()],
    ['realpath', path()],
  ] as const) {
    for (const error of await errorsOf(fs, name, ...args)) {
      expect([name, error.code, error.errno]).toEqual([name, 'EILSEQ', -constants.errno.EILSEQ]);
      expect(error.message).toContain('Names are UTF-8');
    }
  }
  expect(await server.requests()).toEqual([]);
});

test.each(KINDS)('%s in the second path is EILSEQ, too, and nothing has happened', async (_, path) => {
  for (const name of ['rename', 'copyFile', 'cp']) {
    for (const { code } of await errorsOf(fs, name, `/${run}/f.txt`, path()))
      expect([name, code]).toEqual([name, 'EILSEQ']);
  }
  expect(fs.readdirSync(`/${run}`)).toEqual(['f.txt']);
});

test('two paths of bytes are two files, and UTF-8 in bytes is what it is in text', () => {
  fs.writeFileSync(bytes('ü€😀'), 'x');
  expect(fs.readFileSync(`/${run}/ü€😀`, 'utf8')).toBe('x');
  fs.writeFileSync(`/${run}/a\ufffd`, 'a replacement character is a character');
  expect(fs.readdirSync(`/${run}`)).toEqual(['a\ufffd', 'f.txt', 'ü€😀']);
});

test('over a disk such paths are the tree’s to refuse below it, and the disk’s elsewhere', async () => {
  const directory = await makeDirectory();
  const both = mountAll({ [join(directory, 'wandb')]: fs }, nodeFs);
  const below = Buffer.concat([Buffer.from(join(directory, `wandb/${run}/a`)), Buffer.from([0xff])]);
  expect(await errorOf(() => both.writeFileSync(below, 'x'))).toMatchObject({ code: 'EILSEQ' });
  const beside = Buffer.concat([Buffer.from(join(directory, 'a')), Buffer.from([0xff])]);
  both.writeFileSync(beside, 'on the disk');
  expect(nodeFs.readFileSync(beside, 'utf8')).toBe('on the disk');
  const names = both.readdirSync(directory, 'buffer');
  expect(names.map((name) => name.toString('latin1')).sort()).toEqual(['a\u00ff', 'wandb']);
});

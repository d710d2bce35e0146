import nodeFs from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Union } from 'unionfs';
import type { WandbFs } from 'wandb-fs';
import { makeDirectory } from '../helpers/directories.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun, mount } from '../semantics/helpers/mounts.js';
import { costOf, requestsOf } from '../semantics/helpers/requests.js';
import { errorOf, STYLES, type Style } from '../semantics/helpers/styles.js';
import { layOut, makeVersionTwins, rebased, textsOn } from './helpers/twins.js';

type NodeFs = typeof nodeFs;

/** The layer that is used last is asked first. Its own type knows callbacks and promises less well than Node's. */
const unionOf = (...layers: readonly NodeFs[]): NodeFs => {
  const union = new Union();
  for (const layer of layers) union.use(layer);
  return union as unknown as NodeFs;
};

const listIn: Readonly<Record<Style, (fs: NodeFs, path: string) => Promise<readonly string[]>>> = {
  sync: async (fs, path) => fs.readdirSync(path),
  promise: (fs, path) => fs.promises.readdir(path),
  callback: (fs, path) =>
    new Promise((resolve, reject) => {
      fs.readdir(path, (error, names) => (error ? reject(error) : resolve(names)));
    }),
};

const IN_RUN = {
  'config.yaml': 'lr: 0.1\n',
  'media/1.txt': 'one',
  'both/run.txt': 'r',
  'both.txt': 'of W&B',
};
const ON_DISK = { 'src/train.py': 'train()\n', 'both/disk.txt': 'd', 'both.txt': 'of the disk' };

const server = useServer(STANDARD);
let run: string;
let directory: string;
let wandb: WandbFs;
let at: (name: string) => string;
beforeAll(async () => {
  await server.seed({ 'lab/project/first': {} });
});
beforeEach(async () => {
  run = await makeRun(server, IN_RUN);
  directory = await makeDirectory();
  layOut(directory, ON_DISK);
  at = (name) => join(directory, name);
  wandb = mount(server, { mountPoint: directory, root: run, writebackDelay: 60_000 });
});

describe.each([
  ['a run over the disk', () => unionOf(nodeFs, wandb), 'of W&B', 'ENOENT'],
  ['the disk over a run', () => unionOf(wandb, nodeFs), 'of the disk', 'no names'],
])('%s', (_, makeUnion, winner, ofEmpty) => {
  let union: NodeFs;
  beforeEach(() => {
    union = makeUnion();
  });

  test('streams come from the layer on top that has the file; unionfs passes no options to either', async () => {
    expect(await text(union.createReadStream(at('both.txt')))).toBe(winner);
    expect(await text(union.createReadStream(at('media/1.txt'), { start: 1, end: 1 }))).toBe('one');
    expect(await text(union.createReadStream(at('src/train.py'), { start: 1, end: 1 }))).toBe('train()\n');
    expect(await text(wandb.createReadStream(at('media/1.txt'), { start: 1, end: 1 }))).toBe('n');
    expect(() => union.createReadStream(at('missing'))).toThrow('does not exists');
  });

  test('a write stream goes to the layer that has the file, or else its directory', async () => {
    await pipeline(['one more'], union.createWriteStream(at('media/1.txt')));
    await pipeline(['test()\n'], union.createWriteStream(at('src/test.py')));
    await wandb.wandb.flush();
    expect(await textsOn(server, run)).toEqual({ ...IN_RUN, 'media/1.txt': 'one more' });
    expect(nodeFs.readdirSync(at('src'))).toEqual(['test.py', 'train.py']);
  });

  test.each(STYLES)('readdir merges both layers, each name once (%s)', async (style) => {
    expect(await listIn[style](union, directory)).toEqual([
      'both',
      'both.txt',
      'config.yaml',
      'media',
      'src',
    ]);
    expect(await listIn[style](union, at('both'))).toEqual(['disk.txt', 'run.txt']);
    expect(await listIn[style](union, at('media'))).toEqual(['1.txt']);
    expect(await listIn[style](union, at('src'))).toEqual(['train.py']);
    expect(await errorOf(() => listIn[style](union, at('missing')))).toMatchObject({ code: 'ENOENT' });
  });

  test('the entries of a merged readdir tell their types and their directory, whichever layer they are from', () => {
    const entries = union.readdirSync(directory, { withFileTypes: true });
    expect(entries.map((entry) => [entry.name, entry.isDirectory(), entry.parentPath])).toEqual([
      ['both', true, directory],
      ['both.txt', false, directory],
      ['config.yaml', false, directory],
      ['media', true, directory],
      ['src', true, directory],
    ]);
  });

  test('an empty directory of the run lists as empty; by the promise on top unionfs takes the failure of the layer below for its answer', async () => {
    wandb.mkdirSync(at('empty'));
    expect(await listIn.sync(union, at('empty'))).toEqual([]);
    expect(await listIn.callback(union, at('empty'))).toEqual([]);
    const promised: unknown = await listIn.promise(union, at('empty')).then(
      (names) => (names.length === 0 ? 'no names' : names),
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(promised).toBe(ofEmpty);
    nodeFs.mkdirSync(at('empty'));
    for (const style of STYLES) expect(await listIn[style](union, at('empty'))).toEqual([]);
  });

  test('an error tells of the layer that was asked last, and carries that of the other', async () => {
    for (const fail of [
      () => union.readFileSync(at('missing')),
      () => union.promises.readFile(at('missing')),
      () => new Promise((_, reject) => union.readFile(at('missing'), (error) => reject(error))),
    ]) {
      const error = await errorOf(fail);
      expect(error).toMatchObject({ code: 'ENOENT', errno: -2, syscall: 'open', path: at('missing') });
      expect(Reflect.get(error, 'prev')).toMatchObject({ code: 'ENOENT', path: at('missing') });
      expect(Reflect.get(error, 'prev')).not.toBe(error);
    }
  });

  test('descriptors of both layers are used side by side', () => {
    const [remote, local] = [union.openSync(at('media/1.txt'), 'r'), union.openSync(at('src/train.py'), 'r')];
    const read = (fd: number): string => {
      const buffer = Buffer.alloc(5);
      return buffer.toString('utf8', 0, union.readSync(fd, buffer, 0, 5, 0));
    };
    expect([read(remote), read(local)]).toEqual(['one', 'train']);
    expect([union.fstatSync(remote).size, union.fstatSync(local).size]).toEqual([3, 8]);
    union.closeSync(remote);
    union.closeSync(local);
    expect(() => union.closeSync(remote)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  test('what is asked for outside the mount costs no request, whichever layer is on top', async () => {
    const outside = await makeDirectory();
    layOut(outside, ON_DISK);
    const beside = (name: string): string => join(outside, name);
    const requests = await requestsOf(server, async () => {
      expect(union.readFileSync(beside('both.txt'), 'utf8')).toBe('of the disk');
      expect(await text(union.createReadStream(beside('src/train.py')))).toBe('train()\n');
      for (const style of STYLES) expect(await listIn[style](union, beside('src'))).toEqual(['train.py']);
      for (const path of ['/package.json', '/node_modules', join(directory, '../package.json'), beside('x')])
        expect(union.existsSync(path)).toBe(false);
      await union.promises.writeFile(beside('written.txt'), 'x');
    });
    expect(requests).toEqual([]);
    expect(nodeFs.readdirSync(outside)).toContain('written.txt');
  });

  test('all of it together costs one listing, and an address and a GET for each file of the run that is read', async () => {
    const requests = await requestsOf(server, async () => {
      for (const name of ['config.yaml', 'media/1.txt', 'src/train.py']) {
        union.statSync(at(name));
        await union.promises.readFile(at(name));
        await text(union.createReadStream(at(name)));
      }
      for (const name of ['.', 'both', 'media', 'src']) await union.promises.readdir(at(name));
      for (const name of ['missing', 'src/missing', 'media/missing', 'node_modules/x/package.json'])
        expect(union.existsSync(at(name))).toBe(false);
    });
    expect(costOf(requests)).toMatchObject({ gets: 2, puts: 0, others: 0 });
    expect(costOf(requests).graphql).toBeLessThanOrEqual(1 + 2);
  });
});

test('a server that fails shows in a union as the failure of the last layer, which has that of the run in `prev`', async () => {
  const union = unionOf(nodeFs, wandb);
  await server.faults([{ status: 403, match: { side: 'api' }, times: 100 }]);
  const error = await errorOf(() => union.promises.readFile(at('config.yaml')));
  await server.faults([]);
  expect(error).toMatchObject({ code: 'ENOENT' });
  const previous: unknown = Reflect.get(error, 'prev');
  expect(previous).toMatchObject({ code: 'EACCES', path: at('config.yaml') });
});

test('a version through its alias is a layer below a directory of changes', async () => {
  const { mountPoint, mountCold } = await makeVersionTwins(server, {
    'config.yaml': 'old',
    'model.bin': 'weights',
  });
  const version = mountCold();
  layOut(join(mountPoint, 'latest'), { 'config.yaml': 'new', 'notes.md': '# Notes' });
  const union = unionOf(version, nodeFs);
  const below = (name: string): string => join(mountPoint, 'latest', name);
  expect(union.readdirSync(below(''))).toEqual(['config.yaml', 'model.bin', 'notes.md']);
  expect(union.readFileSync(below('config.yaml'), 'utf8')).toBe('new');
  expect(await union.promises.readFile(below('model.bin'), 'utf8')).toBe('weights');
  expect(rebased(union.realpathSync(below('model.bin')), mountPoint)).toBe('/base/v0/model.bin');
  // The version never changes: what is written lands on the disk, or nowhere.
  union.writeFileSync(below('config.yaml'), 'newer');
  expect(await errorOf(() => version.writeFileSync(below('model.bin'), 'x'))).toMatchObject({
    code: 'EROFS',
  });
});

import nodeFs from 'node:fs';
import { join } from 'node:path';
import { makeTwins, type Twins } from './support/twins.js';

const KINDS = [
  'isBlockDevice',
  'isCharacterDevice',
  'isDirectory',
  'isFIFO',
  'isFile',
  'isSocket',
  'isSymbolicLink',
] as const;

const nanosecondsOf = (stats: object, name: string): bigint => Reflect.get(stats, name).epochNanoseconds;

describe("Stats and Dirents are Node's", () => {
  let twins: Twins;
  beforeAll(() => {
    twins = makeTwins();
  });
  afterAll(() => twins.remove());

  test.each(['file', 'dir', 'empty'])('stat of %s equals what Node says of it', (name) => {
    const path = join(twins.ours.base, name);
    const ours = twins.ours.fs.statSync(path);
    const node = nodeFs.statSync(path);
    expect(ours).toBeInstanceOf(nodeFs.Stats);
    expect(ours).toBeInstanceOf(twins.ours.fs.Stats);
    expect(Object.keys(ours)).toEqual(Object.keys(node));
    expect(Object.entries(ours)).toEqual(Object.entries(node));
    // From 26 on Node keeps nanoseconds beside; those of the disk don't fit into the milliseconds that ours are made of.
    const beside = Object.getOwnPropertySymbols(node);
    expect(Object.getOwnPropertySymbols(ours)).toEqual(beside);
    for (const symbol of beside) {
      expect(Math.abs(Reflect.get(ours, symbol) - Reflect.get(node, symbol))).toBeLessThan(1000);
    }
    for (const kind of KINDS) expect(ours[kind]()).toBe(node[kind]());
    expect(ours.mtime).toEqual(node.mtime);
  });

  test('the instants of a stat, where Node has them, are those that Node tells, but for a microsecond', () => {
    const path = join(twins.ours.base, 'file');
    nodeFs.utimesSync(path, 1.5, -2.25);
    for (const options of [{ bigint: false }, { bigint: true }]) {
      const ours = twins.ours.fs.statSync(path, options);
      const node = nodeFs.statSync(path, options);
      expect(Object.getOwnPropertySymbols(ours)).toEqual(Object.getOwnPropertySymbols(node));
      for (const name of ['atimeInstant', 'mtimeInstant', 'ctimeInstant', 'birthtimeInstant']) {
        expect([name, name in ours]).toEqual([name, name in node]);
        // A float of milliseconds, of which ours are made, can't hold the last three digits of a time of these years.
        if (name in node)
          expect(Number(nanosecondsOf(ours, name) - nanosecondsOf(node, name))).toBeCloseTo(0, -3);
      }
    }
  });

  test.each(['file', 'dir'])('bigint stat of %s has the shape that Node gives it', (name) => {
    const path = join(twins.ours.base, name);
    // The test's own times: of others a float of milliseconds may round up to the next one.
    nodeFs.utimesSync(path, 1_700_000_000.125, 1_700_000_000.25);
    const ours = twins.ours.fs.statSync(path, { bigint: true });
    const node = nodeFs.statSync(path, { bigint: true });
    expect(Object.getPrototypeOf(ours)).toBe(Object.getPrototypeOf(node));
    expect(Object.keys(ours)).toEqual(Object.keys(node));
    expect([ours.ino, ours.size, ours.mode, ours.dev]).toEqual([node.ino, node.size, node.mode, node.dev]);
    expect(ours.mtimeMs).toBe(node.mtimeMs);
    // A float of milliseconds can't hold the last three digits.
    expect(ours.mtimeNs / 1000n).toBe(node.mtimeNs / 1000n);
    for (const kind of KINDS) expect(ours[kind]()).toBe(node[kind]());
  });

  test('all styles give the same', async () => {
    const { fs, base } = twins.ours;
    const path = join(base, 'file');
    const expected = fs.statSync(path);
    const calledBack = await new Promise((resolve) => fs.lstat(path, (_error, stats) => resolve(stats)));
    const fd = fs.openSync(path, 'r');
    expect([await fs.promises.stat(path), calledBack, fs.fstatSync(fd)]).toEqual([
      expected,
      expected,
      expected,
    ]);
    fs.closeSync(fd);
  });

  test('statSync answers undefined where it is told not to throw', () => {
    const { fs, base } = twins.ours;
    expect(fs.statSync(join(base, 'missing'), { throwIfNoEntry: false })).toBeUndefined();
    expect(fs.lstatSync(join(base, 'missing'), { throwIfNoEntry: false })).toBeUndefined();
    expect(fs.statSync(join(base, 'file'), { throwIfNoEntry: false, bigint: true })?.size).toBe(11n);
    expect(fs.statSync('/elsewhere', { throwIfNoEntry: false })).toBeUndefined();
  });

  test.each([
    ['plainly', {}],
    ['recursively', { recursive: true }],
  ])('readdir with types %s', (_how, options) => {
    const told = (fs: typeof nodeFs) =>
      fs
        .readdirSync(twins.ours.base, { ...options, withFileTypes: true })
        .map((entry) => ({ ...entry, isFile: entry.isFile(), isDirectory: entry.isDirectory() }))
        .sort((a, b) => (join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1));
    const ours = told(twins.ours.fs);
    expect(ours).toEqual(told(nodeFs));
    expect(ours.length).toBeGreaterThan(2);
  });

  test('a Dirent is an fs.Dirent', () => {
    const [entry] = twins.ours.fs.readdirSync(twins.ours.base, { withFileTypes: true });
    expect(entry).toBeInstanceOf(nodeFs.Dirent);
  });

  test('opendir reads, iterates and closes', async () => {
    const { fs, base } = twins.ours;
    const names: string[] = [];
    for await (const entry of await fs.promises.opendir(base)) names.push(entry.name);
    expect(names).toEqual(fs.readdirSync(base));

    const dir = fs.opendirSync(`${base}/dir`);
    expect(dir.path).toBe(`${base}/dir`);
    expect(dir.readSync()?.name).toBe('inner.txt');
    expect((await dir.read())?.name).toBe('sub');
    const last = await new Promise((resolve) => dir.read((_error, entry) => resolve(entry)));
    expect(last).toBeNull();
    await dir.close();
    expect(() => dir.readSync()).toThrow(expect.objectContaining({ code: 'ERR_DIR_CLOSED' }));
    await expect(dir.close()).rejects.toMatchObject({ code: 'ERR_DIR_CLOSED' });
  });

  test('opendir goes down recursively', async () => {
    const { fs, base } = twins.ours;
    const read = async (side: typeof nodeFs) => {
      const paths: string[] = [];
      for await (const entry of await side.promises.opendir(base, { recursive: true })) {
        paths.push(join(entry.parentPath, entry.name));
      }
      return paths.sort();
    };
    expect(await read(fs)).toEqual(await read(nodeFs));
  });

  test('sync work on a Dir that is being read is refused', async () => {
    const dir = twins.ours.fs.opendirSync(twins.ours.base);
    const read = dir.read();
    expect(() => dir.readSync()).toThrow(expect.objectContaining({ code: 'ERR_DIR_CONCURRENT_OPERATION' }));
    await read;
    dir.closeSync();
  });
});

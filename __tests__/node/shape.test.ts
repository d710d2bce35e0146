import nodeFs from 'node:fs';
import { inspect, promisify } from 'node:util';
import { inAnyNode } from './support/node-members.js';
import { makeTwins, type Twins } from './support/twins.js';

/** The lists name symbols as `[Symbol.dispose]`. */
const keyOf = (name: string): PropertyKey => {
  const [, symbol] = /^\[Symbol\.(\w+)\]$/.exec(name) ?? [];
  return symbol === undefined ? name : (Reflect.get(Symbol, symbol) as symbol);
};

describe('the fs object has the shape of node:fs', () => {
  let twins: Twins;
  beforeAll(() => {
    twins = makeTwins();
  });
  afterAll(() => twins.remove());

  test('every member of node:fs is there, own and enumerable', () => {
    const { fs } = twins.ours;
    expect(Object.keys(fs)).toEqual(expect.arrayContaining(Object.keys(nodeFs)));
    expect(Object.keys(fs.promises)).toEqual(expect.arrayContaining(Object.keys(nodeFs.promises)));
  });

  test('a member that any supported Node has is there on this one', async () => {
    const { fs } = twins.ours;
    const handle = await fs.promises.open(`${twins.ours.base}/file`);
    const dir = await fs.promises.opendir(twins.ours.base);
    const watcher = fs.watch(twins.ours.base);
    const listener = (): void => {};
    const statWatcher = fs.watchFile(`${twins.ours.base}/file`, listener);
    const ours = {
      fs,
      'fs.promises': fs.promises,
      FileHandle: handle,
      Dir: dir,
      FSWatcher: watcher,
      StatWatcher: statWatcher,
    };
    const missing = (Object.keys(ours) as (keyof typeof ours)[]).flatMap((list) =>
      [...inAnyNode(list)].filter((name) => !(keyOf(name) in ours[list])),
    );
    // Only Node can make it.
    expect(missing.filter((name) => name !== 'Utf8Stream')).toEqual([]);
    fs.unwatchFile(`${twins.ours.base}/file`, listener);
    watcher.close();
    await dir.close();
    await handle.close();
  });

  test('nothing of ours is beside them but `wandb`', () => {
    // A member that any supported Node has is there on all of them.
    const isNew = (name: string): boolean => !(name in nodeFs) && !inAnyNode('fs').has(name);
    expect(Object.keys(twins.ours.fs).filter(isNew)).toEqual(['wandb']);
    const isNewPromise = (name: string): boolean =>
      !(name in nodeFs.promises) && !inAnyNode('fs.promises').has(name);
    expect(Object.keys(twins.ours.fs.promises).filter(isNewPromise)).toEqual([]);
  });

  test("a spread over node:fs leaves nothing of the real disk's", () => {
    const merged = { ...nodeFs, ...twins.ours.fs } as unknown as Readonly<Record<string, unknown>>;
    const shared = ['Dirent', 'Stats', 'constants', 'F_OK', 'R_OK', 'W_OK', 'X_OK'];
    const real = Object.entries(nodeFs).filter(
      ([name, member]) => member !== undefined && merged[name] === member && !shared.includes(name),
    );
    expect(real.map(([name]) => name)).toEqual([]);
  });

  test('members work detached', async () => {
    const { readFileSync, existsSync, promises, stat } = twins.ours.fs;
    const { readFile } = promises;
    expect(readFileSync(`${twins.ours.base}/file`, 'utf8')).toBe('hello world');
    expect(existsSync(`${twins.ours.base}/file`)).toBe(true);
    expect(await readFile(`${twins.ours.base}/file`, 'utf8')).toBe('hello world');
    const stats = await new Promise((resolve, reject) => {
      stat(`${twins.ours.base}/file`, (error, value) => (error ? reject(error) : resolve(value)));
    });
    expect(stats).toBeInstanceOf(nodeFs.Stats);
  });

  test('`promises` is one object, with the constants', () => {
    const { fs } = twins.ours;
    expect(fs.promises).toBe(fs.promises);
    expect(fs.promises.constants).toBe(nodeFs.constants);
    expect(fs.constants).toBe(nodeFs.constants);
  });

  test('the object takes other members, as tools give it', () => {
    const { fs } = twins.ours;
    const copy: Record<string | symbol, unknown> = { ...fs };
    copy.readFile = () => 'patched';
    Object.defineProperty(fs, Symbol.for('a tool'), { value: 1, configurable: true });
    expect(Reflect.get(fs, Symbol.for('a tool'))).toBe(1);
  });

  test('functions carry the names of their members', () => {
    const { fs } = twins.ours;
    const odd = Object.entries(fs).filter(
      ([name, member]) =>
        typeof member === 'function' && name in nodeFs && /^[a-z]/.test(name) && member.name !== name,
    );
    expect(odd.map(([name]) => name)).toEqual([]);
  });

  test('realpath has `native` in every style', async () => {
    const { fs, base } = twins.ours;
    expect(fs.realpathSync.native(`${base}/dir/../file`)).toBe(`${base}/file`);
    expect(await promisify(fs.realpath.native)(`${base}/./file`)).toBe(`${base}/file`);
  });

  test('util.promisify gives what it gives for node:fs', async () => {
    const { fs, base } = twins.ours;
    expect(await promisify(fs.exists)(`${base}/file`)).toBe(true);
    expect(await promisify(fs.exists)(`${base}/missing`)).toBe(false);
    const fd = fs.openSync(`${base}/new`, 'w+');
    const bytes = Buffer.from('abc');
    expect(await promisify(fs.write)(fd, bytes, 0, 3, 0)).toEqual({ bytesWritten: 3, buffer: bytes });
    const buffer = Buffer.alloc(3);
    expect(await promisify(fs.read)(fd, buffer, 0, 3, 0)).toEqual({ bytesRead: 3, buffer: bytes });
    expect(await promisify(fs.writev)(fd, [bytes])).toMatchObject({ bytesWritten: 3, buffers: [bytes] });
    expect(await promisify(fs.readv)(fd, [buffer], 0)).toEqual({ bytesRead: 3, buffers: [bytes] });
    fs.closeSync(fd);
  });

  test('inspecting it shows no closure of its state', () => {
    expect(inspect(twins.ours.fs, { depth: 6, showHidden: true })).not.toContain('apiKey');
  });
});

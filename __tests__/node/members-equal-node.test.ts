import nodeFs from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Call, HANDLE_SCRIPTS, SCRIPTS, type Scene } from './support/member-scripts.js';
import { makeTwins, type Side, type Twins } from './support/twins.js';

const STYLES: Readonly<Record<string, (side: Side) => { has: (name: string) => boolean; call: Call }>> = {
  returned: ({ fs }) => ({
    has: (name) => `${name}Sync` in fs,
    call: async (name, ...args) => Reflect.get(fs, `${name}Sync`)(...args),
  }),
  'called back': ({ fs }) => ({
    has: (name) => name in fs,
    call: (name, ...args) =>
      new Promise((resolve, reject) => {
        Reflect.get(fs, name)(...args, (first: unknown, ...values: readonly unknown[]) => {
          if (typeof first === 'boolean') resolve(first);
          else if (first) reject(first);
          else resolve(values.length > 1 ? values : values[0]);
        });
      }),
  }),
  resolved: ({ fs }) => ({
    has: (name) => name in fs.promises,
    call: (name, ...args) => Reflect.get(fs.promises, name)(...args),
  }),
};

let twins: Twins;
beforeEach(() => {
  twins = makeTwins();
  for (const { base } of [twins.ours, twins.node]) nodeFs.symlinkSync('file', join(base, 'link'));
});
afterEach(() => twins.remove());

/** Results without what differs between the twins: their directory's name. */
const bare = (value: unknown, { base }: Side): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, part) =>
      typeof part === 'bigint' ? `${part}n` : (part ?? null),
    ).replaceAll(base, ''),
  );

describe('every member comes to what it comes to with Node', () => {
  describe.each(Object.keys(SCRIPTS))('%s', (name) => {
    const styles = Object.keys(STYLES).filter((style) => STYLES[style]?.({ fs: nodeFs, base: '' }).has(name));
    test.each(styles)('%s', async (style) => {
      const outcomes = [twins.ours, twins.node].map(async (side) => {
        const { call } = STYLES[style]?.(side) ?? {};
        if (call === undefined) throw new Error(`There is no style '${style}'.`);
        const at = (file: string): string => join(side.base, file);
        const withFd: Scene['withFd'] = async (use) => {
          const fd = side.fs.openSync(at('file'), 'r+');
          try {
            return await use(fd);
          } finally {
            side.fs.closeSync(fd);
          }
        };
        return bare(await SCRIPTS[name]?.({ call, fs: side.fs, at, withFd }), side);
      });
      const [ours, node] = await Promise.all(outcomes);
      expect(ours).toEqual(node);
    });
  });
});

test.each(Object.keys(HANDLE_SCRIPTS))('FileHandle.%s does what Node’s does', async (name) => {
  if (name === '[Symbol.asyncDispose]' && !('asyncDispose' in Symbol)) {
    // Jest's realm has no such symbol on Node 20, so Node's own handle can't be asked by it.
    const handle = await twins.ours.fs.promises.open(join(twins.ours.base, 'file'));
    expect(await HANDLE_SCRIPTS[name]?.(handle)).toEqual([undefined, -1]);
    return;
  }
  const outcomes = [twins.ours, twins.node].map(async (side) => {
    const path = join(side.base, 'file');
    const handle = await side.fs.promises.open(path, 'r+');
    const outcome = await HANDLE_SCRIPTS[name]?.(handle);
    await handle.close();
    return [bare(outcome, side), nodeFs.readFileSync(path, 'latin1')];
  });
  const [ours, node] = await Promise.all(outcomes);
  expect(ours).toEqual(node);
});

test('lchmod, lchmodSync and promises.lchmod change modes, where Node has it on macOS only', async () => {
  const { fs, base } = twins.ours;
  const path = join(base, 'file');
  const modes = [await Reflect.get(fs, 'lchmodSync')(path, 0o600), nodeFs.statSync(path).mode & 0o777];
  await promisify(Reflect.get(fs, 'lchmod') as (path: string, mode: number, done: () => void) => void)(
    path,
    0o640,
  );
  modes.push(nodeFs.statSync(path).mode & 0o777);
  await Reflect.get(fs.promises, 'lchmod')(path, 0o644);
  modes.push(nodeFs.statSync(path).mode & 0o777);
  expect(modes).toEqual([undefined, 0o600, 0o640, 0o644]);
  await expect(Reflect.get(fs.promises, 'lchmod')(join(base, 'link'), 0o600)).rejects.toMatchObject({
    code: 'ENOTSUP',
  });
});

test('constants, promises.constants, F_OK, R_OK, W_OK and X_OK are those of this Node', () => {
  const { fs } = twins.ours;
  expect([fs.constants, fs.promises.constants]).toEqual([nodeFs.constants, nodeFs.promises.constants]);
  const { F_OK, R_OK, W_OK, X_OK } = nodeFs.constants;
  expect(fs).toMatchObject({ F_OK, R_OK, W_OK, X_OK });
});

test('exists, read, write, readv and writev can be promisified as Node’s can', async () => {
  const outcomes = [twins.ours, twins.node].map(async ({ fs, base }) => {
    const fd = fs.openSync(join(base, 'file'), 'r+');
    const results = [
      await promisify(fs.exists)(join(base, 'file')),
      await promisify(fs.read)(fd, Buffer.alloc(3), 0, 3, 0),
      await promisify(fs.write)(fd, 'abc', 0, 'utf8'),
      await promisify(fs.readv)(fd, [Buffer.alloc(2)], 0),
      await promisify(fs.writev)(fd, [Buffer.from('x')], 0),
    ];
    fs.closeSync(fd);
    return results;
  });
  const [ours, node] = await Promise.all(outcomes);
  // That of writev has `buffer` in Node and `buffers` in its documentation: ours has both.
  expect(ours).toMatchObject(node ?? []);
  expect(ours?.at(-1)).toEqual({ bytesWritten: 1, buffer: [Buffer.from('x')], buffers: [Buffer.from('x')] });
});

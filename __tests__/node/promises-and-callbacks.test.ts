import nodeFs from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { makeFs } from '../../src/node/faces/create.js';
import { RUNS } from '../../src/node/wandb/layouts.js';
import { makeTwins, type Twins } from './support/twins.js';

describe('the promise and callback styles', () => {
  let twins: Twins;
  beforeEach(() => {
    twins = makeTwins();
  });
  afterEach(() => twins.remove());

  test('readFile() without arguments rejects at once, without any work, as isomorphic-git probes for', async () => {
    const fs = makeFs({
      layout: RUNS,
      connect: () => {
        throw new Error('Nothing may be connected for this.');
      },
      appUrl: () => '',
    });
    const read = fs.promises.readFile as unknown as () => Promise<unknown>;
    const probe = read();
    expect(probe).toBeInstanceOf(Promise);
    await expect(probe).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    const readBack = fs.readFile as unknown as () => void;
    expect(() => readBack()).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
  });

  test('a path outside the mount is ENOENT without any connection, in every style', async () => {
    const fs = makeFs({
      layout: RUNS,
      mountPoint: '/mnt',
      connect: () => {
        throw new Error('Nothing may be connected for this.');
      },
      appUrl: () => '',
    });
    expect(fs.existsSync('/')).toBe(false);
    expect(() => fs.readdirSync('/')).toThrow("ENOENT: no such file or directory, scandir '/'");
    await expect(fs.promises.stat('/package.json')).rejects.toMatchObject({
      code: 'ENOENT',
      path: '/package.json',
    });
    const error = await new Promise((resolve) => fs.readlink('/x', (failure) => resolve(failure)));
    expect(error).toMatchObject({ code: 'ENOENT', syscall: 'readlink' });
    expect(() => fs.mkdirSync('/elsewhere/new', { recursive: true })).toThrow(/ENOENT.*mkdir/);
  });

  test('a callback is called in a turn of its own, outside of any promise', async () => {
    const { fs, base } = twins.ours;
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      fs.stat(join(base, 'file'), () => {
        order.push('called back');
        resolve();
      });
      order.push('returned');
    });
    expect(order).toEqual(['returned', 'called back']);
  });

  test('promises.writeFile takes iterables and streams, as Node', async () => {
    for (const { fs, base } of [twins.ours, twins.node]) {
      const path = join(base, 'new');
      await fs.promises.writeFile(path, Readable.from(['a', Buffer.from('b')]));
      await fs.promises.appendFile(path, ['c', 'd'] as unknown as string);
      await fs.promises.appendFile(
        path,
        (async function* () {
          yield 'e';
        })() as unknown as string,
      );
      expect(fs.readFileSync(path, 'utf8')).toBe('abcde');
    }
  });

  test('a source that fails rejects with its own error, and the file is closed', async () => {
    const { fs, base } = twins.ours;
    let isEnded = false;
    const source = (function* () {
      try {
        yield 'a';
        yield 5;
      } finally {
        isEnded = true;
      }
    })();
    const write = fs.promises.writeFile(join(base, 'new'), source as Iterable<string>);
    await expect(write).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    expect(isEnded).toBe(true);
    const broken = Readable.from(
      (async function* () {
        yield 'a';
        throw new Error('the source broke');
      })(),
    );
    await expect(fs.promises.writeFile(join(base, 'new'), broken)).rejects.toThrow('the source broke');
  });

  test('readFile gives a Buffer that owns its memory', async () => {
    const { fs, base } = twins.ours;
    for (const name of ['file', 'empty']) {
      const path = join(base, name);
      for (const buffer of [fs.readFileSync(path), await fs.promises.readFile(path)]) {
        expect(Buffer.isBuffer(buffer)).toBe(true);
        expect([buffer.byteOffset, buffer.buffer.byteLength]).toEqual([0, buffer.length]);
      }
    }
  });

  test('an aborted signal rejects with an AbortError that carries its reason', async () => {
    for (const { fs, base } of [twins.ours, twins.node]) {
      const signal = AbortSignal.abort('the reason');
      const expected = { name: 'AbortError', code: 'ABORT_ERR', message: 'The operation was aborted' };
      await expect(fs.promises.readFile(join(base, 'file'), { signal })).rejects.toMatchObject(expected);
      const write = fs.promises.writeFile(join(base, 'file'), 'x', { signal });
      await expect(write).rejects.toMatchObject({ ...expected, cause: 'the reason' });
      const calledBack = await new Promise((resolve) => fs.readFile(join(base, 'file'), { signal }, resolve));
      expect(calledBack).toMatchObject(expected);
      expect(fs.readFileSync(join(base, 'file'), 'utf8')).toBe('hello world');
    }
  });

  test('close without a callback closes', async () => {
    const { fs, base } = twins.ours;
    const fd = fs.openSync(join(base, 'file'), 'r');
    fs.close(fd);
    await new Promise(setImmediate);
    expect(() => fs.fstatSync(fd)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  test('mkdtemp makes directories of random names', async () => {
    const { fs, base } = twins.ours;
    const made = [fs.mkdtempSync(join(base, 'tmp-')), await fs.promises.mkdtemp(`${base}/tmp-`)];
    for (const path of made) {
      expect(path).toMatch(/tmp-[A-Za-z0-9]{6}$/);
      expect(nodeFs.statSync(path).isDirectory()).toBe(true);
    }
    expect(new Set(made).size).toBe(2);
  });

  test('errors are fresh, can be extended, and their stack begins at the call', async () => {
    const { fs, base } = twins.ours;
    const errors = [1, 2].map(() => {
      try {
        return fs.statSync(join(base, 'missing'));
      } catch (error) {
        return error as Error & { prev?: unknown };
      }
    });
    expect(errors[0]).not.toBe(errors[1]);
    expect(Object.isExtensible(errors[0])).toBe(true);
    expect((errors[0] as Error).stack).toMatch(/^Error: ENOENT: .*\n {4}at .*statSync/);
  });
});

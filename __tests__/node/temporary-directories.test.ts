import nodeFs from 'node:fs';
import { join } from 'node:path';
import { asyncDispose, dispose } from '../../src/node/faces/node-version.js';
import { makeTwins, type Side, type Twins, tell } from './support/twins.js';

interface Disposable {
  readonly path: string | Buffer;
  readonly remove: () => unknown;
}

let twins: Twins;
beforeEach(() => {
  twins = makeTwins();
});
afterEach(() => twins.remove());

type Make = (prefix: unknown, options?: unknown) => unknown;
const syncOf = (fs: object): Make => Reflect.get(fs, 'mkdtempDisposableSync');
const promiseOf = (fs: typeof nodeFs): Make => Reflect.get(fs.promises, 'mkdtempDisposable');
/** Node has them from 24.4 on; ours are held against it there. */
const sides = (): readonly Side[] =>
  'mkdtempDisposableSync' in nodeFs ? [twins.ours, twins.node] : [twins.ours];

test('mkdtempDisposableSync makes a directory that is removed with all in it', () => {
  for (const { fs, base } of sides()) {
    const made = syncOf(fs)(join(base, 'tmp-')) as Disposable & { [key: symbol]: () => void };
    expect(String(made.path)).toMatch(new RegExp(`^${base}/tmp-[A-Za-z0-9]{6}$`));
    expect(fs.statSync(made.path).mode & 0o777).toBe(0o700);
    fs.mkdirSync(join(String(made.path), 'sub'));
    fs.writeFileSync(join(String(made.path), 'sub/file'), 'x');
    expect(made.remove()).toBeUndefined();
    expect(fs.existsSync(made.path)).toBe(false);
    made.remove();
    made[dispose]?.();
    expect(Object.keys(made)).toEqual(['path', 'remove']);
  }
});

test('promises.mkdtempDisposable does, too', async () => {
  for (const { fs, base } of sides()) {
    const made = (await promiseOf(fs)(join(base, 'tmp-'))) as Disposable & {
      [key: symbol]: () => Promise<void>;
    };
    expect(made.path).toContain(join(base, 'tmp-'));
    fs.writeFileSync(join(String(made.path), 'file'), 'x');
    await made[asyncDispose]?.();
    expect(fs.existsSync(made.path)).toBe(false);
    await made.remove();
  }
});

test('mkdtempDisposable refuses and fails as mkdtemp does', async () => {
  const { fs, base } = twins.ours;
  for (const args of [[undefined], [join(base, 'missing/x-')], [join(base, 'x-'), 1]]) {
    const failure = (make: (...given: never[]) => unknown): unknown => {
      try {
        return make(...(args as never[]));
      } catch (error) {
        return tell(error, base);
      }
    };
    const expected = failure(Reflect.get(fs, 'mkdtempSync'));
    expect(failure(syncOf(fs))).toEqual(expected);
    await expect(Promise.resolve(promiseOf(fs)(...(args as [unknown])))).rejects.toMatchObject({
      code: (expected as NodeJS.ErrnoException).code,
    });
  }
});

test('mkdtempDisposable with an encoding removes what it made', async () => {
  const { fs, base } = twins.ours;
  const made = [
    syncOf(fs)(join(base, 'tmp-'), 'buffer') as Disposable,
    (await promiseOf(fs)(join(base, 'tmp-'), { encoding: 'buffer' })) as Disposable,
  ];
  for (const { path, remove } of made) {
    expect(Buffer.isBuffer(path)).toBe(true);
    expect(fs.existsSync(path)).toBe(true);
    await remove();
    expect(fs.existsSync(path)).toBe(false);
  }
});

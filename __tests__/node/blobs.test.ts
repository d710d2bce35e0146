import { Blob } from 'node:buffer';
import { join } from 'node:path';
import { makeTwins, type Twins, tell } from './support/twins.js';

let twins: Twins;
beforeEach(() => {
  twins = makeTwins();
});
afterEach(() => twins.remove());

const syncOf = (fs: object): ((path: unknown, options?: unknown) => Blob) =>
  Reflect.get(fs, 'openAsBlobSync');

test('openAsBlob and openAsBlobSync give what is in the file, with a type', async () => {
  const { fs, base } = twins.ours;
  // It is read by 16 MiB at a time.
  const large = Buffer.alloc(33 * 1024 * 1024, 'abc');
  fs.writeFileSync(join(base, 'large'), large);
  for (const open of [fs.openAsBlob, syncOf(fs)]) {
    const blob = await open(join(base, 'file'), { type: 'text/plain' });
    expect(blob).toBeInstanceOf(Blob);
    expect([blob.size, blob.type, await blob.text()]).toEqual([11, 'text/plain', 'hello world']);
    expect(await blob.slice(6).text()).toBe('world');
    // Who looks into it, as `fetch` and other blobs do, sees the same.
    expect(await new Blob([blob, '!']).text()).toBe('hello world!');
    const whole = await open(join(base, 'large'));
    expect(Buffer.from(await whole.arrayBuffer()).equals(large)).toBe(true);
    expect([(await open(join(base, 'empty'))).size, whole.type]).toEqual([0, '']);
  }
});

test('openAsBlob is the file as it was: a later change is not seen', async () => {
  const { fs, base } = twins.ours;
  const blob = await fs.openAsBlob(join(base, 'file'));
  fs.writeFileSync(join(base, 'file'), 'changed');
  expect(await blob.text()).toBe('hello world');
});

test('openAsBlob and openAsBlobSync of what can’t be read', async () => {
  const { fs, base } = twins.ours;
  const missing = join(base, 'missing');
  await expect(fs.openAsBlob(missing)).rejects.toMatchObject({
    code: 'ENOENT',
    syscall: 'open',
    path: missing,
  });
  expect(() => syncOf(fs)(missing)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  await expect(fs.openAsBlob(base)).rejects.toMatchObject({ code: 'EISDIR' });
  for (const [path, options] of [[undefined], [missing, null], [missing, { type: 1 }]]) {
    const refusal = (open: (path: never, options: never) => unknown): unknown => {
      try {
        return open(path as never, options as never);
      } catch (error) {
        return tell(error, base);
      }
    };
    const expected = refusal(twins.node.fs.openAsBlob);
    expect(refusal(syncOf(fs))).toEqual(expected);
    await expect(Promise.resolve(refusal(fs.openAsBlob))).rejects.toMatchObject({
      code: (expected as NodeJS.ErrnoException).code,
    });
  }
});

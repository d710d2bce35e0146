import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ContentCache } from '../../src/store/artifacts/cache/objects.js';
import { type ContentName, digestOf, hexOf } from '../../src/store/artifacts/content.js';
import { makeDirectory } from '../helpers/directories.js';
import { playWithCache } from './helpers/cache-process.js';

const md5 = (bytes: Uint8Array): ContentName => ({
  algorithm: 'md5',
  digest: createHash('md5').update(bytes).digest('base64'),
});
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const WHOLE = { start: 0, end: Number.MAX_SAFE_INTEGER };

let directory: string;
let reasons: string[];
const open = (limit: number | null = null): ContentCache =>
  new ContentCache({ directory, limit, onFull: (reason) => reasons.push(reason) });
beforeEach(async () => {
  directory = join(await makeDirectory(), 'artifacts');
  reasons = [];
});

const fileOf = ({ algorithm, digest }: ContentName): string =>
  join(directory, 'obj', algorithm, hexOf(digest).slice(0, 2), hexOf(digest).slice(2));
/** Somebody else, such as the SDK, puts a file there. */
const place = async (name: ContentName, bytes: Uint8Array): Promise<string> => {
  const file = fileOf(name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  return file;
};
const read = async (cache: ContentCache, name: ContentName, size: number, span = WHOLE) => {
  const bytes = await cache.read(name, size, span);
  return bytes && Buffer.from(bytes).toString();
};
const temporaries = async (): Promise<string[]> => {
  try {
    return await readdir(join(directory, 'tmp'));
  } catch {
    return [];
  }
};

describe('the content cache', () => {
  test('lies where the SDK looks: hello, by MD5 and by XXH128', async () => {
    const cache = open();
    const hello = bytesOf('hello');
    const xxh128: ContentName = { algorithm: 'xxh128', digest: await digestOf(hello, 'xxh128') };
    await cache.add(md5(hello), hello);
    await cache.add(xxh128, hello);
    const files = ['md5/5d/41402abc4b2a76b9719d911017c592', 'xxh128/b5/e9c1ad071b3e7fc779cfaa5e523818'];
    for (const file of files) expect(await readFile(join(directory, 'obj', file), 'utf8')).toBe('hello');
    expect(await temporaries()).toEqual([]);
  });

  test('serves whole content and ranges that somebody else put there', async () => {
    const bytes = bytesOf('0123456789');
    await place(md5(bytes), bytes);
    const cache = open();
    expect(await read(cache, md5(bytes), 10)).toBe('0123456789');
    expect(await read(cache, md5(bytes), 10, { start: 2, end: 5 })).toBe('234');
    expect(await read(cache, md5(bytes), 10, { start: 8, end: 99 })).toBe('89');
    expect(await read(cache, md5(bytes), 10, { start: 99, end: 120 })).toBe('');
  });

  test('misses what is not there, has another size, or is no file', async () => {
    const bytes = bytesOf('0123456789');
    const cache = open();
    expect(await read(cache, md5(bytes), 10)).toBeNull();
    const file = await place(md5(bytes), bytes.subarray(0, 9));
    expect(await read(cache, md5(bytes), 10)).toBeNull();
    await rm(file);
    await mkdir(file);
    expect(await read(cache, md5(bytes), 10)).toBeNull();
    expect(reasons).toEqual([]);
  });

  test('trusts nothing that it did not hash: other bytes of the same size are a miss, and are replaced', async () => {
    const bytes = bytesOf('0123456789');
    await place(md5(bytes), bytesOf('012345678X'));
    const cache = open();
    expect(await read(cache, md5(bytes), 10)).toBeNull();
    expect(await read(cache, md5(bytes), 10, { start: 0, end: 2 })).toBeNull();
    await cache.add(md5(bytes), bytes);
    expect(await read(cache, md5(bytes), 10)).toBe('0123456789');
  });

  test('hashes a file again that was changed since', async () => {
    const bytes = bytesOf('0123456789');
    const cache = open();
    await cache.add(md5(bytes), bytes);
    expect(await read(cache, md5(bytes), 10)).toBe('0123456789');
    await writeFile(fileOf(md5(bytes)), '012345678X');
    expect(await read(cache, md5(bytes), 10)).toBeNull();
  });

  test('gives files the mode that the umask leaves, as the SDK does', async () => {
    const bytes = bytesOf('x');
    await open().add(md5(bytes), bytes);
    const { mode } = await stat(fileOf(md5(bytes)));
    expect(mode & 0o777).toBe(0o666 & ~process.umask());
  });

  test('puts ranges together, in any order, and publishes them once they are whole', async () => {
    const bytes = new Uint8Array(randomBytes(1000));
    const cache = open();
    for (const start of [600, 0, 400, 400, 800]) {
      await cache.addRange(md5(bytes), 1000, start, bytes.subarray(start, start + 200));
      expect(await cache.read(md5(bytes), 1000, WHOLE)).toBeNull();
    }
    expect(await temporaries()).toHaveLength(1);
    await cache.addRange(md5(bytes), 1000, 150, bytes.subarray(150, 450));
    expect(await cache.read(md5(bytes), 1000, WHOLE)).toEqual(bytes);
    expect(await temporaries()).toEqual([]);
  });

  test('publishes no ranges that make other content', async () => {
    const bytes = bytesOf('0123456789');
    const cache = open();
    await cache.addRange(md5(bytes), 10, 0, bytesOf('01234'));
    await cache.addRange(md5(bytes), 10, 5, bytesOf('5678X'));
    expect(await cache.read(md5(bytes), 10, WHOLE)).toBeNull();
    expect(await temporaries()).toEqual([]);
    await expect(stat(fileOf(md5(bytes)))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('assembles few files at once, and leaves nothing behind', async () => {
    const cache = open();
    for (let index = 0; index < 30; index++) {
      await cache.addRange(md5(bytesOf(`${index}`)), 10, 0, bytesOf('x'));
    }
    expect((await temporaries()).length).toBeLessThanOrEqual(8);
    await cache.close();
    expect(await temporaries()).toEqual([]);
  });

  test('takes ranges that arrive at once', async () => {
    const bytes = new Uint8Array(randomBytes(100_000));
    const cache = open();
    const starts = Array.from({ length: 100 }, (_, index) => index * 1000);
    await Promise.all(
      [...starts, ...starts].map((start) =>
        cache.addRange(md5(bytes), 100_000, start, bytes.subarray(start, start + 1000)),
      ),
    );
    await cache.close();
    expect(await cache.read(md5(bytes), 100_000, WHOLE)).toEqual(bytes);
    expect(await temporaries()).toEqual([]);
  });

  test('goes on when the temporary file of an assembly is cleaned up', async () => {
    const bytes = bytesOf('0123456789');
    const cache = open();
    await cache.addRange(md5(bytes), 10, 0, bytes.subarray(0, 5));
    await rm(join(directory, 'tmp'), { recursive: true });
    await cache.addRange(md5(bytes), 10, 5, bytes.subarray(5));
    expect(await cache.read(md5(bytes), 10, WHOLE)).toBeNull();
    await cache.add(md5(bytes), bytes);
    expect(await read(cache, md5(bytes), 10)).toBe('0123456789');
    expect(reasons).toEqual([]);
  });

  test('gives up adding, once and aloud, where it can not write; what is there is read', async () => {
    const [kept, bytes] = [bytesOf('kept'), bytesOf('new')];
    await place(md5(kept), kept);
    // A file where a directory should be: the one thing that stops root, too.
    await writeFile(join(directory, 'tmp'), '');
    const cache = open();
    await cache.add(md5(bytes), bytes);
    await cache.add(md5(bytes), bytes);
    await cache.addRange(md5(bytes), 3, 0, bytes.subarray(0, 1));
    expect(reasons).toHaveLength(1);
    expect(await read(cache, md5(bytes), 3)).toBeNull();
    expect(await read(cache, md5(kept), 4)).toBe('kept');
  });

  test('gives up without a word more where what it began can not be removed', async () => {
    const [large, bytes] = [bytesOf('0123456789'), bytesOf('new')];
    const cache = open();
    await cache.addRange(md5(large), 10, 0, large.subarray(0, 5));
    await rm(join(directory, 'tmp'), { recursive: true });
    await writeFile(join(directory, 'tmp'), '');
    await cache.add(md5(bytes), bytes);
    expect(reasons).toEqual(['EEXIST']);
    await cache.close();
  });

  test('follows a directory that is a link, as the SDK does', async () => {
    const elsewhere = await makeDirectory();
    await symlink(elsewhere, directory);
    await open().add(md5(bytesOf('x')), bytesOf('x'));
    expect(await readdir(elsewhere)).toContain('obj');
  });
});

describe('the limit of an own directory', () => {
  const contents = Array.from({ length: 10 }, (_, index) => bytesOf(String(index).repeat(100)));

  test('is kept by removing what was used least recently', async () => {
    const before = open();
    for (const bytes of contents) await before.add(md5(bytes), bytes);
    for (const [index, bytes] of contents.entries()) {
      await utimes(fileOf(md5(bytes)), new Date(index * 1000), new Date(index * 1000));
    }
    const cache = open(350);
    const [oldest = bytesOf('')] = contents;
    expect(await read(cache, md5(oldest), 100)).toBe('0'.repeat(100));
    const added = bytesOf('x'.repeat(100));
    await cache.add(md5(added), added);
    const left = await Promise.all(
      [...contents, added].map(async (bytes) => (await cache.read(md5(bytes), 100, WHOLE)) !== null),
    );
    expect(left.flatMap((isLeft, index) => (isLeft ? index : []))).toEqual([0, 9, 10]);
  });

  test('keeps out what is larger than all of it', async () => {
    const cache = open(50);
    const [bytes = bytesOf('')] = contents;
    await cache.add(md5(bytes), bytes);
    await cache.addRange(md5(bytes), 100, 0, bytes.subarray(0, 10));
    expect(await cache.read(md5(bytes), 100, WHOLE)).toBeNull();
    expect(await temporaries()).toEqual([]);
  });

  test('removes temporary files that were left behind, and no others', async () => {
    await mkdir(join(directory, 'tmp'), { recursive: true });
    for (const name of ['old', 'new']) await writeFile(join(directory, 'tmp', name), 'x');
    await utimes(join(directory, 'tmp', 'old'), 1, 1);
    const [bytes = bytesOf('')] = contents;
    await open(1000).add(md5(bytes), bytes);
    expect(await temporaries()).toEqual(['new']);
  });

  test('is never kept in a directory that the SDK shares', async () => {
    const cache = open();
    for (const bytes of contents) await cache.add(md5(bytes), bytes);
    expect(await cache.read(md5(contents[0] ?? bytesOf('')), 100, WHOLE)).not.toBeNull();
  });
});

test('processes that write, read and clean up at once never meet bad content', async () => {
  const hits = await Promise.all(Array.from({ length: 3 }, () => playWithCache(directory)));
  expect(Math.min(...hits)).toBeGreaterThan(0);
});

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory } from '../helpers/directories.js';
import { packageRoot, runWell } from '../helpers/processes.js';
import { errorOf, mount, newCollection, requestsOf, textsOf, useLab } from './helpers/mounts.js';

/** The digests of 'hello', as the SDK spells them in the names of its files. */
const HELLO = 'obj/md5/5d/41402abc4b2a76b9719d911017c592';
const HELLO_XXH128 = 'obj/xxh128/b5/e9c1ad071b3e7fc779cfaa5e523818';

const server = useLab();
let directory: string;
beforeEach(async () => {
  directory = await makeDirectory();
});

/** Where content lies in the cache. */
const fileOf = (content: string | Uint8Array): string => {
  const hex = createHash('md5').update(content).digest('hex');
  return join(directory, 'artifacts/obj/md5', hex.slice(0, 2), hex.slice(2));
};
const place = async (name: string | Uint8Array, content: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(fileOf(name)), { recursive: true });
  await writeFile(fileOf(name), content);
};
const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
const filesIn = async (path: string): Promise<string[]> =>
  (await readdir(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(path.length + 1))
    .sort();

async function seeded(
  files: Readonly<Record<string, string | Uint8Array>>,
  more: { readonly digestAlgorithm?: 'MANIFEST_XXH128' } = {},
): Promise<string> {
  const collection = newCollection();
  await server.seedArtifacts({ [collection]: { versions: [{ files, ...more }] } });
  return `/${collection}/v0`;
}

describe('the cache of the SDK', () => {
  test('gets what was read, under the name of its digest', async () => {
    const [md5, xxh128] = [
      await seeded({ 'a.txt': 'hello' }),
      await seeded({ 'a.txt': 'hello' }, { digestAlgorithm: 'MANIFEST_XXH128' }),
    ];
    const fs = mount(server, { artifactCache: directory });
    for (const version of [md5, xxh128]) expect(fs.readFileSync(`${version}/a.txt`, 'utf8')).toBe('hello');
    await fs.wandb.close();
    expect(await filesIn(join(directory, 'artifacts'))).toEqual([HELLO, HELLO_XXH128]);
  });

  test('saves the GET and the request for its URL', async () => {
    const version = await seeded({ 'a.txt': 'hello', 'b/c.txt': 'world' });
    for (const content of ['hello', 'world']) await place(content, content);
    const fs = mount(server, { artifactCache: directory });
    await fs.promises.readdir(version, { recursive: true });
    const counts = await requestsOf(server, async () => {
      expect(await textsOf(fs, version)).toEqual({ 'a.txt': 'hello', 'b/c.txt': 'world' });
    });
    expect(counts).toEqual({});
  });

  test('counts what it had and what it lacked', async () => {
    const version = await seeded({ 'a.txt': 'had', 'b/c.txt': 'lacked' });
    await place('had', 'had');
    const fs = mount(server, { artifactCache: directory, readAheadBytes: 0 });
    expect(await textsOf(fs, version)).toEqual({ 'a.txt': 'had', 'b/c.txt': 'lacked' });
    expect(fs.wandb.counters()).toMatchObject({ cacheHits: 1, cacheMisses: 1 });
    expect(fs.wandb.counters().requests.get.count).toBeGreaterThan(0);
  });

  test('serves several processes, also at once', async () => {
    const version = await seeded({ 'a.txt': 'shared by processes' });
    const script = `
      import { createWandbArtifactFs } from 'wandb-fs';
      const fs = createWandbArtifactFs({ artifactCache: true });
      process.stdout.write(await fs.promises.readFile('${version}/a.txt'));
      await fs.wandb.close();`;
    const env = { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey, WANDB_CACHE_DIR: directory };
    const read = (): Promise<string> =>
      runWell(process.execPath, ['--input-type=module', '-e', script], { cwd: packageRoot, env });
    expect(await Promise.all([read(), read()])).toEqual(['shared by processes', 'shared by processes']);
    expect(await filesIn(join(directory, 'artifacts'))).toHaveLength(1);
    const counts = await requestsOf(server, async () => expect(await read()).toBe('shared by processes'));
    expect(counts['GET content'] ?? 0).toBe(0);
  });

  test('is not believed: other content of the right size is fetched, and replaced', async () => {
    const version = await seeded({ 'a.txt': 'hello' });
    await place('hello', 'jello');
    const fs = mount(server, { artifactCache: directory });
    const counts = await requestsOf(server, async () => {
      expect(await fs.promises.readFile(`${version}/a.txt`, 'utf8')).toBe('hello');
    });
    expect(counts['GET content']).toBe(1);
    await fs.wandb.close();
    expect(await readFile(fileOf('hello'), 'utf8')).toBe('hello');
  });

  test('never gets what the storage gave wrongly', async () => {
    const version = await seeded({ 'a.txt': 'unverified' });
    const fs = mount(server, { artifactCache: directory });
    await server.faults([
      { match: { side: 'storage', path: /^(?!.*manifest)/ }, isCorrupted: true, times: 100 },
    ]);
    expect(await errorOf(fs.promises.readFile(`${version}/a.txt`))).toMatchObject({ code: 'EIO' });
    await server.faults([]);
    await fs.wandb.close();
    expect(await exists(fileOf('unverified'))).toBe(false);
  });

  test('gets large files that were read in ranges, once all of them came', async () => {
    const bytes = Buffer.alloc(
      5_000_000,
      Uint8Array.from({ length: 251 }, (_, index) => (index * 31) % 251),
    );
    const version = await seeded({ big: bytes });
    const fs = mount(server, { artifactCache: directory, cacheBytes: 1024 * 1024 });
    const handle = await fs.promises.open(`${version}/big`);
    await handle.read(Buffer.alloc(10), 0, 10, 4_000_000);
    expect(await exists(fileOf(bytes))).toBe(false);
    await handle.close();
    expect((await fs.promises.readFile(`${version}/big`)).equals(bytes)).toBe(true);
    await fs.wandb.close();
    expect((await readFile(fileOf(bytes))).equals(bytes)).toBe(true);
    expect(await readdir(join(directory, 'artifacts/tmp'))).toEqual([]);
    const again = mount(server, { artifactCache: directory, cacheBytes: 1024 * 1024 });
    const counts = await requestsOf(server, async () => {
      expect((await again.promises.readFile(`${version}/big`)).equals(bytes)).toBe(true);
    });
    expect(counts['GET content'] ?? 0).toBe(0);
  });

  test('that can not be written stops no reads, and goes on serving what it has', async () => {
    const version = await seeded({ 'a.txt': 'kept before', 'b.txt': 'not to be kept' });
    await place('kept before', 'kept before');
    // A file where a directory should be: the one thing that stops root, too.
    await writeFile(join(directory, 'artifacts/tmp'), '');
    const fs = mount(server, { artifactCache: directory });
    const counts = await requestsOf(server, async () => {
      expect(await textsOf(fs, version)).toEqual({ 'a.txt': 'kept before', 'b.txt': 'not to be kept' });
    });
    expect(counts['GET content']).toBe(1);
    expect(await exists(fileOf('not to be kept'))).toBe(false);
  });
});

describe('a limit', () => {
  const files = Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => [`${index}.txt`, `${index}`.repeat(1000)]),
  );

  test('bounds a directory of our own', async () => {
    const version = await seeded(files);
    const fs = mount(server, { artifactCache: directory, artifactCacheBytes: 3500 });
    for (const name of Object.keys(files)) await fs.promises.readFile(`${version}/${name}`);
    await fs.wandb.close();
    expect(await filesIn(join(directory, 'artifacts/obj'))).toHaveLength(3);
  });

  test('can not be given for the directory that the SDK shares', () => {
    expect(() => mount(server, { artifactCache: true, artifactCacheBytes: 3500 })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
    );
  });
});
